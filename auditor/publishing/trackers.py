"""A run in an experiment tracker: its numbers, its files, and the gate as a check."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Final

from auditor.class_reviews import reviewed_classes
from auditor.export import export
from auditor.gate import Gate, check_run, limits_of
from auditor.publishing.mlflow_tracker import open_mlflow
from auditor.publishing.model_card import model_card
from auditor.publishing.numbers import class_numbers, run_numbers
from auditor.publishing.tracker import Tracker
from auditor.publishing.wandb_tracker import open_wandb
from auditor.reports import render_html
from auditor.reports.contents import contents_of
from auditor.storage.atomic import write_output
from auditor.storage.layout import MANIFEST, SUMMARY
from auditor.storage.run import Run

_NOT_IN_KEYS: Final = re.compile(r"[^\w\-. ]")
TABLES: Final = ("classes", "findings", "actions", "slices")


def log_run(run: Run, tracker: Tracker, *, pictures: bool = True) -> Gate:
    """Tell a tracker of a run: numbers, verdicts, digests, tables, report, gate.

    Args:
        run: a finished run.
        tracker: it is not closed here.
        pictures: False leaves them out of the report: for patients' data.

    Returns:
        The gate by the limits of the run's configuration, by default no confirmed class.

    Raises:
        RunError: a table of the run cannot be read.
    """
    found = check_run(run, limits_of(run, {}, baseline=False))
    by_class = class_numbers(run)
    keys = _keys(list(by_class))
    numbers = run_numbers(run) | {"gate_holds": float(found.holds)}
    for name, values in by_class.items():
        numbers |= {f"class/{keys[name]}/{key}": value for key, value in values.items()}
    tracker.numbers(numbers)
    tracker.facts(_facts(run, found, keys))
    with tempfile.TemporaryDirectory() as made:
        _write(run, Path(made), pictures=pictures)
        tracker.files(Path(made))
    return found


def _keys(names: list[str]) -> dict[str, str]:
    """A name for each class that is one part of a path in every tracker, and no other's."""
    keys: dict[str, str] = {}
    for name in names:
        key = _NOT_IN_KEYS.sub("_", name).strip(". ") or "_"
        keys[name] = f"{key}~{len(keys)}" if key in keys.values() else key
    return keys


def _facts(run: Run, gate: Gate, keys: Mapping[str, str]) -> dict[str, str]:
    prints = asdict(run.metadata.fingerprints)
    facts = {"run": run.name, "gate": "holds" if gate.holds else "fails"}
    facts |= {f"gate/{check.name}": check.told for check in gate.checks}
    verdicts = reviewed_classes(run)[["class", "verdict"]].itertuples(index=False)
    facts |= {f"verdict/{keys[name]}": str(verdict) for name, verdict in verdicts}
    return facts | {f"sha256/{name}": digest for name, digest in prints.items() if digest}


def _write(run: Run, folder: Path, *, pictures: bool) -> None:
    for name in (MANIFEST, SUMMARY):
        write_output(folder / name, (run.path / name).read_bytes())
    for what in TABLES:
        export(run, what, folder / f"{what}.csv")
    write_output(folder / "report.html", render_html(contents_of(run), pictures=pictures))
    write_output(folder / "model-card.md", model_card(run))


TRACKERS: Final[Mapping[str, Callable[[str, str | None], Tracker]]] = MappingProxyType(
    {"mlflow": open_mlflow, "wandb": open_wandb}
)


def tracker_of(name: str, run: Run, project: str | None = None) -> Tracker:
    """A tracker by its name in `TRACKERS`, opened for a run.

    Args:
        name: mlflow or wandb.
        run: names the tracker's run.
        project: MLflow's experiment or W&B's project; None for the tracker's own default.

    Raises:
        AuditorError: its package is not installed, or it cannot be reached.
    """
    return TRACKERS[name](run.name, project)
