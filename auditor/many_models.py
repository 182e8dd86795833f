"""Several networks on the same data: every picture is decoded once, every network has a run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from auditor import wiring
from auditor.config import AuditConfig
from auditor.config_files import put, read_toml
from auditor.domain.errors import AuditInterrupted, AuditorError, ConfigError
from auditor.engines.ranks import place_in
from auditor.files import is_remote
from auditor.leaderboard import leaderboard
from auditor.preflight import refuse_unavailable
from auditor.reports.leaderboard import render_leaderboard_html, render_leaderboard_markdown
from auditor.storage.atomic import write_output
from auditor.storage.run import Run, is_finished, open_run
from auditor.storage.writer import RunWriter
from auditor.worker_building import SharedViews

LEADERBOARD: Final = "leaderboard"
"""Name of the leaderboard's files, beside the runs."""
MODEL: Final = "model"

Each = Callable[[str, AuditConfig, SharedViews], Run]
"""Audits one network: its name, its configuration, what others decoded."""


@dataclass(frozen=True, slots=True)
class AuditedModels:
    """Attributes:
    runs: by name, in the order that was asked for.
    files: the leaderboard as HTML, Markdown and JSON.
    """

    runs: Mapping[str, Run]
    files: tuple[Path, ...]


def model_configs(
    config: Path | None, models: Sequence[Path], overrides: Mapping[str, Any], out: Path
) -> dict[str, AuditConfig]:
    """A configuration for each file of a model, by the file's name without suffix.

    With a configuration beside them the files of models hold nothing but [model]; without one each
    is a whole configuration, and all but [model] is the same in all.

    Args:
        config: what all have in common, or None.
        models: a TOML file each.
        overrides: dotted keys on top, for all.
        out: folder of the runs.

    Raises:
        ConfigError: two files of one name, or other faults than `AuditConfig.load` names.
    """
    names = [path.stem for path in models]
    faults = [f"--model {name}.toml: named twice" for name, n in Counter(names).items() if n > 1]
    found: dict[str, AuditConfig] = {}
    for name, path in zip(names, models, strict=True):
        tree = read_toml(path)
        if config is not None:
            odd = sorted(set(tree) - {MODEL})
            faults += [f"{path}: [{each}] belongs into {config}" for each in odd]
            tree = read_toml(config) | {MODEL: tree.get(MODEL, {})}
        for dotted, value in overrides.items():
            put(tree, dotted, value)
        put(tree, "run.out", str(out / name))
        found[name] = AuditConfig.from_dict(tree, source=str(path))
    faults += _differences(found)
    if faults:
        raise ConfigError(faults, source="the configurations of the models")
    return found


def _differences(configs: Mapping[str, AuditConfig]) -> list[str]:
    """What the configurations of all models should have in common and do not."""
    trees = [each.model_copy(update={MODEL: None}).to_dict() for each in configs.values()]
    for tree in trees:
        tree["run"].pop("out")
    odd = [key for key in trees[0] if any(tree[key] != trees[0][key] for tree in trees)]
    return [f"[{key}] is not the same for every model" for key in odd]


def audit_models(
    configs: Mapping[str, AuditConfig], out: Path, each: Each, *, resume: bool
) -> AuditedModels:
    """Audit every network, then rank them.

    A finished run is taken as it is with `resume`. What every run writes is what an audit of its
    network alone would have written.

    Args:
        configs: of `model_configs`.
        out: folder of the runs.
        each: audits one of them.
        resume: go on where an earlier call was stopped.

    Raises:
        AuditorError: as of an audit; `AuditInterrupted` where other runs were finished before: they
            stay, and `resume` goes on.
    """
    _refuse_before(configs, out, resume=resume)
    runs: dict[str, Run] = {}
    made = 0
    with closing(SharedViews()) as views:
        for name, config in configs.items():
            folder = out / name
            if resume and is_finished(folder):
                runs[name] = open_run(folder)
                continue
            try:
                runs[name] = each(name, config, views)
            except AuditorError as error:
                raise _after(made, name, error) from error
            made += 1
    return AuditedModels(runs, _write(list(runs.values()), out))


def _after(made: int, name: str, error: AuditorError) -> AuditorError:
    """A network's fault as the fault of all: nothing is written, or what is done is kept."""
    if not made or isinstance(error, AuditInterrupted):
        return error
    return AuditInterrupted(
        f"{name}: {error.problem}",
        code=error.code,
        expected=error.expected,
        got=error.got,
        remedy=f"{error.remedy}; {made} finished before and stay: run the same command with "
        "--resume",
    )


def _refuse_before(configs: Mapping[str, AuditConfig], out: Path, *, resume: bool) -> None:
    """Every fault of every network before anything is written."""
    if is_remote(out):
        raise ConfigError(["run.out: several models need a folder of this machine"], source="--out")
    if place_in() is not None:
        raise ConfigError(
            ["--model: one audit of a job of ranks is of one model"], source="the flags"
        )
    for name, config in configs.items():
        if not (resume and is_finished(out / name)):
            RunWriter.check(out / name, resume=resume, overwrite=False)
        refuse_unavailable(config, None)
    wiring.refuse_unusable(list(configs.values()))


def _write(runs: Sequence[Run], out: Path) -> tuple[Path, ...]:
    board = leaderboard(runs)
    contents = {
        ".html": render_leaderboard_html(board),
        ".md": render_leaderboard_markdown(board),
        ".json": json.dumps(board.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n",
    }
    files = []
    for suffix, content in contents.items():
        files.append(out / f"{LEADERBOARD}{suffix}")
        write_output(files[-1], content)
    return tuple(files)
