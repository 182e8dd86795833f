"""`auditor repair`: from `confirmed` to gone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken
from auditor.cli.progress import progress
from auditor.wording.numbers import listed


def repair(
    run: RunFolder,
    data: Annotated[
        Path, typer.Option(metavar="TRAIN", help="Training pictures; not the audited ones.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write, or to go on in.")],
    masks: Annotated[Path | None, typer.Option(help="Folder that mirrors --data.")] = None,
    split: Annotated[str | None, typer.Option(help="Only rows of this split of --data.")] = None,
    auto_mask: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="Who makes the masks that --data lacks, as in run; by default as the run says.",
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="At most so many rounds.")] = 5,
    steps: Annotated[int, typer.Option(min=1, help="Steps of every retraining.")] = 600,
    limit: Annotated[int | None, typer.Option(min=1, help="Training pictures at most.")] = None,
    compared: Annotated[
        bool, typer.Option(help="Train plainly and at random, too, to compare with.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random choice.")] = 0,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Retrain against the confirmed cues and audit again, until nothing is confirmed."""
    from auditor.repairs.loop import repair as run_repair
    from auditor.repairs.outcome_words import chosen_words, end_words
    from auditor.storage.run import open_run

    _ = spoken(lang)
    with progress(_, quiet=quiet) as reported:
        done = run_repair(
            open_run(run),
            data,
            out=out,
            masks=masks,
            split=split,
            auto_mask=auto_mask,
            rounds=rounds,
            steps=steps,
            seed=seed,
            limit=limit,
            compared=compared,
            lang=_.language,
            progress=reported,
        )
    if as_json:
        say_json({"folder": str(out), "gone": done.gone, **asdict(done)})
    lines = []
    for each in done.rounds:
        values = {"n": each.number, "method": chosen_words(each, _)}
        if each.after is None:
            lines.append(_("round {n}: {method}", **values))
            continue
        names = listed(each.after.confirmed, len(each.after.confirmed), _) or _("no class")
        lines.append(_("round {n}: {method}; confirmed: {names}", names=names, **values))
    for line in (*lines, end_words(done, _), _("written: {path}", path=out)):
        say(line, quiet=quiet, as_json=as_json)
