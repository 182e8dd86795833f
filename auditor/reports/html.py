"""The report as one self-contained HTML file: nothing is fetched, no script runs."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from auditor.comparison.model import Comparison
from auditor.reports import intervals, words
from auditor.reports.contents import RunContents
from auditor.reports.page import page_of


def render_html(
    contents: RunContents, *, since: Comparison | None = None, pictures: bool = True
) -> str:
    """The report of a run, before or after it was written.

    Names and reasons from the data are text: they are escaped wherever they stand.

    Args:
        contents: of the run.
        since: what changed since the run before, if there is one.
        pictures: False leaves every picture out, whatever the configuration says.

    Raises:
        RunError: if a table does not fit its schema.
    """
    return render("report.html.j2", page=page_of(contents, since=since, pictures=pictures))


def render(template: str, **values: object) -> str:
    """A template with the style that all of them share."""
    style = Markup(_read("style.css"))  # noqa: S704 - our own file
    return _environment().get_template(template).render(style=style, **values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_read),
    )
    environment.filters |= {
        "share": words.share,
        "decimal": words.decimal,
        "shortened": words.shortened,
    }
    environment.globals |= {
        "words": words,
        "x": intervals.position,
    }
    return environment


def _read(name: str) -> str:
    return files("auditor.reports").joinpath("templates", name).read_text(encoding="utf-8")
