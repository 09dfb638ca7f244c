"""Advice: what to build and how to train it, each with its reason."""

import os
import textwrap
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras

from keras_tl.data.dataset import Data
from keras_tl.evaluation.advising.facts import Facts
from keras_tl.evaluation.advising.rule import WARNING, Spoken
from keras_tl.evaluation.ranking.ranking import Ranking
from keras_tl.foundation.files import write_json, write_text
from keras_tl.models.backbone_arguments import BackboneLike, WeightsLike, loaded_backbone
from keras_tl.models.build import build_classifier
from keras_tl.training.recipe import Recipe
from keras_tl.training.recipes import recipe as find_recipe

DATA_SETTINGS = ("image_size", "augment", "mix", "balance")
WIDTH, INDENT = 100, 16


@dataclass(frozen=True, eq=False)
class Advice:
    """What to build and how to train it.

    Attributes:
        facts: What the rules looked at.
        spoken: What they said, in the order of the table.
        ranking: The backbones that were compared.
        backbone: The backbone that is recommended.
        weights: Its weights, for `build_classifier`.
    """

    facts: Facts
    spoken: tuple[Spoken, ...]
    ranking: Ranking
    backbone: BackboneLike
    weights: WeightsLike

    @property
    def settings(self) -> dict[str, Any]:
        """All that rules have set, by name."""
        return {name: value for one in self.spoken for name, value in one.sets.items()}

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe; `to_file` writes it as YAML, to be edited."""
        settings = self.settings
        options = {name: settings[name] for name in ("epochs",) if name in settings}
        return find_recipe(settings["recipe"], **options)

    @property
    def boundary(self) -> str | None:
        """Where the backbone is to end; None for its own end."""
        return self.facts.boundary if self.facts.saved else None

    @property
    def pooling(self) -> str:
        """The pooling for `build_classifier`."""
        return self.settings["pooling"]

    @property
    def data_options(self) -> dict[str, Any]:
        """How the data should be loaded, for `load_data`."""
        settings = self.settings
        return {name: settings[name] for name in DATA_SETTINGS if name in settings}

    @property
    def warnings(self) -> tuple[Spoken, ...]:
        """What to mind."""
        return tuple(one for one in self.spoken if one.about == WARNING)

    def build(self, data: Data) -> keras.Model:
        """Builds the classifier that is recommended, at the image size of `data`."""
        return build_classifier(
            loaded_backbone(self.backbone),
            data,
            weights=self.weights,
            boundary=self.boundary,
            pooling=self.pooling,
        )

    def __str__(self) -> str:
        advised = [one for one in self.spoken if one.about != WARNING]
        lines = [line for one in (*advised, *self.warnings) for line in _paragraph(one)]
        return "\n".join([self._heading(), *lines, "", str(self.ranking)])

    def _heading(self) -> str:
        facts = self.facts
        spread = f"{facts.fewest} to {facts.most}" if facts.fewest < facts.most else facts.most
        return (
            f"{facts.train_images} training images of {facts.classes} classes, {spread} of each, "
            f"at {facts.side} px; {facts.validation_images} for validation, {facts.test_images} "
            "for test."
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns settings, reasons, facts and ranking as plain data."""
        return {
            "backbone": self.facts.backbone,
            "weights": self.facts.weights,
            "boundary": self.boundary,
            "settings": self.settings,
            "recipe": self.recipe.to_dict(),
            "spoken": [{**asdict(one), "sets": dict(one.sets)} for one in self.spoken],
            "facts": asdict(self.facts),
            "ranking": self.ranking.to_dict(),
        }

    def write(self, directory: str | os.PathLike[str]) -> Path:
        """Writes `recipe.yaml`, `advice.json` and `advice.txt`, and returns the recipe's path."""
        directory = Path(directory)
        write_json(directory / "advice.json", self.to_dict())
        write_text(directory / "advice.txt", f"{self}\n")
        self.recipe.to_file(directory / "recipe.yaml")
        return directory / "recipe.yaml"


def _paragraph(spoken: Spoken) -> list[str]:
    """Returns the lines of what a rule said: what, why, who says so, and which rule it was."""
    margin = " " * INDENT
    first = f"{spoken.about:<{INDENT}}"
    reason = f"{spoken.because} ({spoken.source}) [{spoken.rule}]"
    return [
        *textwrap.wrap(spoken.says, WIDTH, initial_indent=first, subsequent_indent=margin),
        *textwrap.wrap(reason, WIDTH, initial_indent=margin, subsequent_indent=margin),
    ]
