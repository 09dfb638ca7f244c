"""Pages in HTML, each in one file: templates of the package filled in, pictures inside."""

import base64
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def render(package: str, template: str, page: Mapping[str, Any]) -> str:
    """Fills in a template. What is filled in is text: it cannot become a tag.

    Args:
        package: The package in which the template lies, as `"keras_tl.tuning.reporting"`.
        template: Name of its file; those that it includes lie beside it.
        page: What is filled in; a name that the template has and `page` lacks is an error.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(lambda name: files(package).joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(page)


def embedded(picture: bytes) -> str:
    """Returns the bytes of a picture in base64, as a page holds them."""
    return base64.b64encode(picture).decode("ascii")
