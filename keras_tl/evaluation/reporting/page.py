"""The page of an analysis: one HTML file that needs nothing beside it."""

from itertools import groupby
from typing import Any

from keras_tl.evaluation.reporting import formats
from keras_tl.evaluation.reporting.analysis import Analysis
from keras_tl.evaluation.reporting.contents import CONTENTS
from keras_tl.evaluation.reporting.drawing import Drawing, drawing
from keras_tl.evaluation.reporting.missing import Missing
from keras_tl.foundation.pages import render
from keras_tl.foundation.tables import count

PACKAGE, TEMPLATE = "keras_tl.evaluation.reporting", "templates/report.html.jinja"
FORMATS = {
    "count": count,
    "percent": formats.percent,
    "interval": formats.interval,
    "points": formats.points,
    "decimals": formats.decimals,
    "chance": formats.chance,
    "rate": formats.rate,
}


def page(analysis: Analysis) -> str:
    """Returns an analysis as HTML."""
    sections = [_section(name, section) for name, section in analysis.sections.items()]
    parts = [
        {"title": title, "sections": list(members)}
        for title, members in groupby(sections, key=lambda section: section["part"])
    ]
    return render(PACKAGE, TEMPLATE, {"run": analysis.name, "parts": parts, **FORMATS})


def _section(name: str, section: Any) -> dict[str, Any]:
    content, is_missing = CONTENTS[name], isinstance(section, Missing)
    return {
        "name": name,
        "part": content.part,
        "title": content.title,
        "missing": section.reason if is_missing else "",
        "content": section,
        "figures": {} if is_missing else _figures(section, content.figures),
    }


def _figures(section: Any, names: tuple[str, ...]) -> dict[str, Drawing]:
    return {name: drawing(getattr(section, f"{name}_figure")) for name in names}
