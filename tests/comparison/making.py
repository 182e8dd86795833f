"""Sides of a comparison from worlds whose answer is known."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from auditor.comparison.inputs import Side, side_from
from auditor.config import FindingsSection
from auditor.domain.manifest import Manifest
from auditor.findings import evaluate
from auditor.storage.manifest import manifest_values, read_manifest, read_summary
from tests.fakes.worlds import World, audit


def side(
    world: World, seed: int, *, name: str = "run", trials: bool = True, **manifest: Any
) -> Side:
    """The audit of a world, judged; `trials` keeps what the effects were made of."""
    made = _made(world, seed, trials)
    values = manifest_values(made.manifest)
    return replace(made, name=name, manifest=read_manifest(values | manifest))


@cache
def _made(world: World, seed: int, trials: bool) -> Side:
    cases, rows = audit(world, seed)
    found = evaluate(
        cases,
        rows,
        settings=FindingsSection(),
        seed=0,
        classes=world.classes,
        null_nominated=dict.fromkeys(world.classes, 0.1),
    )
    return side_from(
        "run",
        Manifest(config={"findings": {"effect_floor": 0.1}}, seed=0),
        read_summary(found.summary),
        {
            "cases": found.cases,
            "classes": found.classes,
            "trials": rows if trials else pd.DataFrame(),
        },
    )
