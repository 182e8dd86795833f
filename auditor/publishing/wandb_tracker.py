"""Weights & Biases: summary numbers, configuration and an artefact of one run. Extra `wandb`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.domain.errors import AuditorError
from auditor.publishing.tracker import Tracker

DEFAULT_PROJECT = "shortcut-audits"


class WandbTracker:
    """One run of W&B."""

    def __init__(self, run: Any, artefact: Any) -> None:
        self._run, self._artefact = run, artefact

    def numbers(self, values: Mapping[str, float]) -> None:
        """Into the run's summary."""
        self._run.summary.update(dict(values))

    def facts(self, values: Mapping[str, str]) -> None:
        """Into the run's configuration, by which runs can be filtered."""
        self._run.config.update(dict(values), allow_val_change=True)

    def files(self, folder: Path) -> None:
        """One artefact of type `shortcut-audit`; W&B copies the files before this returns."""
        self._artefact.add_dir(str(folder), policy="mutable")
        self._run.log_artifact(self._artefact)

    def close(self) -> str:
        """Ends the run."""
        place = self._run.url or self._run.dir
        self._run.finish()
        return f"W&B run {place}"


def open_wandb(name: str, project: str | None) -> Tracker:
    """A new run; W&B's own settings say where (`WANDB_MODE=offline` keeps it on this machine).

    Raises:
        AuditorError: W&B is not installed, or does not let the run in.
    """
    try:
        import wandb
    except ImportError as error:
        raise AuditorError(
            "Weights & Biases is not installed.",
            code="extra.wandb",
            expected="the extra `wandb`",
            got=str(error),
            remedy="pip install 'shortcut-auditor[wandb]'",
        ) from None
    try:
        run = wandb.init(project=project or DEFAULT_PROJECT, name=name, job_type="shortcut-audit")
    except wandb.errors.Error as error:
        raise AuditorError(
            "Weights & Biases refused the run.",
            code="tracker.refused",
            expected="a server that answers and a key (`wandb login`), or WANDB_MODE=offline",
            got=str(error),
            remedy="sign in, or set WANDB_MODE=offline and `wandb sync` later",
        ) from None
    artefact = wandb.Artifact(_name(name), type="shortcut-audit")
    return WandbTracker(run, artefact)


def _name(name: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return f"audit-{kept}"[:120]
