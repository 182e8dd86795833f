"""The report as one self-contained HTML file: nothing is fetched, no script runs."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.comparison.model import Comparison
from auditor.reports import intervals, words
from auditor.reports.contents import RunContents
from auditor.reports.page import page_of
from auditor.wording import numbers
from auditor.wording.catalogue import Translator, translator
from auditor.wording.languages import LANGUAGE_OF

"""BCP 47 tags, by which browsers choose glyphs."""


def render_html(
    contents: RunContents,
    *,
    since: Comparison | None = None,
    pictures: bool = True,
    lang: str = "en",
) -> str:
    """The report of a run, before or after it was written.

    Names and reasons from the data are text: they are escaped wherever they stand.

    Args:
        contents: of the run.
        since: what changed since the run before, if there is one.
        pictures: False leaves every picture out, whatever the configuration says.
        lang: one of `auditor.wording.languages.LANGUAGES`.

    Raises:
        RunError: if a table does not fit its schema.
    """
    _ = translator(lang)
    page = page_of(contents, since=since, pictures=pictures, _=_)
    return render("report.html.j2", _, page=page)


def render(
    template: str, _: Translator, *, package: str = "auditor.reports", **values: object
) -> str:
    """A template of a package's folder `templates` with the style that all of them share, in the
    language of `_`."""
    style = Markup(_read("auditor.reports", "style.css"))  # noqa: S704 - our own file

    def rich(message: str, **parts: object) -> Markup:
        """A text with parts that are markup; everything else in it is escaped."""
        return Markup(escape(_(message))).format(**parts)  # noqa: S704 - escaped

    return (
        _environment(package)
        .get_template(template)
        .render(
            style=style,
            lang=LANGUAGE_OF[_.language].html,
            _=_,
            ngettext=_.ngettext,
            rich=rich,
            listed=lambda names, most: numbers.listed(names, most, _),
            **values,
        )
    )


def _tag(name: str) -> object:
    return lambda text: Markup(f"<{name}>{{}}</{name}>").format(text)  # noqa: S704 - escaped


@lru_cache(maxsize=8)
def _environment(package: str) -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: _read(package, name)),
    )
    environment.filters |= {
        "share": numbers.share,
        "exact": lambda value: numbers.UNDEFINED if value is None else numbers.exact(value),
        "decimal": numbers.decimal,
        "shortened": words.shortened,
        "code": _tag("code"),
        "bold": _tag("b"),
    }
    environment.globals |= {
        "words": words,
        "x": intervals.position,
    }
    return environment


def _read(package: str, name: str) -> str:
    return files(package).joinpath("templates", name).read_text(encoding="utf-8")
