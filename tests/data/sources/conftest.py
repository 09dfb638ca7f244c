import pytest


@pytest.fixture
def tree(tmp_path):
    """Makes empty files; listing a source looks at names only."""

    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make
