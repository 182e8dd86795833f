"""How the tests of this folder ask for a judgement."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditor.config import FindingsSection
from auditor.findings import Judgement, judge
from tests.fakes.worlds import World, audit

CHANCE = 0.1


def judged(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    settings: FindingsSection | None = None,
    classes: tuple[str, ...] = (),
    null_nominated: Mapping[str, float | None] | None = None,
) -> Judgement:
    """A judgement in which every class's null of nomination is `CHANCE` unless given."""
    labels = sorted(set(cases["label"])) if "label" in cases else []
    return judge(
        cases,
        trials,
        settings=settings or FindingsSection(),
        seed=0,
        classes=classes,
        null_nominated=dict.fromkeys(labels, CHANCE) | dict(null_nominated or {}),
    )


def judged_world(world: World, seed: int) -> Judgement:
    """The judgement of an audit of `world`."""
    return judged(*audit(world, seed), classes=world.classes)


def row(judgement: Judgement, name: str) -> pd.Series:
    """The row of a class."""
    classes = judgement.classes
    return classes[classes["class"] == name].iloc[0]
