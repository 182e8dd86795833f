"""From runs of the same data to a leaderboard."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Final

import pandas as pd
from scipy import stats

from auditor.comparison.inputs import Side, side_of
from auditor.comparison.measures import overall_measures
from auditor.domain.cues import cue_of
from auditor.domain.errors import RunError
from auditor.domain.verdicts import CLASS_VERDICTS, ClassVerdict
from auditor.leaderboard.boards import Leaderboard, LeaderboardRow, SharedCues
from auditor.statistics.intervals import CONFIDENCE
from auditor.storage.run import Run

FEWEST_CASES: Final = 10
SPEARMAN_VARIANCE: Final = 1.06
"""Of Fisher's z of Spearman's correlation, over n - 3 (Fieller, Hartley and Pearson 1957)."""


def leaderboard(runs: Sequence[Run]) -> Leaderboard:
    """Several runs side by side.

    Differences are those of `auditor compare` against the first row: what an image's cluster did
    in both runs cancels.

    Args:
        runs: two at least, each of another name, of the same data.

    Raises:
        RunError: fewer runs, names twice, data of other fingerprints, or a table cannot be read.
    """
    _refuse(runs)
    sides = sorted(map(side_of, runs), key=_order)
    effects = {run.path.resolve().name: _effects(run) for run in runs}
    rows = tuple(_row(side, sides[0]) for side in sides)
    pairs = tuple(
        _shared(first, second, effects[first.name], effects[second.name])
        for first, second in combinations(sides, 2)
    )
    return Leaderboard(rows, pairs)


def _refuse(runs: Sequence[Run]) -> None:
    names = [run.path.resolve().name for run in runs]
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    prints = {run.metadata.fingerprints.dataset for run in runs}
    if len(runs) > 1 and not twice and len(prints) == 1:
        return
    got = f"{len(runs)} runs: {', '.join(names)}"
    if len(prints) > 1:
        got += f", of {len(prints)} different data fingerprints"
    raise RunError(
        "These runs cannot be ranked together.",
        code="leaderboard.not_comparable",
        expected="two runs at least, each of another name, of the same data",
        got=got,
        remedy="audit the same data with `auditor run CONFIG.toml --model a.toml --model b.toml`; "
        "`auditor compare` takes two runs of different data",
    )


def _order(side: Side) -> tuple[float, float, float, str]:
    said = side.summary
    rate = math.inf if said.shortcut_rate is None else said.shortcut_rate
    accuracy = math.inf if said.accuracy is None else -said.accuracy
    return len(_confirmed(side)), rate, accuracy, side.name


def _confirmed(side: Side) -> dict[str, str | None]:
    """By confirmed class the id of its cue."""
    found = side.classes[side.classes["verdict"] == ClassVerdict.CONFIRMED.value]
    cues = (cue_of(each) for each in found["cue"])
    named = (None if cue is None else cue.value for cue in cues)
    return dict(sorted(zip(map(str, found["class"]), named, strict=True)))


def _row(side: Side, first: Side) -> LeaderboardRow:
    said = side.summary
    counts = Counter(side.classes["verdict"])
    named = (side.manifest.setting("model", key) for key in ("arch", "factory"))
    return LeaderboardRow(
        run=side.name,
        model=next((str(each) for each in named if each), None),
        verdicts={str(verdict): counts[str(verdict)] for verdict in CLASS_VERDICTS},
        confirmed=_confirmed(side),
        accuracy=said.accuracy,
        worst_group_accuracy=said.worst_group_accuracy,
        shortcut_rate=said.shortcut_rate,
        to_first={} if side is first else overall_measures(first, side),
        saliency_sane=said.saliency_sane,
    )


def _effects(run: Run) -> pd.Series:
    """Background effects of tested cases by case_id."""
    cases = run.cases(("case_id", "tested", "background_effect"))
    known = cases[cases["tested"].astype(bool) & cases["background_effect"].notna()]
    return known.set_index("case_id")["background_effect"].astype("float64")


def _shared(first: Side, second: Side, one: pd.Series, two: pd.Series) -> SharedCues:
    cues, others = _confirmed(first), _confirmed(second)
    both = [name for name in cues if name in others]
    same = tuple(name for name in both if cues[name] is not None and cues[name] == others[name])
    told = pd.concat([one, two], axis=1, join="inner")
    correlation, low, high = _correlation(told)
    return SharedCues(
        first=first.name,
        second=second.name,
        same=same,
        other={name: (cues[name], others[name]) for name in both if name not in same},
        only_first=tuple(name for name in cues if name not in others),
        only_second=tuple(name for name in others if name not in cues),
        correlation=correlation,
        low=low,
        high=high,
        cases=len(told),
    )


def _correlation(told: pd.DataFrame) -> tuple[float | None, float | None, float | None]:
    """Spearman's correlation of the two columns with its interval."""
    if len(told) < FEWEST_CASES or (told.nunique() < 2).any():
        return None, None, None
    found = float(stats.spearmanr(told.iloc[:, 0], told.iloc[:, 1]).statistic)
    if abs(found) >= 1.0:
        return found, found, found
    half = float(stats.norm.ppf(0.5 + CONFIDENCE / 2)) * math.sqrt(
        SPEARMAN_VARIANCE / (len(told) - 3)
    )
    middle = math.atanh(found)
    return found, math.tanh(middle - half), math.tanh(middle + half)
