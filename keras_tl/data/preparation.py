"""How examples become data: what pictures are read as, how they are divided and shown."""

from dataclasses import dataclass
from typing import Any

from keras_tl.data.augmenting.augmenter import Augmenter
from keras_tl.data.augmenting.choice import augmentation_settings
from keras_tl.data.augmenting.mixing import MIXINGS
from keras_tl.data.balance import BALANCES
from keras_tl.data.splitting.divide import SPLITS
from keras_tl.data.splitting.population import Shares
from keras_tl.foundation.checks import at_least, in_range, one_of
from keras_tl.foundation.colours import Colour
from keras_tl.foundation.sizing import RESIZE_POLICIES


@dataclass(frozen=True, eq=False)
class Preparation:
    """The arguments of `load_data` that say what becomes of the pictures of any source.

    Attributes:
        image_size: Height and width, in pixels.
        validation: Share held out to choose by.
        test: Share held out to be scored once.
        split: How pictures are divided, a row of `SPLITS`.
        group: Pattern of file names that tells groups, or None.
        labels_per_class: Most training images of each class, or None.
        batch_size: Images in a batch.
        resize: How pictures of another shape are brought to `image_size`.
        background: What shows where pictures are transparent: red, green and blue, in 0..255.
        augmentation: Gives training images in other views, or None.
        mix: A row of `MIXINGS` by which training images are mixed, or None.
        balance: What is done about rare classes, one of `BALANCES`, or None.
        seed: Seed of all draws.

    Raises:
        ValueError: If one of them cannot be; it is named.
    """

    image_size: tuple[int, int]
    validation: float
    test: float
    split: str
    group: str | None
    labels_per_class: int | None
    batch_size: int
    resize: str
    background: Colour
    augmentation: Augmenter | None
    mix: str | None
    balance: str | None
    seed: int

    def __post_init__(self) -> None:
        in_range("validation", self.validation, 0.0, 0.9)
        in_range("test", self.test, 0.0, 0.9)
        in_range("validation + test", self.validation + self.test, 0.0, 0.95)
        at_least("batch_size", self.batch_size, 1)
        if self.labels_per_class is not None:
            at_least("labels_per_class", self.labels_per_class, 1)
        one_of("resize", self.resize, RESIZE_POLICIES)
        one_of("split", self.split, SPLITS)
        one_of("mix", self.mix, (None, *MIXINGS))
        one_of("balance", self.balance, (None, *BALANCES))

    @property
    def shares(self) -> Shares:
        """What is held out."""
        return Shares(self.validation, self.test)

    def to_dict(self) -> dict[str, Any]:
        """Returns the arguments of `load_data` that these were, as plain data."""
        arguments: dict[str, Any] = {}
        for name, value in vars(self).items():
            if name == "augmentation":
                arguments |= augmentation_settings(value)
            else:
                arguments[name] = list(value) if isinstance(value, tuple) else value
        return arguments
