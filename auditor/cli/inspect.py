"""`auditor inspect`: what was understood of a dataset, without running a network."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import show_inspection
from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say_json, spoken
from auditor.domain.errors import DataError

Data = Annotated[
    Path, typer.Argument(metavar="DATA", help="Class folders, a manifest, COCO .json or VOC tree.")
]
NAMED = 5


def inspect(
    data: Data,
    masks: Annotated[Path | None, typer.Option(help="Folder that mirrors the images.")] = None,
    split: Annotated[str | None, typer.Option(help="Only this split.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first N inputs.")] = None,
    mask_fit: Annotated[
        bool, typer.Option("--mask-fit", help="Masks of the same aspect ratio are right.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Open every image and mask, and leave with 2 if any is unusable."
        ),
    ] = False,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Say what was understood of a dataset: classes, splits, masks, sizes, duplicates, faults."""
    from auditor.data.checks.inspection import inspect_source
    from auditor.data.sources.opening import open_source

    told = spoken(lang)
    seen = inspect_source(
        open_source(data, masks=masks, split=split, limit=limit),
        mask_fit=mask_fit,
        thorough=strict,
    )
    if as_json:
        say_json(asdict(seen))
    elif not quiet:
        show_inspection.show(seen, told)
    if strict and seen.skips:
        reasons = "; ".join(f"{skip.image}: {skip.reason}" for skip in seen.skips[:NAMED])
        raise DataError(
            "Inputs cannot be audited, and --strict forbids it.",
            code="data.skips_under_strict",
            expected="every input in order",
            got=f"{len(seen.skips)} that would be skipped: {reasons}",
            remedy="fix the causes above, or leave --strict out",
        )
