import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest


def _corpus():
    spec = importlib.util.spec_from_file_location("nasty", Path(__file__).parents[1] / "nasty.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CORPUS = _corpus()


@pytest.fixture(scope="module", params=CORPUS.NASTY, ids=lambda row: row.name)
def nasty(request, tmp_path_factory):
    """A row of the corpus, made: `root`, the `examples` of a source, `kinds`, `line`, `bad`."""
    row, root = request.param, tmp_path_factory.mktemp("nasty") / "root"
    good = CORPUS.healthy(root)
    divided = "duplicates across parts" in row.kinds
    with pytest.MonkeyPatch.context() as monkeypatch:
        more = row.make(root, monkeypatch)
        yield SimpleNamespace(
            root=root,
            examples=CORPUS.examples_of([*good, *more], divided=divided),
            kinds=row.kinds,
            line=row.line,
            bad=[item.path for item in more],
        )


@pytest.fixture
def corpus():
    """The functions that the corpus is made of."""
    return CORPUS
