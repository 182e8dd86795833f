"""`auditor run`: one audit, from a file, from flags, or from both."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from auditor.cli import show
from auditor.cli.json_lines import say_line
from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.cli.progress import progress
from auditor.cli.run_models import audit_models, names_files
from auditor.cli.stopping import stoppable
from auditor.config import AuditConfig
from auditor.domain.errors import ConfigError
from auditor.files import is_remote, words

Config = Annotated[Path | None, typer.Argument(metavar="CONFIG.toml", help="Configuration file.")]
Device = Literal["auto", "cpu", "cuda"]
Engine = Literal["local", "ray"]


def run(
    config: Config = None,
    data: Annotated[Path | None, typer.Option(help="Class folders or a manifest.")] = None,
    masks: Annotated[Path | None, typer.Option(help="Folder that mirrors the images.")] = None,
    split: Annotated[str | None, typer.Option(help="Only rows of this split.")] = None,
    arch: Annotated[
        str | None, typer.Option(help="torchvision name, timm:NAME or hf:FOLDER.")
    ] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="Trained weights.")] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:FUNCTION",
            help="Your code that builds it; or a TOML file with [model], several times for several"
            " networks in one pass over the data.",
        ),
    ] = None,
    classes: Annotated[Path | None, typer.Option(help="Class names, one a line.")] = None,
    layer: Annotated[str | None, typer.Option(help="Target layer, or auto.")] = None,
    method: Annotated[str | None, typer.Option(help="Saliency method.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="RUN", help="Folder to write.")] = None,
    device: Annotated[Device | None, typer.Option(help="Where to compute.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Images a forward pass.")] = None,
    workers: Annotated[int | None, typer.Option(help="Decoding processes.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N inputs.")] = None,
    per_class: Annotated[int | None, typer.Option(help="Images a class to intervene on.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every random choice.")] = None,
    no_interventions: Annotated[
        bool, typer.Option("--no-interventions", help="Saliency only: no class can be confirmed.")
    ] = False,
    engine: Annotated[Engine | None, typer.Option(help="Where the work runs.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a stopped run.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A skipped input is a fault.")] = False,
    mask_fit: Annotated[
        bool, typer.Option("--mask-fit", help="Resize masks of the same aspect ratio.")
    ] = False,
    auto_mask: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="Who makes the masks that are missing: grabcut, torchvision:NAME[:WEIGHTS],"
            " onnx:FILE or module:function.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Any key of the file.")
    ] = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the resolved configuration and stop.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Progress as JSON lines on stderr.")
    ] = False,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Audit a classifier on a labelled dataset and write a run."""
    models = model or []
    several = names_files(models)
    factory = models[0] if models else None
    overrides: dict[str, Any] = {
        "data.path": data,
        "data.masks": masks,
        "data.split": split,
        "data.classes": classes,
        "data.limit": limit,
        "data.strict": strict or None,
        "data.mask_fit": mask_fit or None,
        "data.auto_mask": auto_mask,
        "model.arch": arch,
        "model.factory": None if several else factory,
        "model.checkpoint": checkpoint,
        "model.layer": layer,
        "saliency.method": method,
        "interventions.per_class": per_class,
        "interventions.enabled": False if no_interventions else None,
        "run.out": out,
        "run.device": device,
        "run.batch_size": batch_size,
        "run.workers": workers,
        "run.seed": seed,
        "run.engine": engine,
    }
    given = {key: value for key, value in overrides.items() if value is not None}
    changed = given | _settings(settings or [])
    if several:
        told: Any = {"quiet": quiet, "as_json": as_json, "log_json": log_json, "lang": lang}
        audit_models(config, models, changed, resume=resume, print_only=print_config, **told)
        return
    resolved = AuditConfig.load(config, changed)
    if print_config:
        typer.echo(resolved.to_toml(), nl=False)
        return
    audit(resolved, resume=resume, quiet=quiet, as_json=as_json, log_json=log_json, lang=lang)


def audit(
    config: AuditConfig,
    *,
    resume: bool,
    quiet: bool,
    as_json: bool,
    overwrite: bool = False,
    log_json: bool = False,
    lang: str | None = None,
) -> Path:
    """Audit with a progress bar, print the verdicts, and return the run's folder."""
    from auditor import wiring
    from auditor.engines.ranks import place_in

    told = spoken(lang)
    place = place_in()
    if place is not None and place.rank > 0:
        # Only rank 0 prints.
        quiet, as_json, log_json = True, False, False
    with stoppable(), progress(told, quiet=quiet, log_json=log_json) as reported:
        finished = wiring.audit(config, resume=resume, overwrite=overwrite, progress=reported)
    show.warnings(finished, told, quiet=quiet, log_json=log_json)
    if as_json:
        say_json(show.machine_summary(finished))
    elif not quiet:
        show.verdicts(finished, told)
    out = config.run.out
    where = words(out) if out is not None and is_remote(out) else finished.path
    if log_json:
        say_line("written", run=str(where))
    # With --json text goes to stderr, where lines for machines stand alone.
    if not (log_json and as_json):
        say(told("written: {path}", path=where), quiet=quiet, as_json=as_json)
    return finished.path


def _settings(pairs: list[str]) -> dict[str, Any]:
    faults = [f"--set {pair}: expected KEY=VALUE" for pair in pairs if "=" not in pair]
    if faults:
        raise ConfigError(faults, source="the flags")
    return {key.strip(): _value(text) for key, _, text in (pair.partition("=") for pair in pairs)}


def _value(text: str) -> Any:
    """A TOML value where it is one, else the text itself, so that names need no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
