"""The backbones that a search chooses from; each trial gets a fresh one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from keras_tl.data.dataset import Data
from keras_tl.foundation.files import digest_of_file, replacing
from keras_tl.models.backbone_arguments import BackboneLike, BackbonesLike, with_names
from keras_tl.models.build import build_classifier
from keras_tl.structure.chain import chain
from keras_tl.structure.digests import digest_of_weights


@dataclass(frozen=True)
class Candidate:
    """A backbone, and how it is put under a head.

    Attributes:
        name: What it is called in the search.
        backbone: Name in `keras.applications`, or a `.keras` file.
        options: Arguments of `build_classifier`: `weights`, `pooling`, `backbone_options`.
        content: Digest of the file, or of the weights of the model that it was; else empty.
    """

    name: str
    backbone: str
    options: Mapping[str, Any] = field(default_factory=dict)
    content: str = ""

    def build(
        self, data: Data, *, boundary: str | None, head: str, dropout: float = 0.0, seed: int = 0
    ) -> keras.Model:
        """Returns a new classifier that shares nothing with those of other trials."""
        return build_classifier(
            self.backbone,
            data,
            boundary=boundary,
            head=head,
            dropout=dropout,
            seed=seed,
            **self.options,
        )

    def pieces(self, data: Data, boundary: str | None, granularity: str) -> int:
        """Returns how many pieces the backbone has up to a boundary."""
        model = self.build(data, boundary=boundary, head="linear")
        return len(chain(model, granularity)) - 1


def candidates(
    backbones: BackbonesLike,
    directory: Path,
    **options: Any,
) -> dict[str, Candidate]:
    """Returns the candidates that an argument `backbones` means, by name.

    Args:
        backbones: Names, `.keras` files or models; a mapping names them. A model is written to
            `directory` and read again for each trial, so that it is not trained itself.
        directory: Where models are written.
        **options: Arguments of `build_classifier`, for all of them.

    Raises:
        ValueError: If there is none, or two have the same name.
    """
    named = with_names(backbones)
    found = {
        name: Candidate(name, _kept(name, backbone, directory), options, _content(backbone))
        for name, backbone in named
    }
    if not found or len(found) < len(named):
        raise ValueError(
            "`backbones` must be one or more backbones of different names; give a mapping to name "
            f"them. Received: {[name for name, _ in named]}"
        )
    return found


def _kept(name: str, backbone: BackboneLike, directory: Path) -> str:
    if not isinstance(backbone, keras.Model):
        return str(backbone)
    path = directory / f"{name}.keras"
    if not path.is_file():
        with replacing(path) as temporary:
            backbone.save(temporary)
    return str(path)


def _content(backbone: BackboneLike) -> str:
    """Returns what tells a backbone from another of the same name."""
    if isinstance(backbone, keras.Model):
        return digest_of_weights(backbone.weights)
    path = Path(backbone)
    return digest_of_file(path) if path.is_file() else ""
