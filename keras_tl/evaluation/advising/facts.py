"""What rules of advice look at: the data, and how the backbone that suits them best stands."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from keras_tl.data.auditing.class_counts import imbalance
from keras_tl.data.dataset import Data
from keras_tl.evaluation.ranking.transfer_scores import SCORES

SHARES = ("knn", "linear_probe")
LEVEL = 0.95
FEW = 5
SMALL_SIDE = 96
DEEP_STRIDE = 32
STEPS = 500
MOST_EPOCHS = 60


@dataclass(frozen=True)
class DataFacts:
    """What the data say of themselves.

    Attributes:
        counts: Training images of each class.
        validation_images: Images of the validation split.
        test_images: Images of the test split.
        side: Shorter side of the images as they are loaded, in pixels.
        picture_side: Median of the shorter sides of the original pictures, in pixels, if known.
        batch_size: Images in a batch.
    """

    counts: tuple[int, ...]
    validation_images: int
    test_images: int
    side: int
    picture_side: int | None
    batch_size: int

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.counts)

    @property
    def train_images(self) -> int:
        """Number of training images."""
        return sum(self.counts)

    @property
    def per_class(self) -> float:
        """Median number of training images of a class."""
        return float(np.median(self.counts))

    @property
    def fewest(self) -> int:
        """Training images of the rarest class."""
        return min(self.counts)

    @property
    def most(self) -> int:
        """Training images of the most frequent class."""
        return max(self.counts)

    @property
    def imbalance(self) -> float:
        """How many times as many images the largest class has as the smallest that has any."""
        return imbalance({str(i): number for i, number in enumerate(self.counts)})

    @property
    def epochs(self) -> int:
        """Epochs that come to about `STEPS` batches, at most `MOST_EPOCHS`."""
        batches = math.ceil(self.train_images / self.batch_size)
        return min(math.ceil(STEPS / batches), MOST_EPOCHS)


@dataclass(frozen=True)
class Facts(DataFacts):
    """What the data and the chosen backbone say.

    Attributes:
        backbone: Its name in the ranking.
        weights: The weights that it had.
        boundary: Where it is to end.
        saved: Share of its multiply-adds that ending there saves; 0 at its own end.
        pooling: The pooling that is known to suit it, if any is.
        native_side: Side of the images that its weights were learned on, in pixels, if known.
        stride: Pixels of the image for one place of its last map.
        batch_norms: Number of its BatchNorm layers.
        by: The score that backbones were compared by.
        score: That of the chosen backbone and boundary.
        last_score: That of the same backbone at its own end, if it was looked at.
        others: The other backbones, the best boundary of each with its score.
        random_score: The best of the same network with random weights.
        pixel_score: That of the pixels themselves, at 32 by 32.
        scored_images: Images that the score is a mean over.
        probe: Accuracy of a linear probe on validation images, if there are any.
        missing: Backbones that were left out, and why.
    """

    backbone: str
    weights: str
    boundary: str
    saved: float
    pooling: str | None
    native_side: int | None
    stride: int
    batch_norms: int
    by: str
    score: float
    last_score: float | None
    others: tuple[tuple[str, float], ...]
    random_score: float
    pixel_score: float
    scored_images: int
    probe: float | None
    missing: tuple[str, ...]

    @property
    def is_few(self) -> bool:
        """Whether all classes have training images, and most at most five."""
        return self.fewest > 0 and self.per_class <= FEW

    @property
    def is_small(self) -> bool:
        """Whether images are much smaller than what a deep network learned on."""
        is_shrunk = self.native_side is not None and self.native_side >= 2 * self.side
        return self.side < SMALL_SIDE and self.stride >= DEEP_STRIDE and is_shrunk

    @property
    def margin(self) -> float:
        """Standard error of the score; 0 for one that is no share."""
        share = min(max(self.score, 0.0), 1.0)
        is_share = self.by in SHARES
        return math.sqrt(share * (1.0 - share) / self.scored_images) if is_share else 0.0

    @property
    def is_far(self) -> bool:
        """Whether random weights or raw pixels do as well, within a standard error."""
        return self.is_as_random or self.pixel_score >= self.score - self.margin

    @property
    def is_as_random(self) -> bool:
        """Whether random weights do as well, within a standard error."""
        return self.random_score >= self.score - self.margin

    @property
    def expected(self) -> float:
        """An accuracy to be expected: the linear probe's, else the share of agreeing neighbours."""
        if self.probe is not None:
            return self.probe
        return self.score if self.by in SHARES else 0.5

    @property
    def test_reach(self) -> float:
        """Half of the width of the interval that the accuracy on the test split will have."""
        return _reach(self.expected, self.test_images)

    @property
    def validation_reach(self) -> float:
        """The same for the validation split."""
        return _reach(self.expected, self.validation_images)

    @property
    def enough_test_images(self) -> int:
        """Test images that would make it two points to either side."""
        share = min(max(self.expected, 0.5), 0.98)
        return math.ceil(share * (1 - share) * (1.96 / 0.02) ** 2)

    @property
    def majority(self) -> float:
        """Share of the training images that the most frequent class has."""
        return self.most / self.train_images

    def shown(self, score: float) -> str:
        """Returns a score as tables write it."""
        return f"{score:{SCORES[self.by].form}}"

    @property
    def title(self) -> str:
        """What the score is called in tables."""
        return SCORES[self.by].title


def _reach(share: float, images: int) -> float:
    """Returns half of the width of the 95 % interval of a share (Clopper and Pearson, 1934)."""
    if not images:
        return 1.0
    found = stats.binomtest(round(share * images), images).proportion_ci(LEVEL, "exact")
    return float(found.high - found.low) / 2


def data_facts(data: Data, picture_side: int | None) -> DataFacts:
    """Returns what data say of themselves."""
    return DataFacts(
        counts=tuple(data.train.counts().tolist()),
        validation_images=data.validation.size,
        test_images=data.test.size,
        side=min(data.image_size),
        picture_side=picture_side,
        batch_size=data.train.batch_size,
    )
