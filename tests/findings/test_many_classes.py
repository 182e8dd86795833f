"""More classes than a swap table holds, and answers that say little."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.domain.answers import TOP_PROBABILITIES, write_classes
from auditor.domain.interventions import HOLE_FILLS, Intervention
from auditor.findings.evidence.effect_observations import effect_observations
from auditor.findings.evidence.swap_effects import swap_effects
from auditor.findings.evidence.swap_fit import WHOLE
from auditor.findings.evidence.swap_records import swap_records
from auditor.findings.evidence.trial_table import TrialRows, tidy
from auditor.findings.frames import as_numbers
from tests.findings.trials import case, table_of, under

COUNT = WHOLE + 2
NAMES = tuple(f"c{number:02d}" for number in range(COUNT))
EACH = 4
OTHERS = (1, 2, 3)


def _on(number: int, label: int, donor: int, shown: int, **changes: Any) -> list[dict[str, Any]]:
    lender = f"{NAMES[donor]}_{shown % EACH}"
    same = label == donor
    return under(
        HOLE_FILLS,
        f"{NAMES[label]}_{number}",
        Intervention.BACKGROUND_SAME if same else Intervention.BACKGROUND_OTHER,
        0.8 if same else 0.7,
        label=NAMES[label],
        donor=lender,
        donor_label=NAMES[donor],
        donor_group=lender,
        **({} if same else {"p_label_control": 0.8, "p_donor": 0.1, "p_donor_control": 0.05}),
        **changes,
    )


def _trials(**changes: Any) -> list[dict[str, Any]]:
    """All objects on own backgrounds and on those of the next three classes."""
    return [
        row
        for label in range(COUNT)
        for number in range(EACH)
        for step in (0, *OTHERS)
        for row in _on(number, label, (label + step) % COUNT, number + (step == 0), **changes)
    ]


def _cases() -> pd.DataFrame:
    rows = [case(f"{name}_{i}", name) for name in NAMES for i in range(EACH)]
    return as_numbers(pd.DataFrame(rows))


def _table(rows: list[dict[str, Any]]) -> TrialRows:
    return tidy(table_of(rows), _cases(), seed=0)


@pytest.mark.parametrize(
    "changes",
    [{}, {"top_classes": write_classes(("zebra",)), TOP_PROBABILITIES[0]: 0.1}],
    ids=["of an old run", "outside the data"],
)
def test_answers_that_name_no_class_of_the_data_are_weighed(changes: dict[str, Any]) -> None:
    found = effect_observations(_cases(), table_of(_trials(**changes)), model_classes=100, seed=0)
    assert len(found["background_effect"]) == COUNT * EACH * len(OTHERS) * len(HOLE_FILLS)


def test_what_nothing_was_seen_of_is_unknown() -> None:
    """The last class's backgrounds met only objects without answers on their own ones, and the
    first class's objects were shown on own backgrounds or on others', none on both."""
    last, first = COUNT - 1, 0
    givers = {(last - step) % COUNT for step in OTHERS}
    rows = [
        row
        for row in _trials()
        if not (row["label"] in {NAMES[g] for g in givers} and row["donor_label"] == row["label"])
        and not (
            row["label"] == NAMES[first]
            and (row["donor_label"] == NAMES[first]) != row["case_id"].endswith("_0")
        )
    ]
    records = swap_records(_table(rows).rows, model_classes=COUNT)
    effects = swap_effects(records, np.random.default_rng(0)).effects
    assert effects[NAMES[last]].capture is None
    assert effects[NAMES[first]].effect is None
    assert effects[NAMES[first]].necessity is not None
    known = [
        each.mean
        for found in effects.values()
        for each in (found.effect, found.necessity, found.sufficiency, found.capture)
        if each is not None
    ]
    assert np.isfinite(known).all()
