"""What a leaderboard says, as frozen values and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from auditor.comparison.differences import Difference


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One network.

    Attributes:
        run: name of the run folder.
        model: architecture or factory, as the configuration names it.
        verdicts: number of classes by verdict.
        confirmed: confirmed classes and their cues (None where none is named), by name.
        accuracy, worst_group_accuracy, shortcut_rate: of the run; None where undefined.
        to_first: the same numbers against those of the first row, with paired intervals where the
            runs share images; empty for the first row.
        saliency_sane: the run's own check of its maps.
    """

    run: str
    model: str | None
    verdicts: Mapping[str, int]
    confirmed: Mapping[str, str | None]
    accuracy: float | None
    worst_group_accuracy: float | None
    shortcut_rate: float | None
    to_first: Mapping[str, Difference]
    saliency_sane: bool | None


@dataclass(frozen=True, slots=True)
class SharedCues:
    """Whether two networks rely on the same.

    Attributes:
        first, second: names of their runs.
        same: classes confirmed in both by the same cue.
        other: classes confirmed in both by different cues, or where a cue has no name: both cues.
        only_first, only_second: classes confirmed in one of them alone.
        correlation: Spearman's, of the background effects of the cases that both tested; None
            below `FEWEST_CASES`, or where either has one value only.
        low, high: its 95% interval.
        cases: how many both tested.
    """

    first: str
    second: str
    same: tuple[str, ...]
    other: Mapping[str, tuple[str | None, str | None]]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    correlation: float | None
    low: float | None
    high: float | None
    cases: int

    @property
    def confirmed(self) -> int:
        """Classes that are confirmed in either."""
        parts = (self.same, self.other, self.only_first, self.only_second)
        return sum(len(each) for each in parts)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """All of it.

    Attributes:
        rows: fewest confirmed classes first, then the lowest shortcut rate, then the highest
            accuracy; undefined numbers last.
        pairs: every two of them, in the order of the rows.
    """

    rows: tuple[LeaderboardRow, ...]
    pairs: tuple[SharedCues, ...]

    def pair(self, first: str, second: str) -> SharedCues | None:
        """Of two runs, in either order; None of one with itself."""
        wanted = {first, second}
        return next((each for each in self.pairs if {each.first, each.second} == wanted), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; undefined is None."""
        return {
            "rows": [
                {
                    **{name: value for name, value in _values(row).items() if name != "to_first"},
                    "to_first": {
                        name: {**asdict(each), "noise": each.noise}
                        for name, each in row.to_first.items()
                    },
                }
                for row in self.rows
            ],
            "pairs": [{**_values(pair), "confirmed": pair.confirmed} for pair in self.pairs],
        }


def _values(value: LeaderboardRow | SharedCues) -> dict[str, Any]:
    return {
        name: dict(found) if isinstance(found, Mapping) else found
        for name in value.__dataclass_fields__
        for found in (getattr(value, name),)
    }
