"""Two classes: whose background decides between them.

With two classes p of one is 1 - p of the other, so that the background decides can be proved, and
whose cue it is cannot. Two things tell all the same. Where some pictures of a class lack the cue,
their backgrounds act as the other class's do: its donors have two modes, one of them at the other
class's level. And where the cue lies in a patch, filling it from its own surroundings costs the
class that has it and not the other one. Flat backgrounds show the network's default answer, not
whose cue it is, so they are not used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.findings.evidence.swap_records import Flags, SwapRecords, swap_records
from auditor.findings.evidence.swap_test import SwapTest
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded
from auditor.statistics.mixtures import shared_mode
from auditor.statistics.two_way import Codes, Floats

STRONG = 6.0
"""Gain in BIC from which on two modes count (Kass and Raftery 1995: strong)."""
NONE = 2.0
"""And below which they count as absent (not worth more than a bare mention)."""
WITHOUT = 0.5
"""A donor of the owner is without its cue if that is more probable than not."""
LEAST_LACKING, FEWEST_LACKING = 0.1, 3
"""Share and number of a class's donors that have to lack the cue: the background of a
mislabelled picture acts as the other class's do, and one of them alone makes a second mode."""
ROUNDS = 200


@dataclass(frozen=True)
class PairEvidence:
    """What is known of two classes together.

    Attributes:
        names: the two.
        owner: class whose backgrounds carry what decides; None where nothing tells.
        attributed_by: `donors` or `patch`; None without an owner.
        modes: gain in BIC of each class's donors by a second mode at the other's level.
        without: of the other class, what it loses on the owner's backgrounds that lack the cue.
        flipped: of each class, share of answers on the other's backgrounds that are the other's.
        cueless: case_ids of the owner's donors that lack the cue.
    """

    names: tuple[str, str]
    owner: str | None
    attributed_by: str | None
    modes: Mapping[str, float]
    without: Effect | None
    flipped: Mapping[str, float]
    cueless: frozenset[str]

    def other(self, name: str) -> str:
        """The other class."""
        first, second = self.names
        return second if name == first else first


def pair_evidence(
    table: TrialTable,
    exchanged: Mapping[str, SwapTest],
    patches: Mapping[str, SwapTest],
    *,
    model_classes: int,
    floor: float,
    seed: int,
) -> PairEvidence | None:
    """What tells whose background decides; None unless exactly two classes were swapped.

    Args:
        table: all trials; the random sample counts.
        exchanged: what swapping the backgrounds does for each class; an owner is looked for only
            where that is proved.
        patches: what the salient patch does for each class.
        model_classes: how many classes the model knows.
        floor: effect floor.
        seed: of the run.
    """
    rows = table.sample(Intervention.BACKGROUND_OTHER, Intervention.BACKGROUND_SAME)
    rows = rows[rows["donor_label"].notna() & rows["donor_group"].notna()]
    names = tuple(sorted(set(rows["label"])))
    if len(names) != 2 or set(rows["donor_label"]) != set(names):
        return None
    donors = donor_scores(rows, model_classes)
    first, second = (donors.loc[donors["label"] == n, "score"].to_numpy(float) for n in names)
    # The score is for the first class: turned round for the second, so that both read alike.
    found = {names[0]: shared_mode(first, second), names[1]: shared_mode(-second, -first)}
    modes = {name: gain for name, (gain, _) in found.items()}
    lacking = {
        name
        for name, (_, kind) in found.items()
        if _many(donors.loc[donors["label"] == name, "group"], kind > WITHOUT)
    }
    proved = any(test.proves(floor) for test in exchanged.values())
    owner, attributed_by = _owner(names, modes, lacking, patches, floor) if proved else (None, None)
    cueless: frozenset[str] = frozenset()
    without = None
    others = rows[rows["intervention"] == Intervention.BACKGROUND_OTHER.value]
    if owner is not None:
        own = donors[donors["label"] == owner]
        if modes[owner] >= NONE:
            cueless = frozenset(own.loc[found[owner][1] > WITHOUT, "donor"])
        met = others[(others["label"] != owner) & others["donor"].isin(cueless)]
        same = rows[(rows["label"] != owner) & (rows["donor_label"] != owner)]
        without = estimate(met, "loss", seeded(seed, owner, "without the cue"), controls=same)
    return PairEvidence(
        names=(names[0], names[1]),
        owner=owner,
        attributed_by=attributed_by,
        modes=modes,
        without=without,
        flipped={
            str(name): float((own["answer"] == own["donor_label"]).mean())
            for name, own in others.groupby("label")
        },
        cueless=cueless,
    )


def _many(groups: pd.Series, lacking: Flags) -> bool:
    """Whether enough donors lack the cue, near-duplicates as one."""
    alone = int(groups[lacking].nunique())
    return alone >= max(FEWEST_LACKING, LEAST_LACKING * groups.nunique())


def _owner(
    names: tuple[str, ...],
    modes: Mapping[str, float],
    lacking: Collection[str],
    patches: Mapping[str, SwapTest],
    floor: float,
) -> tuple[str | None, str | None]:
    """The class that one kind of evidence points to and none away from; and that kind.

    Too few donors without the cue point to no class (they may be mislabelled pictures), but they
    speak against the other class: both may have a cue of their own.
    """
    pointed: dict[str, str] = {}
    hinted: set[str] = set()
    for name, other in (names, names[::-1]):
        if modes[name] >= STRONG and modes[other] < NONE:
            hinted.add(name)
            if name in lacking:
                pointed.setdefault(name, "donors")
        own, theirs = patches.get(name), patches.get(other)
        if (
            own is not None
            and theirs is not None
            and own.proves_needed(floor)
            and theirs.needed is not None
            and theirs.needed.rules_out(floor)
        ):
            pointed.setdefault(name, "patch")
    if len(pointed) != 1 or hinted - set(pointed):
        return None, None
    return next(iter(pointed.items()))


def donor_scores(rows: pd.DataFrame, model_classes: int) -> pd.DataFrame:
    """What every donor's background does for the first of two classes, whatever stands on it.

    Log odds of the first class against the second, additive in objects and donors, by alternating
    means.

    Args:
        rows: answers on own and on the other class's backgrounds.

    Returns:
        `donor` (case_id), `label` (its class), `group` (its duplicates) and `score` (log odds,
        mean 0), sorted by donor.
    """
    records: SwapRecords = swap_records(rows, model_classes=model_classes)
    odds = np.log(records.probabilities(np.arange(len(records)), np.arange(2)))
    value = odds[:, 0] - odds[:, 1]
    _, cases = np.unique(rows["case_id"].to_numpy(str), return_inverse=True)
    names, donors = np.unique(rows["donor"].to_numpy(str), return_inverse=True)
    score = _additive(value, cases.astype(np.int64), donors.astype(np.int64))
    of = rows.drop_duplicates("donor").set_index("donor").loc[names]
    told = {"label": of["donor_label"].to_numpy(), "group": of["donor_group"].to_numpy()}
    return pd.DataFrame({"donor": names, **told, "score": score})


def _additive(value: Floats, objects: Codes, donors: Codes) -> Floats:
    """(H,) donor parts of value = object part + donor part, least squares."""
    of_object = np.bincount(objects)
    of_donor = np.bincount(donors)
    donor = np.zeros(len(of_donor))
    for _ in range(ROUNDS):
        shown = np.bincount(objects, weights=value - donor[donors]) / of_object
        before = donor
        donor = np.bincount(donors, weights=value - shown[objects]) / of_donor
        donor -= donor.mean()
        if np.abs(donor - before).max() < 1e-6:
            break
    return donor
