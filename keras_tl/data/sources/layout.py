"""Whether a tree of pictures is `class/picture`, or `part/class/picture`."""

from pathlib import Path

from keras_tl.data.parts import part_called
from keras_tl.data.sources.tree import SUFFIXES, Tree

_WAYS = "CLASS/1.jpg, or train/CLASS/1.jpg, validation/CLASS/1.jpg and test/CLASS/1.jpg"


def is_divided(tree: Tree, root: Path) -> bool:
    """Tells whether the folders in `root` are parts, as in TFDS's `ImageFolder`, not classes.

    They are if all that hold pictures are called like parts, one of them `train`, and the pictures
    lie in folders below them.

    Raises:
        ValueError: If they are called like parts but not filled like them, or only some are.
    """
    tops = sorted({folders[0] for folders in tree.folders if folders})
    filled = {folders[0] for folders in tree.folders if len(folders) > 1}
    direct = {folders[0] for folders in tree.folders if len(folders) == 1}
    called = {top: part for top in tops if (part := part_called(top))}
    like_parts = [top for top in called if top in filled and top not in direct]
    if len(called) < len(tops):
        if len(like_parts) > 1:
            others = ", ".join(repr(top) for top in tops if top not in called)
            raise _unclear(root, tops, f"{others}: called like no part")
        return False
    if any(part == "train" and top in filled for top, part in called.items()):
        return True
    if like_parts:
        raise _unclear(root, tops, "without class folders in 'train'")
    if len(called) > 1:
        raise _unclear(root, tops, "with pictures directly in them, so that no class is named")
    return False


def _unclear(root: Path, tops: list[str], why: str) -> ValueError:
    return ValueError(
        f"`source` must be laid out as {_WAYS}. Received: {str(root)!r} with the folders "
        f"{tops}, {why}. Move or rename folders; where they are classes that happen to be called "
        "like parts, pass a list of (path, label)."
    )


def too_few_classes(tree: Tree, root: Path, classes: list[str]) -> ValueError:
    """Returns the error for a folder that does not hold two classes, with what is there instead."""
    tops = sorted({folders[0] for folders in tree.visited})
    aside = "".join(f" {item.name}: {item.reason}." for item in tree.set_aside[:3])
    return ValueError(
        "`source` must hold one folder of pictures for each of at least two classes, as in "
        f"{root.name}/cat/1.jpg. Received: {str(root)!r} with the folders {tops} and pictures "
        f"({', '.join(SUFFIXES)}) in {classes}.{aside}{_way_out(tree, root)}"
    )


def _way_out(tree: Tree, root: Path) -> str:
    second = {folders[:2] for folders in tree.folders if len(folders) > 1}
    if len(second) > 1 and len({folders[0] for folders in second}) == 1:
        return f" Did you mean {str(root / next(iter(second))[0])!r}?"
    levels = ("", "*/", "*/*/")
    if any(next(root.glob(f"{level}dataset_info.json"), None) for level in levels):
        return " It looks like a data set of TFDS: pass 'tfds:NAME' with `data_dir`."
    return ""
