"""`auditor import-reviews`: decisions and masks from other tools."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken

SHOWN = 5


def import_reviews(
    run: RunFolder,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV, Label Studio, COCO or FiftyOne JSON, CVAT for images XML, or a .zip of one.",
        ),
    ],
    reviewer: Annotated[
        str | None, typer.Option(help="Who decided, where the file does not say.")
    ] = None,
    masks_out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the masks that were changed here, for data.corrected_masks."
        ),
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Bring decisions and masks back from Label Studio, CVAT, COCO, FiftyOne or a CSV."""
    from auditor.review_imports.importing import import_reviews as bring
    from auditor.storage.run import open_run

    _ = spoken(lang)
    result = bring(open_run(run), file, reviewer=reviewer, masks_out=masks_out)
    if as_json:
        say_json({"file": str(file), **asdict(result)})
    for line in result.unmatched[:SHOWN]:
        say(_("left out: {what}", what=_.told(line)), quiet=quiet, as_json=as_json)
    more = len(result.unmatched) - SHOWN
    if more > 0:
        say(_("left out: {n:,} more", n=more), quiet=quiet, as_json=as_json)
    say(
        _(
            "decisions: {decisions:,} ({new:,} new); masks written: {masks:,}"
            " ({unchanged:,} unchanged)",
            decisions=result.decisions,
            new=result.saved,
            masks=result.masks,
            unchanged=result.unchanged,
        ),
        quiet=quiet,
        as_json=as_json,
    )
