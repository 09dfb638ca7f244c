import base64

import pytest
from jinja2 import UndefinedError

from keras_tl.foundation import pages
from keras_tl.foundation.pages import embedded, render

PACKAGE = "keras_tl.tuning.reporting"


class Folder:
    """Templates by name, in the place of a package."""

    def __init__(self, templates):
        self.templates = templates

    def joinpath(self, name):
        self.name = name
        return self

    def read_text(self, encoding):
        return self.templates[self.name]


@pytest.fixture
def templates(monkeypatch):
    found = {"page": "<p>{{ text }}</p>{% include 'foot' %}", "foot": "<i>{{ text }}</i>"}
    monkeypatch.setattr(pages, "files", lambda package: Folder(found))


def test_what_is_filled_in_cannot_become_a_tag(templates):
    found = render(PACKAGE, "page", {"text": "<script>&"})
    assert found == "<p>&lt;script&gt;&amp;</p><i>&lt;script&gt;&amp;</i>"


def test_a_name_that_is_missing_is_an_error(templates):
    with pytest.raises(UndefinedError, match="text"):
        render(PACKAGE, "page", {})


def test_a_picture_is_in_base64():
    assert base64.b64decode(embedded(b"\x89PNG")) == b"\x89PNG"
