"""Backgrounds, tints, softness, frames and patches given from one class to another.

Every exchange is judged alike: among three classes or more by its swap table, between two as a
pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.domain.cues import CUES, CueSpec, Extent
from auditor.domain.interventions import SWAPS, Intervention
from auditor.findings.evidence.class_sample import ByLabel, chosen
from auditor.findings.evidence.edge_test import EdgeSwapTest
from auditor.findings.evidence.plain_donors import (
    MIN_DONORS,
    PlainDonors,
    plain_beside,
    plain_donors,
)
from auditor.findings.evidence.swap_effects import swap_effects
from auditor.findings.evidence.swap_records import swap_records
from auditor.findings.evidence.swap_tables import SwapEffects, SwapTables
from auditor.findings.evidence.swap_test import PairTest, SwapTest, TableTest
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded

SWAPPED = tuple(s for s in CUES if s.given is not None and s.extent is not Extent.SPOT)
"""The cues that an exchange can confirm."""
LEAST_FOR_TABLE = 3
"""Classes. With two of them every gain is the other one's loss."""


@dataclass(frozen=True)
class SwapEvaluation:
    """One exchange among all classes.

    Attributes:
        tests: by class; absent where nothing was tried.
        plain: classes whose backgrounds have no cue of their own.
        tables: the fit; None with two classes.
    """

    tests: Mapping[str, SwapTest]
    plain: frozenset[str]
    tables: SwapTables | None = None


def evaluate_swap(
    table: TrialTable, spec: CueSpec, *, model_classes: int, seed: int
) -> SwapEvaluation:
    """What an exchange does for every class.

    Args:
        table: all trials; the random sample counts.
        spec: of the cue that is exchanged.
        model_classes: how many classes the model knows.
        seed: of the run.
    """
    # Nothing is sharpened: what has no donor-free removal is given, not taken away.
    one_sided = spec.extent is Extent.PICTURE and spec.removed is None
    given = spec.given
    if given is None:
        return SwapEvaluation({}, frozenset())
    rows = chosen(table.sample(given, SWAPS[given]), "donor_label", "donor_group")
    labels = sorted(set(rows["label"]))
    taking_part = {*labels, *rows["donor_label"]}
    is_other = rows["intervention"] == given.value
    if not is_other.any():
        return SwapEvaluation({}, frozenset())
    # One class's rows at a time: the largest table of an audit is not held twice.
    others, same = ByLabel(rows, is_other), ByLabel(rows, ~is_other)
    if len(taking_part) < LEAST_FOR_TABLE:
        tests = {} if one_sided else _pair(others, same, labels, seed=(seed, given.value))
        return SwapEvaluation(tests, frozenset())
    tables = swap_effects(
        swap_records(rows, model_classes=model_classes), seeded(seed, given.value)
    )
    donors = _donors(rows.loc[is_other, ["donor_label", "donor_group"]])
    plain = plain_donors(tables.effects, donors)
    return SwapEvaluation(
        {
            name: _test(
                effects,
                others(name),
                same(name),
                plain_beside(name, plain, tables.effects, donors),
                seeded(seed, name, given.value),
                two_sided=not one_sided,
                over_objects=spec.extent is Extent.PICTURE,
            )
            for name, effects in tables.effects.items()
        },
        plain.names,
        tables,
    )


def _donors(others: pd.DataFrame) -> dict[str, int]:
    """Distinct donors of every class among answers on backgrounds of other classes."""
    counts = others.groupby("donor_label")["donor_group"].nunique()
    return {str(name): int(count) for name, count in counts.items()}


def _test(
    effects: SwapEffects,
    own: pd.DataFrame,
    same: pd.DataFrame,
    plain: PlainDonors,
    rng: np.random.Generator,
    *,
    two_sided: bool,
    over_objects: bool,
) -> TableTest:
    """The test of a class. A property of the whole picture changes objects, too: what it takes from
    the rival on the rival's objects may be that they are not recognised any more, so it proves
    nothing (`over_objects`)."""
    met = own[own["donor_label"].isin(plain.names) & own["loss"].notna()]
    enough = met["donor_group"].nunique() >= MIN_DONORS
    needed = estimate(met, "loss", rng, controls=same) if enough else None
    if needed and not plain.apart and effects.effect and effects.effect.mean < needed.mean:
        # Donors with the least cue still have one, which costs the class more than its own.
        needed, met = None, met.iloc[:0]
    cost = met.groupby("donor_label")["loss"].mean()
    ranked = sorted((-float(loss), str(donor)) for donor, loss in cost.items())
    return TableTest(
        needed=needed or effects.effect,
        won=effects.capture,
        two_sided=two_sided,
        necessity=effects.necessity,
        sufficiency=effects.sufficiency,
        fitted=effects.effect,
        rival=effects.rival,
        rival_pull=None if over_objects else effects.rival_pull,
        plain=tuple(donor for _, donor in ranked) if needed else (),
        apart=plain.apart and needed is not None,
    )


def _pair(
    others: ByLabel,
    same: ByLabel,
    labels: Sequence[str],
    *,
    seed: tuple[int, str],
) -> dict[str, SwapTest]:
    """What each of two classes loses in the other's."""
    lost: dict[str, Effect | None] = {
        name: estimate(
            others(name),
            "loss",
            seeded(seed[0], name, seed[1]),
            controls=same(name),
        )
        for name in labels
    }
    if len(labels) < 2:
        return {}
    first, second = labels
    return {
        first: PairTest(lost[first], lost[second], two_sided=True),
        second: PairTest(lost[second], lost[first], two_sided=True),
    }


def patches(table: TrialTable, names: Sequence[str], *, seed: int) -> dict[str, SwapTest]:
    """The most salient background patch of every class: what its removal costs, over an equal
    patch at the mirrored place, and what it wins from objects of other classes. It names a cue and
    confirms none: where there is no mask it may be the object.
    """
    given = _by_donor(table.sample(Intervention.PATCH_OTHER))
    removed = _by_label(table.sample(Intervention.SALIENT_REMOVED))
    return {
        name: SwapTest(
            estimate(removed[name], "loss", seeded(seed, name, "patch removed"), donors=False)
            if name in removed
            else None,
            estimate(given[name], "gain", seeded(seed, name, "patch given"))
            if name in given
            else None,
            two_sided=True,
        )
        for name in names
        if name in given or name in removed
    }


def edges(table: TrialTable, names: Sequence[str], *, seed: int) -> dict[str, EdgeSwapTest]:
    """What lies across the outline of each class's objects, at the place that the network needs
    most, over the same on the object's other side. Classes without such trials are absent.

    Args:
        table: all trials.
        names: classes.
        seed: of the run.
    """
    removed, beside, given = (
        _by_label(table.sample(intervention))
        for intervention in (
            Intervention.EDGE_REMOVED,
            Intervention.BESIDE_REMOVED,
            Intervention.BESIDE_GIVEN,
        )
    )
    tests = {}
    for name in names:
        if name not in removed or name not in beside or name not in given:
            continue
        # The case gives here, and the answer is about its own label: what it wins is no loss.
        won = given[name].assign(won=-given[name]["loss"])
        tests[name] = EdgeSwapTest(
            estimate(beside[name], "loss", seeded(seed, name, "beside"), donors=False),
            estimate(won, "won", seeded(seed, name, "beside given")),
            two_sided=True,
            removed=estimate(removed[name], "loss", seeded(seed, name, "edge"), donors=False),
        )
    return tests


def _by_label(rows: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    return {str(label): own for label, own in rows.groupby("label")}


def _by_donor(rows: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    return {str(label): own for label, own in rows.groupby("donor_label")}
