"""One hypothesis on what a class without masks relies on."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.cues import Cue
from auditor.domain.hypotheses import HypothesisStatus
from auditor.domain.locations import Location
from auditor.findings.evidence.positions import Consistency, PatchPosition
from auditor.findings.verdicts.cue_naming import EXPLAINS
from auditor.statistics.effects import Effect

OWN_PLACE = 0.4
"""Consistency from which on a group keeps to a place of its own. In the self-test's worlds without
masks (seeds 0, 10, 20; version 0.1) and the sample data the seven tags reach .50 to .65;
unaffected classes .32 at most. On a grid of 2 x 2 cells a tag reached .21 and was missed."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One thing that a class may rely on; None is undefined.

    Attributes:
        kind: `patch`, `region`, or the property of the whole picture, named as its cue.
        group: of alike patches, as in `cases.patch_group`.
        standing: how far the evidence goes.
        place: of the patches.
        where: in the picture.
        share: of the class's maps that are of the group; 1 for a look.
        own_place: whether it lies where other classes' maps do not.
        carries: cost and win are proved.
        cost: probability that the class loses without it, over the control.
        win: probability that images of other classes give to the class with it, over the control.
        examples: case_ids that show it best.
        region: stored text of the region that was exchanged, None of others.
        odds_cost, odds_win: the same as `cost` and `win` in log odds.
        odds_null: log odds that control patches of the same size move by themselves.
        of_appearance: it was swapped in the first round, as a property.
        odds_shown: the gain in log odds surely exceeds the floor and the controls.
    """

    kind: str
    group: str | None
    standing: HypothesisStatus
    place: PatchPosition | None
    where: Location | None
    share: float
    own_place: Consistency | None
    carries: bool
    cost: Effect | None
    win: Effect | None
    examples: tuple[str, ...]
    region: str | None = None
    odds_cost: Effect | None = None
    odds_win: Effect | None = None
    odds_null: float | None = None
    odds_shown: bool = False
    of_appearance: bool = False

    @property
    def costs_in_odds(self) -> bool:
        """It surely loses something in log odds without it, or that could not be asked."""
        cost = self.odds_cost
        return cost is None or (cost.low is not None and cost.low > 0.0)

    @property
    def at_own_place(self) -> bool:
        """It keeps to a place where other classes' maps do not lie."""
        place = self.own_place
        return place is not None and place.value >= OWN_PLACE and place.p_value <= LEVEL

    def has_all_of(self, other: Hypothesis) -> bool:
        """It costs as much, and wins nearly as much, as another one."""
        pairs = ((self.cost, other.cost, 1.0), (self.win, other.win, EXPLAINS))
        return all(
            own is not None and theirs is not None and own.mean >= part * theirs.mean
            for own, theirs, part in pairs
        )

    @property
    def strength(self) -> float | None:
        """How much of the class's probability depends on it: share times cost; of a blur, which
        cannot be taken away, what it wins."""
        effect = self.win if self.kind == Cue.BLUR.value else self.cost
        return None if effect is None else self.share * max(0.0, effect.mean)
