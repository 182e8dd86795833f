"""`auditor log`: a run in the experiment tracker that a team has."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken


def log(
    run: RunFolder,
    to: Annotated[Literal["mlflow", "wandb"], typer.Option(help="Which tracker.")],
    project: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="MLflow's experiment or W&B's project."),
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
    """Tell MLflow or Weights & Biases of a run: numbers, tables, report, gate."""
    from auditor.publishing import log_run, tracker_of
    from auditor.storage.run import open_run

    _ = spoken(lang)
    opened = open_run(run)
    tracker = tracker_of(to, opened, project)
    try:
        gate = log_run(opened, tracker, pictures=not no_images)
    finally:
        place = tracker.close()
    if as_json:
        say_json({"run": opened.name, "tracker": to, "place": place, "gate_holds": gate.holds})
    told = (
        _("logged: {place}; the gate holds", place=place)
        if gate.holds
        else _("logged: {place}; the gate fails", place=place)
    )
    say(told, quiet=quiet, as_json=as_json)
