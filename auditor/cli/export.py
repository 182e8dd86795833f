"""`auditor export`: a run's tables for data teams."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken
from auditor.domain.errors import ConfigError
from auditor.domain.exports import Document, Export, ReviewFilter
from auditor.domain.review_tasks import TaskFormat

if TYPE_CHECKING:
    from auditor.export.tasks import WrittenTasks
    from auditor.storage.run import Run
    from auditor.wording.catalogue import Translator

_WHAT = {each.name: each.value for each in (*Export, *Document, *TaskFormat)}
What = StrEnum("What", _WHAT)  # type: ignore[misc]


def export(
    run: RunFolder,
    what: Annotated[What, typer.Option(help="Which table, or a document of the whole run.")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="A .csv, .parquet, .jsonl or .xlsx file; .md for a card; .json for Croissant,"
            " COCO, Label Studio and FiftyOne; .xml for CVAT.",
        ),
    ],
    class_: Annotated[str | None, typer.Option("--class", help="Only this class.")] = None,
    verdict: Annotated[str | None, typer.Option(help="Only this verdict.")] = None,
    review: Annotated[ReviewFilter | None, typer.Option(help="Only cases so reviewed.")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Write a table of a finished run as CSV, Parquet, JSON Lines or a spreadsheet."""
    from auditor import export as exporting
    from auditor.export.tasks import export_tasks
    from auditor.storage.run import open_run

    _ = spoken(lang)
    opened = open_run(run)
    if what.value in list(TaskFormat):
        written = export_tasks(
            opened, TaskFormat(what.value), out, class_=class_, verdict=verdict, review=review
        )
        if as_json:
            files = [str(file) for file in written.files]
            told = {"file": str(out), "what": what.value, "rows": written.tasks}
            say_json(told | {"files": files, "masks": dict(written.masks)})
        say(_tasks(written, _), quiet=quiet, as_json=as_json)
        return
    if what.value in list(Document):
        given = {"--class": class_, "--verdict": verdict, "--review": review}
        rows = _document(opened, Document(what.value), out, given)
    else:
        rows = exporting.export(
            opened, what.value, out, class_=class_, verdict=verdict, review=review
        )
    if as_json:
        say_json({"file": str(out), "what": what.value, "rows": rows})
    say(
        _.ngettext("written: {path} ({n:,} row)", "written: {path} ({n:,} rows)", rows, path=out),
        quiet=quiet,
        as_json=as_json,
    )


def _tasks(written: WrittenTasks, _: Translator) -> str:
    """Which files were written, and where the masks of their tasks come from."""
    return _.ngettext(
        "written: {paths} ({n:,} task; masks from: {masks})",
        "written: {paths} ({n:,} tasks; masks from: {masks})",
        written.tasks,
        paths=", ".join(map(str, written.files)),
        masks=", ".join(f"{n} {name}" for name, n in written.masks.items()) or _("none"),
    )


def _document(run: Run, what: Document, out: Path, filters: dict[str, str | None]) -> int:
    """Write a document and give how many rows of the run it tells of."""
    from auditor.publishing import model_card, write_croissant
    from auditor.storage.atomic import write_output

    if faults := [
        f"{what.value} is of the whole run: no {name}" for name, v in filters.items() if v
    ]:
        raise ConfigError(faults, source="the flags")
    match what:
        case Document.MODEL_CARD:
            write_output(out, model_card(run))
            return len(run.classes())
        case Document.CROISSANT:
            return write_croissant(run, out)
