"""`auditor data`: what gives the label away besides the object, before any model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Quiet, Version, say, say_json
from auditor.cli.progress import progress

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
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Audit a dataset before any model: borders, corners, tint, files, metadata, copies."""
    from auditor.data_audit.auditing import audit_data
    from auditor.domain.data_traits import LeakVerdict

    with progress(quiet=quiet) as reported:
        run = audit_data(
            path,
            masks=masks,
            split=split,
            out=out,
            per_class=per_class,
            seed=seed,
            progress=reported,
        )
    found = run.findings()
    if as_json:
        counts = {v.value: int((found["verdict"] == v.value).sum()) for v in LeakVerdict}
        say_json({"run": str(run.path), "verdicts": counts, **run.manifest})
    sure = found[found["verdict"] == LeakVerdict.GIVES_AWAY.value]
    possible = found[found["verdict"] == LeakVerdict.POSSIBLE.value]
    for row in [*sure.to_dict("records"), *possible.to_dict("records")][:SHOWN]:
        say(f"{row['verdict']}: {row['reason']}", quiet=quiet, as_json=as_json)
    more = len(sure) + len(possible) - SHOWN
    if more > 0:
        say(f"and {more} more in the report", quiet=quiet, as_json=as_json)
    given = run.manifest["gives_away"]
    say(
        f"given away: {', '.join(given) if given else 'no class, surely'}",
        quiet=quiet,
        as_json=as_json,
    )
    say(f"written: {run.path}", quiet=quiet, as_json=as_json)
