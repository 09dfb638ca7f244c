"""Labels that are likely wrong, by what the features of all other images say of them."""

from dataclasses import dataclass

import keras

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data

SPLITS = ("train",)


@dataclass(frozen=True)
class LabelError:
    """An image whose label is likely another one.

    Attributes:
        name: Path, or number, of the image.
        split: The split that it is in.
        given: The label that it has; where several classes may hold, a class that it has, or
            `not NAME` of one that it has not.
        suggested: The label that it likely should have, in the same form.
        score: Probability of the suggested label less that of the given one, from -1 to 1, as a
            model sees it that has not learned from this image.
    """

    name: str
    split: str
    given: str
    suggested: str
    score: float


@dataclass(frozen=True)
class LabelErrors:
    """Labels that are likely wrong, the likeliest first.

    Attributes:
        errors: The images, by falling score.
        examined: Number of images that were looked at.
        unexamined: Reasons why others could not be, one a line; empty if all could.
    """

    errors: tuple[LabelError, ...]
    examined: int
    unexamined: tuple[str, ...] = ()


def find_label_errors(
    model: keras.Model,
    data: Data,
    *,
    splits: tuple[str, ...] = SPLITS,
    folds: int = 5,
    cache: FeatureCache | None = None,
    seed: int = 0,
) -> LabelErrors:
    """Finds labels that are likely wrong (confident learning).

    A logistic regression on what the head gets is fitted in folds, so that it says what it makes of
    each image without having seen its label. Class `j` is plausible for an image if its probability
    reaches the mean that it has among the images of that label. If the likeliest plausible class is
    not the label, the label is likely wrong.

    Source: Northcutt et al., 2019, arXiv:1911.00068.

    Args:
        model: Classifier; only what comes before its head matters. One that was fine-tuned on wrong
            labels may have learned them by heart.
        data: Data with the same image size and resize policy.
        splits: The splits to look at, together: `"train"`, `"validation"`, `"test"`.
        folds: Number of folds; fewer where the second-largest class has fewer images.
        cache: Where the features are kept, or found.
        seed: Seed of the folds.
    """
    return LabelErrors((), 0)
