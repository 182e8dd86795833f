"""Looks given from one class to another: tint, softness, frame, patches. docs/science.md section 3.

Each exchange is judged like that of the background: a class is convicted by what it loses in the
look of innocent classes and by what its own look wins from others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from auditor.domain.cues import CUES, Cue, Extent
from auditor.domain.interventions import Intervention
from auditor.findings.evidence.capture import captures, swaps_with_capture
from auditor.findings.evidence.necessity import Necessity, necessity, panels
from auditor.findings.evidence.swap_test import EdgeSwapTest, SwapTest, common_parts
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import estimate
from auditor.statistics.intervals import seeded

GIVEN = {
    spec.id: (spec.given, spec.removed)
    for spec in CUES
    if spec.extent in (Extent.PICTURE, Extent.BORDER)
}
"""The attributes that can confirm: what is given, and how it is taken away without a donor."""


LEAST_FOR_ONE_SIDED = 3
"""Classes. Softness may take another class's cue away; with two of them its partner then gains what
it loses, and no third class tells the difference (docs/benchmark.md: a tag made soft)."""


def exchanges(
    table: TrialTable, names: Sequence[str], *, floor: float, seed: int
) -> dict[str, dict[Cue, SwapTest]]:
    """The looks that can convict, of every class; a class without such trials has none.

    Args:
        table: all trials.
        names: classes.
        floor: effect floor.
        seed: of the run.
    """
    found: dict[str, dict[Cue, SwapTest]] = {name: {} for name in names}
    for cue, (given, taken) in GIVEN.items():
        swaps = swaps_with_capture(table, given, taken)
        if taken is None and swaps["label"].nunique() < LEAST_FOR_ONE_SIDED:
            continue
        won = captures(swaps, names, seed=seed, what=cue.value)
        halves = panels(swaps, floor)
        plain = _beyond_others(table.sample(taken)) if taken else swaps.iloc[:0]
        swaps_of, plain_of = _by_label(swaps), _by_label(plain)
        tests: dict[str, SwapTest] = {}
        for name in names:
            rows = swaps_of.get(name, swaps.iloc[:0])
            if rows.empty and name not in won:
                continue
            needed: Necessity | None = None
            if taken is not None:
                needed = necessity(
                    name, rows, plain_of.get(name, plain.iloc[:0]), halves, seed=seed, look=cue
                )
            tests[name] = SwapTest(
                needed.effect if needed else None, won.get(name), two_sided=taken is not None
            )
        for name, common in common_parts(tests).items():
            found[name][cue] = replace(tests[name], common=common)
    return found


def patches(table: TrialTable, names: Sequence[str], *, seed: int) -> dict[str, SwapTest]:
    """The most salient background patch of every class: what its removal costs, over an equal
    patch at the mirrored place, and what it wins. It names a cue and convicts nobody: where there
    is no mask it may be the object.
    """
    swaps = swaps_with_capture(table, Intervention.PATCH_OTHER, None)
    won = captures(swaps, names, seed=seed, what="patch")
    removed = _by_label(table.sample(Intervention.SALIENT_REMOVED))
    return {
        name: SwapTest(
            estimate(removed[name], "loss", seeded(seed, name, "patch removed"), donors=False)
            if name in removed
            else None,
            won.get(name),
            two_sided=True,
        )
        for name in names
        if name in won or name in removed
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


def _beyond_others(plain: pd.DataFrame) -> pd.DataFrame:
    """Losses beyond what the same change costs the other classes on average, if it costs them."""
    if plain.empty:
        return plain
    means = plain.groupby("label")["loss"].mean()
    others = (means.sum() - means) / max(1, len(means) - 1)
    return plain.assign(loss=plain["loss"] - plain["label"].map(others.clip(lower=0.0)))


def _by_label(rows: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    return {str(label): own for label, own in rows.groupby("label")}
