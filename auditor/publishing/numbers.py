"""A run's headline numbers under names that other tools keep; what is undefined is left out."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict
from typing import Final

from auditor.class_reviews import reviewed_classes
from auditor.domain.verdicts import CLASS_VERDICTS
from auditor.storage.run import Run

OF_RUN: Final = ("accuracy", "worst_group_accuracy", "shortcut_rate")
OF_CLASS: Final = ("accuracy", "background_effect", "capture", "shortcut_rate")


def run_numbers(run: Run) -> dict[str, float]:
    """Accuracy, worst group and shortcut rate in 0..1; counts of images and of every verdict."""
    found = {name: getattr(run.results, name) for name in OF_RUN}
    told = Counter(reviewed_classes(run)["verdict"])
    found |= {f"classes_{verdict}": told[str(verdict)] for verdict in CLASS_VERDICTS}
    found |= {f"images_{name}": n for name, n in asdict(run.metadata.counts).items()}
    return _defined(found)


def class_numbers(run: Run) -> dict[str, dict[str, float]]:
    """By class: accuracy, background effect, capture and shortcut rate."""
    rows = reviewed_classes(run).to_dict("records")
    return {str(row["class"]): _defined({name: row[name] for name in OF_CLASS}) for row in rows}


def _defined(values: dict[str, object]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
