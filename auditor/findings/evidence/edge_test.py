"""What lies across the outline of an object, and when that confirms a cue."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.findings.evidence.swap_test import SURE, SwapTest, largest
from auditor.statistics.effects import Effect

BESIDE = 0.4
"""Of a mark across an object's edge only the part beside the object is tried by itself, less than
half of it, so less than half of the floor is asked of what that part costs or wins. Unaffected
classes of seed 2026: at most an eighth of the floor."""
HALF = 0.5
"""A mark across an object's edge lies half beside the object. Below this share of the floor what
that half costs and wins is ruled out."""
BESIDE_WON = 0.15
"""And this share of the floor of what it wins in any case: half a mark, laid beside another object.
Unaffected classes of seed 2026: at most .07, lower bound at most .01."""


@dataclass(frozen=True, slots=True)
class EdgeSwapTest(SwapTest):
    """What lies across the outline of the objects does for a class.

    `needed` and `won` are of the part beside the object alone: no pixel of it is the object's, so
    it cannot be the object that confirms. How much depends on the mark is `removed`.

    Attributes:
        removed: loss of the class without the whole of it, over the same on the object's other
            side; of an unaffected class what the object's own part there is worth.
    """

    removed: Effect | None = None

    @property
    def lost(self) -> Effect | None:
        """What the class loses without the part beside the object and that on it."""
        return self.removed

    @property
    def p_value(self) -> float | None:
        """The larger one of what is removed and what is won; None where one is unknown."""
        return largest(self.won, self.removed)

    def proves_needed(self, floor: float) -> bool:
        """The whole mark is worth the floor, and its part beside the object its share: in what
        goes with it or in what it wins. A network that is sure of the mark by either half does not
        miss one of them."""
        asked = (self.needed, self.won)
        return (
            self.removed is not None
            and self.removed.proves(floor, surely=SURE * floor)
            and any(
                e is not None and e.proves(BESIDE * floor, surely=SURE * BESIDE * floor)
                for e in asked
            )
        )

    def proves_won(self, floor: float) -> bool:
        """The part beside the object wins its share of the floor."""
        least = BESIDE_WON * floor
        return self.won is not None and self.won.proves(least, surely=SURE * least)

    def rules_out(self, floor: float) -> bool:
        """The part beside the object neither costs nor wins half of the floor, or the whole costs
        less than the floor."""
        beside = (self.needed, self.won)
        return all(e is not None and e.rules_out(HALF * floor) for e in beside) or (
            self.removed is not None and self.removed.rules_out(floor)
        )
