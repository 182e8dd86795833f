"""What a comparison says, as frozen values and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from auditor.comparison.comparability import Lost
from auditor.comparison.differences import Difference
from auditor.domain.measures import COMPARED
from auditor.domain.verdicts import ClassVerdict

HIGHER_IS_WORSE: Mapping[str, bool] = {each.column: bool(each.higher_is_worse) for each in COMPARED}
"""Measures of a class, and whether more of it is worse."""


class Reading(StrEnum):
    """What a class's change comes to."""

    WORSE = "worse"
    """a number that matters got worse beyond the noise, none better"""
    BETTER = "better"
    """the other way round"""
    MIXED = "mixed"
    """some got worse and some better, beyond the noise"""
    JUDGED = "judged"
    """it can be judged now and could not before"""
    NOT_COMPARABLE = "not comparable"
    """it lost its verdict, images, masks or tests: nothing says that it did not get worse"""
    NOISE = "noise"
    """the verdict moved, but no number that matters did beyond the noise"""
    SAME = "same"
    """same verdict, and no number that matters moved beyond the noise"""
    NEW = "new"
    """only the new run has it"""
    GONE = "gone"
    """only the base run has it"""


@dataclass(frozen=True)
class ClassChange:
    """One class in both runs.

    Attributes:
        name: the class.
        base_verdict, new_verdict: None where a run has no such class.
        images, tested: of the base run and of the new run; 0 where it has no such class.
        measures: by the keys of `HIGHER_IS_WORSE`.
        worse, better: measures that matter and moved beyond the noise.
        reading: what it comes to.
        lost: what it had in the base run and lacks now, so that the two cannot be compared.
        cues: what it relies on in the base run and in the new run; None where nothing is named.
    """

    name: str
    base_verdict: str | None
    new_verdict: str | None
    images: tuple[int, int]
    tested: tuple[int, int]
    measures: Mapping[str, Difference]
    worse: tuple[str, ...]
    better: tuple[str, ...]
    reading: Reading
    cues: tuple[str | None, str | None] = (None, None)
    lost: tuple[Lost, ...] = ()

    @property
    def newly_confirmed(self) -> bool:
        """Confirmed now, and unknown or not judged before."""
        return self.new_verdict == ClassVerdict.CONFIRMED.value and (
            self.reading in {Reading.NEW, Reading.JUDGED}
        )


@dataclass(frozen=True)
class ImageChanges:
    """Images (with their label) in one run or both.

    Attributes:
        both: in both runs.
        new, gone: image names that only the new or only the base run audited.
        relabelled: (image, base label, new label).
        fixed, broken: in both, and answered right only now, or only before.
        caught, freed: tested in both, with the case verdict shortcut only now, or only before.
    """

    both: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    relabelled: tuple[tuple[str, str, str], ...]
    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    caught: tuple[str, ...]
    freed: tuple[str, ...]


@dataclass(frozen=True)
class ChangeExplanation:
    """Something that differs between the runs and could explain a change.

    Attributes:
        what: weights, data, a key of the configuration, a version...
        base, new: in words.
        means: what it can do to the numbers.
    """

    what: str
    base: str
    new: str
    means: str


@dataclass(frozen=True)
class Comparison:
    """All of it.

    Attributes:
        base, new: names of the runs.
        created: when they were made, ISO 8601, "" where unknown.
        overall: accuracy, worst_group_accuracy, shortcut_rate.
        worst_groups: names of the worst group of the base run and of the new run.
        classes: what moved first.
        images: new, gone, relabelled, turned.
        explanations: what differs between the audits; empty where nothing does.
        lost: numbers of the whole run that are undefined now and were not.
    """

    base: str
    new: str
    created: tuple[str, str]
    overall: Mapping[str, Difference]
    worst_groups: tuple[str | None, str | None]
    classes: tuple[ClassChange, ...]
    images: ImageChanges
    explanations: tuple[ChangeExplanation, ...]
    lost: tuple[Lost, ...] = ()

    def read_as(self, *readings: Reading) -> tuple[ClassChange, ...]:
        """The classes with one of these readings."""
        return tuple(change for change in self.classes if change.reading in readings)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; undefined is None."""
        return {
            "base": {"run": self.base, "created": self.created[0]},
            "new": {"run": self.new, "created": self.created[1]},
            "overall": {name: _plain(each) for name, each in self.overall.items()},
            "worst_groups": {"base": self.worst_groups[0], "new": self.worst_groups[1]},
            "readings": {
                reading.value: len(self.read_as(reading))
                for reading in Reading
                if self.read_as(reading)
            },
            "classes": [
                {
                    "class": change.name,
                    "reading": change.reading.value,
                    "base_verdict": change.base_verdict,
                    "new_verdict": change.new_verdict,
                    "base_cue": change.cues[0],
                    "new_cue": change.cues[1],
                    "images": {"base": change.images[0], "new": change.images[1]},
                    "tested": {"base": change.tested[0], "new": change.tested[1]},
                    "worse": list(change.worse),
                    "better": list(change.better),
                    "lost": [asdict(each) for each in change.lost],
                    **{name: _plain(each) for name, each in change.measures.items()},
                }
                for change in self.classes
            ],
            "lost": [asdict(each) for each in self.lost],
            "images": asdict(self.images),
            "explanations": [asdict(each) for each in self.explanations],
        }


def _plain(difference: Difference) -> dict[str, Any]:
    return {**asdict(difference), "noise": difference.noise}
