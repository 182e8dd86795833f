"""Everything that is known of a class before its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from auditor.domain.cues import Cue
from auditor.domain.interventions import Intervention
from auditor.domain.samples import MaskSource
from auditor.findings.evidence.attribute_swaps import edges, exchanges, patches
from auditor.findings.evidence.capture import (
    CAPTURE_LOW,
    captures,
    swaps_with_capture,
    unaffected_donors,
)
from auditor.findings.evidence.necessity import Necessity, necessity, panels
from auditor.findings.evidence.nomination import Nomination, nomination
from auditor.findings.evidence.swap_test import NOTHING_COMMON, Common, SwapTest, common_parts
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded
from auditor.statistics.significance import holm


@dataclass(frozen=True, slots=True)
class ClassEvidence:
    """One class; None is undefined.

    Attributes:
        images, masked: audited images, and those with a mask.
        tested, groups, swapped: sampled images with trials, their independent groups, and those
            of them whose object could be put on other backgrounds.
        audit_tested: sampled images with trials in the whole audit; 0 if none were run.
        zero_maps: every map of the class is zero.
        pasting_damage: mean probability lost by pasting the object back where it was.
        suffices: pull of its empty images over innocent classes' empty images.
        vulnerable_to: capturing classes on whose backgrounds it falls.
        looks: what tint, softness, frame and the edge of its objects do for it, where tried.
        patch: what the most salient patch of its background does for it.
        chance: probability of a class in a network that knows nothing, one over their number.
        common: what other classes lose and win by the swap of the background, too.
        q_value: of the class's smallest Holm-adjusted p-value, Benjamini-Hochberg over tested
            classes.
    """

    name: str
    images: int
    masked: int
    tested: int
    groups: int
    swapped: int
    audit_tested: int
    zero_maps: bool
    accuracy: float | None
    median_skill: float | None
    nomination: Nomination
    necessity: Necessity
    capture: Effect | None
    suffices: Effect | None
    object_effect: float | None
    pasting_damage: float | None
    vulnerable_to: tuple[str, ...]
    looks: Mapping[Cue, SwapTest] = field(default_factory=dict)
    patch: SwapTest | None = None
    q_value: float | None = None
    chance: float = 0.0
    common: Common = NOTHING_COMMON

    @property
    def background(self) -> SwapTest:
        """The swap of the whole background, as one exchange among others."""
        return SwapTest(self.necessity.effect, self.capture, two_sided=True, common=self.common)

    @property
    def p_values(self) -> dict[Cue, float]:
        """Of every test that alone convicts, adjusted for their number (Holm 1979)."""
        tests = {Cue.BACKGROUND: self.background, **self.looks} if self.tested else {}
        known = {cue: p for cue, test in tests.items() if (p := test.p_value) is not None}
        return dict(zip(known, holm(list(known.values())), strict=True))

    @property
    def p_value(self) -> float | None:
        """The class's own: its smallest adjusted p-value."""
        return min(self.p_values.values(), default=None)


@dataclass(frozen=True)
class Gathered:
    """Evidence of every class, and the donor classes that do not capture."""

    classes: tuple[ClassEvidence, ...]
    unaffected: frozenset[str]


