"""How the tests of this folder ask for a judgement."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditor.config import FindingsSection
from auditor.findings import Findings, evaluate
from tests.fakes.worlds import World, audit

CHANCE = 0.1


def evaluated(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    settings: FindingsSection | None = None,
    classes: tuple[str, ...] = (),
    null_nominated: Mapping[str, float | None] | None = None,
) -> Findings:
    """A judgement in which every class's null of nomination is `CHANCE` unless given."""
    labels = sorted(set(cases["label"])) if "label" in cases else []
    return evaluate(
        cases,
        trials,
        settings=settings or FindingsSection(),
        seed=0,
        classes=classes,
        null_nominated=dict.fromkeys(labels, CHANCE) | dict(null_nominated or {}),
    )


def evaluated_world(world: World, seed: int) -> Findings:
    """The judgement of an audit of `world`."""
    return evaluated(*audit(world, seed), classes=world.classes)


def row(judgement: Findings, name: str) -> pd.Series:
    """The row of a class."""
    classes = judgement.classes
    return classes[classes["class"] == name].iloc[0]
