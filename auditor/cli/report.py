"""`auditor report`: a run as one self-contained document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken
from auditor.domain.errors import RunError

if TYPE_CHECKING:
    from auditor.storage.run import Run

Format = Literal["html", "pdf", "md", "dossier"]
NAMES: dict[Format, str] = {
    "html": "report.html",
    "pdf": "report.pdf",
    "md": "report.md",
    "dossier": "dossier.html",
}
SUFFIXES: dict[str, Format] = {".html": "html", ".htm": "html", ".pdf": "pdf", ".md": "md"}


def report(
    run: RunFolder,
    format_: Annotated[
        Format | None,
        typer.Option("--format", help="What to write; by default what --out ends in, or html."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; default in the run.")
    ] = None,
    no_images: Annotated[
        bool, typer.Option("--no-images", help="Leave every picture out: for patients' data.")
    ] = False,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Write the report of a finished run, with what changed since the run before beside it."""
    from auditor.storage.atomic import write_output
    from auditor.storage.report_file import is_own_report, replace_report
    from auditor.storage.run import open_run

    chosen = format_ or _by_suffix(out)
    opened = open_run(run)
    target = out or opened.path / NAMES[chosen]
    _ = spoken(lang)
    told = _.language
    content = (
        _dossier(opened, target, told)
        if chosen == "dossier"
        else _document(opened, chosen, told, pictures=not no_images)
    )
    if is_own_report(opened, target):
        replace_report(opened, content)
    else:
        write_output(target, content)
    if as_json:
        say_json({"report": str(target), "format": chosen, "bytes": target.stat().st_size})
    say(_("written: {path}", path=target), quiet=quiet, as_json=as_json)


def _by_suffix(out: Path | None) -> Format:
    suffix = out.suffix.lower() if out is not None and out.suffix else ".html"
    found = SUFFIXES.get(suffix)
    if found is None:
        raise RunError(
            "This is no file that a report can be written to.",
            code="output.suffix",
            expected=f"a name that ends in {' or '.join(SUFFIXES)}",
            got=suffix,
            remedy="name another --out, or say with --format what to write there",
        )
    return found


def _document(opened: Run, chosen: Format, lang: str, *, pictures: bool) -> str | bytes:
    from auditor.comparison.last import since_last
    from auditor.reports import pdf_of, render_html, render_markdown
    from auditor.reports.contents import contents_of

    contents = contents_of(opened)
    since = since_last(opened)
    if chosen == "md":
        return render_markdown(contents, since=since, lang=lang)
    if chosen == "pdf":
        lang = _printable(lang)
    page = render_html(contents, since=since, pictures=pictures, lang=lang)
    return pdf_of(page) if chosen == "pdf" else page


def _dossier(opened: Run, target: Path, lang: str) -> str | bytes:
    """HTML, or PDF where the file is to be one."""
    from auditor.dossier import dossier_of
    from auditor.reports import pdf_of

    if _by_suffix(target) == "pdf":
        return pdf_of(dossier_of(opened, lang=_printable(lang)))
    return dossier_of(opened, lang=lang)


def _printable(lang: str) -> str:
    """`lang`, or English where no font of this machine has its letters; that is said on stderr."""
    from auditor.reports.pdf import has_font

    if has_font(lang):
        return lang
    say(
        "no Chinese font is installed, so the PDF is in English; install one (on Debian: apt"
        " install fonts-noto-cjk), or write --format html",
        quiet=False,
        as_json=True,
    )
    return "en"
