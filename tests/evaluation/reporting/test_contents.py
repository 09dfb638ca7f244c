"""The contract of all rows of the table."""

from importlib.resources import files
from itertools import pairwise

import pytest

from keras_tl.evaluation.reporting.contents import CONTENTS
from keras_tl.evaluation.reporting.page import PACKAGE


@pytest.mark.parametrize("name", CONTENTS)
def test_every_section_has_a_template_that_shows_its_figures(name):
    template = files(PACKAGE).joinpath(f"templates/{name}.html.jinja").read_text("utf-8")
    for figure in CONTENTS[name].figures:
        assert f"figures.{figure}" in template


def test_the_sections_of_a_part_stand_together():
    parts = [content.part for content in CONTENTS.values()]
    assert len(set(parts)) == 1 + sum(a != b for a, b in pairwise(parts))
