"""`auditor data`: what gives the label away besides the object, before any model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.cli.progress import progress
from auditor.wording.numbers import listed

SHOWN = 20


def data(
    path: Annotated[
        Path,
        typer.Argument(metavar="DATA", help="Class folders, a manifest, COCO .json or VOC tree."),
    ],
    masks: Annotated[Path | None, typer.Option(help="Folder that mirrors the images.")] = None,
    split: Annotated[str | None, typer.Option(help="Only this split.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="RUN", help="A new folder for what was found.")
    ] = None,
    per_class: Annotated[
        int, typer.Option(min=10, help="Most pictures of a class that are read.")
    ] = 400,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random choice.")] = 0,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Audit a dataset before any model: borders, corners, tint, files, metadata, copies."""
    from auditor.data_audit.auditing import audit_data
    from auditor.domain.data_traits import LeakVerdict
    from auditor.wording.data_findings import VERDICTS, finding_reason

    _ = spoken(lang)
    with progress(_, quiet=quiet) as reported:
        run = audit_data(
            path,
            masks=masks,
            split=split,
            out=out,
            per_class=per_class,
            seed=seed,
            lang=_.language,
            progress=reported,
        )
    found = run.findings()
    if as_json:
        counts = {v.value: int((found["verdict"] == v.value).sum()) for v in LeakVerdict}
        say_json({"run": str(run.path), "verdicts": counts, **run.manifest})
    sure = found[found["verdict"] == LeakVerdict.GIVES_AWAY.value]
    possible = found[found["verdict"] == LeakVerdict.POSSIBLE.value]
    rows = [*sure.to_dict("records"), *possible.to_dict("records")]
    lines = []
    for row in rows[:SHOWN]:
        told = finding_reason({str(key): value for key, value in row.items()}, _)
        lines.append(f"{_(VERDICTS[LeakVerdict(row['verdict'])])}: {told}")
    if len(rows) > SHOWN:
        lines.append(_("and {n:,} more in the report", n=len(rows) - SHOWN))
    given = run.manifest["gives_away"]
    names = listed(given, len(given), _) if given else _("no class beyond doubt")
    lines.append(_("given away: {names}", names=names))
    lines.append(_("written: {path}", path=run.path))
    for line in lines:
        say(line, quiet=quiet, as_json=as_json)
