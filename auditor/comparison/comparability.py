"""What the base run had and the new run lacks, so that the two cannot be compared.

A number that is gone is not a number that got better: a class without masks, images or tests shows
no shortcut whatever the model does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from auditor.comparison.differences import Difference
from auditor.comparison.inputs import Side
from auditor.domain.mask_references import MaskSource
from auditor.domain.verdicts import ClassVerdict

LEAST_KEPT: Final = 0.5
"""Share of the base run's images, masks or tests below which a class is another sample."""
UNDETERMINED: Final = ClassVerdict.UNDETERMINED.value


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that the base run had.

    Attributes:
        what: class, images, masks, tests, verdict, or the name of a number of the whole run.
        base: how much of it there was: a count, a share (masks), a value; None for a class.
        new: how much of it there is now; None where nothing.
    """

    what: str
    base: float | None = None
    new: float | None = None


def lost_in_class(name: str, base: Side, new: Side) -> tuple[Lost, ...]:
    """What a class of the base run has lost; nothing for a class that the base run lacks."""
    if name not in base.classes.index:
        return ()
    if name not in new.classes.index:
        return (Lost("class"),)
    return tuple(_lost(name, base, new))


def lost_in_run(overall: Mapping[str, Difference]) -> tuple[Lost, ...]:
    """Numbers of the whole run that were defined and are not."""
    return tuple(
        Lost(name, each.base)
        for name, each in overall.items()
        if each.base is not None and each.new is None
    )


def _lost(name: str, base: Side, new: Side) -> Iterator[Lost]:
    for what, column in (("images", "images"), ("tests", "tested")):
        before, after = (float(str(side.classes.at[name, column])) for side in (base, new))
        if after < LEAST_KEPT * before:
            yield Lost(what, before, after)
    before, after = (_masked(side, name) for side in (base, new))
    if after < LEAST_KEPT * before:
        yield Lost("masks", before, after)
    verdicts = [str(side.classes.at[name, "verdict"]) for side in (base, new)]
    if verdicts[0] != UNDETERMINED == verdicts[1]:
        yield Lost("verdict")


def _masked(side: Side, name: str) -> float:
    """Share of a class's images that have a mask; 0 without images."""
    own: pd.Series = side.cases.loc[side.cases["label"] == name, "mask_source"]
    return float((own != MaskSource.NONE.value).mean()) if len(own) else 0.0
