"""How the tests of this folder ask for a judgement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.findings import Findings, evaluate
from auditor.findings.evaluate import evaluate_classes
from tests.fakes.worlds import World, audit

CHANCE = 0.1


def evaluated(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    settings: FindingsSection | None = None,
    classes: tuple[str, ...] = (),
    null_nominated: Mapping[str, float | None] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Findings:
    """A judgement in which every class's null of nomination is `CHANCE` unless given.

    Args:
        cases, trials, settings, classes, null_nominated: of `evaluate`.
        more: what only `evaluate_classes` takes.
    """
    labels = sorted(set(cases["label"])) if "label" in cases else []
    known = {
        "settings": settings or FindingsSection(),
        "seed": 0,
        "classes": classes,
        "null_nominated": dict.fromkeys(labels, CHANCE) | dict(null_nominated or {}),
    }
    if not more:
        return evaluate(cases, trials, **known)
    evaluation = evaluate_classes(cases, trials, **known, **more)
    found = evaluation.cases(cases)
    groups = found.set_index("case_id")[["cluster", "patch_group"]].loc[cases["case_id"]]
    return evaluation.conclude(found, groups.astype("category"))


def evaluated_world(world: World, seed: int) -> Findings:
    """The judgement of an audit of `world`."""
    return evaluated(*audit(world, seed), classes=world.classes)


def row(judgement: Findings, name: str) -> pd.Series:
    """The row of a class."""
    classes = judgement.classes
    return classes[classes["class"] == name].iloc[0]
