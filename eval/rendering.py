"""Templates of reports to text: HTML with all that is filled in made inert, Markdown as it is written.

Templates are package data under ``eval/templates``; ``page.html.j2`` is the page that the HTML ones extend.
A name that a template asks for and is not given is an error, not an empty place. Leaves what is said to the
callers.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template_name: str, /, **values: object) -> str:
    """The text of a template with these values; values are escaped in ``*.html.j2``, nowhere else.

    Raises:
        jinja2.TemplateNotFound: there is no such template.
        jinja2.UndefinedError: the template asks for a value that was not given.
    """
    return _environment().get_template(template_name).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    def is_html(name: str | None) -> bool:
        return name is None or not name.endswith(".md.j2")

    return Environment(
        loader=PackageLoader("eval"),
        autoescape=is_html,  # noqa: S701 - Markdown is escaped by its own filter, HTML by Jinja
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