def gather(
    cases: pd.DataFrame,
    table: TrialTable,
    names: tuple[str, ...],
    *,
    null_nominated: Mapping[str, float | None],
    floor: float,
    seed: int,
) -> Gathered:
    """Evidence of every class, from the random sample where trials are concerned.

    Args:
        cases: all cases with `group` and `has_trials`.
        table: all trials.
        names: every class that gets a row.
        null_nominated: nomination rate under permuted masks, by class.
        floor: effect floor.
        seed: of the run.
    """
    swaps = swaps_with_capture(table)
    neutral = table.sample(Intervention.NEUTRAL)
    unaffected = unaffected_donors(swaps, "capture", floor)
    halves = panels(swaps, floor)
    looks = exchanges(table, names, floor=floor, seed=seed)
    edged = edges(table, names, seed=seed)
    patch = patches(table, names, seed=seed)
    captured = captures(swaps, names, seed=seed)
    captors = frozenset(d for d, e in captured.items() if _captures(e, floor))
    cases_of, swaps_of, neutral_of, trials_of = (
        _ByLabel(frame) for frame in (cases, swaps, neutral, table.rows[table.rows["sampled"]])
    )
    sampled_tested = int((cases["sampled"] & cases["has_trials"]).sum())
    found = []
    for name in names:
        own, trials = cases_of(name), trials_of(name)
        chosen = own[own["sampled"] & own["has_trials"]]
        needed = necessity(name, swaps_of(name), neutral_of(name), halves, seed=seed)
        found.append(
            ClassEvidence(
                name=name,
                images=len(own),
                masked=int((own["mask_source"] != MaskSource.NONE.value).sum()),
                tested=len(chosen),
                groups=int(chosen["group"].nunique()),
                swapped=_swapped(trials),
                audit_tested=sampled_tested,
                zero_maps=len(own) > 0 and bool((own["cam_scale"] == 0.0).all()),
                accuracy=_mean(own["correct"]),
                median_skill=_median(own["relevance_skill"]),
                nomination=nomination(own, null_nominated.get(name), floor),
                necessity=needed,
                capture=captured.get(name),
                suffices=_suffices(trials, name, unaffected, seed),
                object_effect=_mean(_of(trials, Intervention.OBJECT_REMOVED)["loss"]),
                pasting_damage=_pasting_damage(_of(trials, Intervention.PASTED_BACK)),
                vulnerable_to=tuple(
                    d for d, loss in needed.losses.items() if d in captors and loss >= floor
                ),
                looks=looks[name] | ({Cue.EDGE_MARK: edged[name]} if name in edged else {}),
                patch=patch.get(name),
                chance=1 / len(names),
            )
        )
    common = common_parts({evidence.name: evidence.background for evidence in found})
    return Gathered(
        tuple(replace(evidence, common=common[evidence.name]) for evidence in found), unaffected
    )


class _ByLabel:
    """The rows of a label, none for a label without any; only one label's are copied at once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        found = frame.groupby("label", observed=True).indices
        self._places = {str(name): np.asarray(places) for name, places in found.items()}

    def __call__(self, name: str) -> pd.DataFrame:
        return self._frame.take(self._places.get(name, np.empty(0, np.int64)))


def _captures(effect: Effect, floor: float) -> bool:
    return effect.low is not None and effect.low > CAPTURE_LOW and effect.mean >= floor


def _of(trials: pd.DataFrame, intervention: Intervention) -> pd.DataFrame:
    return trials[trials["intervention"] == intervention.value]


def _swapped(trials: pd.DataFrame) -> int:
    moved = trials["intervention"].isin(
        [Intervention.BACKGROUND_OTHER.value, Intervention.NEUTRAL.value]
    )
    return int(trials.loc[moved & trials["loss"].notna(), "case_id"].nunique())


def _suffices(
    trials: pd.DataFrame, name: str, unaffected: frozenset[str], seed: int
) -> Effect | None:
    rows = _of(trials, Intervention.EMPTY_OWN)
    rows = rows[rows["donor_label"].isin(unaffected) & rows["donor_group"].notna()]
    pull = rows.assign(pull=rows["p_label"] - rows["p_label_control"])
    return estimate(pull, "pull", seeded(seed, name, "suffices"))


def _pasting_damage(pasted: pd.DataFrame) -> float | None:
    return _mean(pasted["p_original"] - pasted["p_label"])


def _mean(values: pd.Series) -> float | None:
    mean = values.astype("float64").mean()
    return None if pd.isna(mean) else float(mean)


def _median(values: pd.Series) -> float | None:
    middle = values.median()
    return None if pd.isna(middle) else float(middle)
