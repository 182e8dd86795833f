"""`auditor run --model a.toml --model b.toml`: several networks, one pass over the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from auditor.cli import show
from auditor.cli.options import say, say_json, spoken
from auditor.cli.progress import progress
from auditor.cli.stopping import stoppable
from auditor.domain.errors import ConfigError
from auditor.domain.messages import N_

if TYPE_CHECKING:
    from auditor.config import AuditConfig
    from auditor.storage.run import Run
    from auditor.worker_building import SharedViews

TOML = ".toml"


def names_files(models: Sequence[str]) -> bool:
    """Whether models are named by their configuration files.

    Raises:
        ConfigError: files and functions together, or several functions.
    """
    files = [each.lower().endswith(TOML) for each in models]
    if any(files) and not all(files):
        raise ConfigError(["--model: either TOML files or one MODULE:FUNCTION"], source="the flags")
    if len(models) > 1 and not any(files):
        raise ConfigError(
            ["--model: several models are named by a TOML file with [model] each"],
            source="the flags",
        )
    if files == [True]:
        raise ConfigError(
            ["--model: one network alone stands in CONFIG.toml; name two files or more"],
            source="the flags",
        )
    return any(files)


def audit_models(
    config: Path | None,
    models: Sequence[str],
    overrides: Mapping[str, Any],
    *,
    resume: bool,
    print_only: bool,
    quiet: bool,
    as_json: bool,
    log_json: bool,
    lang: str | None,
) -> None:
    """Audit every network, print its verdicts, and write the leaderboard beside the runs."""
    from auditor import many_models, wiring

    given = overrides.get("run.out")
    out = Path(given) if given is not None else _default_out()
    shared = {key: value for key, value in overrides.items() if key != "run.out"}
    configs = many_models.model_configs(config, [Path(each) for each in models], shared, out)
    if print_only:
        for name, own in configs.items():
            typer.echo(f"# {name}\n{own.to_toml()}")
        return
    told = spoken(lang)

    def each(name: str, own: AuditConfig, views: SharedViews) -> Run:
        place = list(configs).index(name) + 1
        line = told(N_("model {n:,} of {all:,}: {name}"), n=place, all=len(configs), name=name)
        say(line, quiet=quiet, as_json=as_json)
        with stoppable(), progress(told, quiet=quiet, log_json=log_json) as reported:
            run = wiring.audit(own, resume=resume, progress=reported, views=views)
        show.warnings(run, told, quiet=quiet, log_json=log_json)
        if not quiet and not as_json:
            show.verdicts(run, told)
        return run

    done = many_models.audit_models(configs, out, each, resume=resume)
    if as_json:
        runs = {name: show.machine_summary(run) for name, run in done.runs.items()}
        say_json({"runs": runs, "leaderboard": [str(file) for file in done.files]})
    for path in (*(run.path for run in done.runs.values()), *done.files):
        say(told("written: {path}", path=path), quiet=quiet, as_json=as_json)


def _default_out() -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return Path("runs") / f"models-{stamp}"
