"""`auditor counterexamples`: training images that break a run's confirmed cues."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken
from auditor.cli.progress import progress


def counterexamples(
    run: RunFolder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write.")],
    per_class: Annotated[int, typer.Option(min=1, help="Images of every class.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random choice.")] = 0,
    class_: Annotated[
        list[str] | None,
        typer.Option("--class", help="Speak against the cue of this class instead; repeatable."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Make them of this data, not of the audited images.")
    ] = None,
    masks: Annotated[Path | None, typer.Option(help="Folder that mirrors --data.")] = None,
    split: Annotated[str | None, typer.Option(help="Only rows of this split of --data.")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Write training images that break the cues a run has confirmed."""
    from auditor.counterexamples.inputs import Source
    from auditor.counterexamples.writing import write
    from auditor.storage.run import open_run

    _ = spoken(lang)
    with progress(_, quiet=quiet) as reported:
        written = write(
            open_run(run),
            out,
            source=Source(data, masks, split),
            classes=class_ or (),
            per_class=per_class,
            seed=seed,
            progress=reported,
        )
    if as_json:
        say_json({**asdict(written), "folder": str(written.folder)})
    for name, cue in written.cues.items():
        told = _("breaks the cue of {name}: {cue}", name=name, cue=cue)
        say(told, quiet=quiet, as_json=as_json)
    if data is None:
        say(
            _("made of the audited images: train on them, but audit the new model on others"),
            quiet=quiet,
            as_json=as_json,
        )
    count = sum(written.images.values())
    say(
        _.ngettext(
            "written: {path} ({n:,} image)", "written: {path} ({n:,} images)", count, path=out
        ),
        quiet=quiet,
        as_json=as_json,
    )
