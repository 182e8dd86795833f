"""Makes and audits worlds one after the other, in a folder that goes away again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.domain.messages import phrase
from auditor.domain.verdicts import ClassVerdict
from auditor.ports import Progress, Silent
from auditor.selftest.auditing import audit_world
from auditor.selftest.drawn import Drawn
from auditor.selftest.making import Truth, make
from auditor.selftest.rates import PlantedOutcome
from auditor.selftest.worlds import World
from auditor.storage.run import Run


def run(
    worlds: Sequence[World], progress: Progress
) -> Iterator[tuple[World, list[PlantedOutcome]]]:
    """The outcomes of each world, as soon as it is audited.

    Args:
        worlds: to make and audit.
        progress: hears of each world, a step when it is made and one when it is audited.
    """
    with tempfile.TemporaryDirectory(prefix="auditor-selftest-") as folder:
        for number, world in enumerate(worlds):
            name = phrase(
                "world {number} of {all}: {name}",
                number=number + 1,
                all=len(worlds),
                name=phrase(world.name),
            )
            progress.stage(name, 2)
            place = Path(folder) / str(number)
            truths = make(world, Drawn(), place)
            progress.advance()
            found = audit_world(world, place, place / "run", Silent())
            progress.advance()
            yield world, outcomes(world, truths, found)


def outcomes(world: World, truths: Sequence[Truth], found: Run) -> list[PlantedOutcome]:
    """Truth and verdict side by side, a class each."""
    rows = {row["class"]: row for row in found.classes().to_dict("records")}
    return [
        PlantedOutcome(
            world.name,
            truth,
            ClassVerdict(rows[truth.label]["verdict"]),
            _known(rows[truth.label]["background_effect"]),
        )
        for truth in truths
    ]


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
