"""One exchange between classes and when it convicts: the rule behind `confirmed`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.statistics.effects import Effect

# Frozen after the benchmark of planted shortcuts (docs/benchmark.md; seed 2026, kinds background,
# tag, frame and cast). Asking both lower bounds to reach the whole floor missed a quarter of the
# classes that truly lose it, while innocent classes of networks that had not seen the audited
# pictures stayed far from either number. Where they had been seen, innocent classes reached both,
# and the common part keeps them out.
SURE = 0.5
"""Share of the floor that the lower bound has to reach, where loss and gain must both hold.
One-sided exchanges have to be sure of the whole."""
WON = 0.5
"""Share of the effect floor that an exchange has to win, where it must be needed too: a cue wins
less than its loss costs, since the object it is given to answers as well."""
QUARTER = 0.25
"""Which of the other classes, in order of their effect, tells the common part."""
MOST_COMMON = 0.25
"""The common part is no more than this: where every class has a cue, all of them win and lose."""
COMMON_WON = 2
"""How often the common part of what is won counts: it varies from class to class."""
BESIDE = 0.4
"""Of a mark across an object's edge only the part beside the object is tried by itself, less than
half of it, so less than half of the floor is asked of what that part costs or wins. Innocent
classes of seed 2026: at most an eighth of the floor."""
HALF = 0.5
"""A mark across an object's edge lies half beside the object. Below this share of the floor what
that half costs and wins is ruled out."""
BESIDE_WON = 0.15
"""And this share of the floor of what it wins in any case: half a mark, laid beside another object.
Innocent classes of seed 2026: at most .07, lower bound at most .01."""
PAIR_WON = 0.2
"""What counts as common of the gain with two classes: the other one's may be a cue of its own."""


@dataclass(frozen=True, slots=True)
class Common:
    """What other classes lose and win in the same exchange, so that it is nobody's cue.

    A network that was trained on the audited pictures knows their backgrounds one by one. Then
    every class loses when its objects move, and every class's pictures win.

    Attributes:
        lost, won: 0..`MOST_COMMON`.
    """

    lost: float = 0.0
    won: float = 0.0


NOTHING_COMMON = Common()


@dataclass(frozen=True, slots=True)
class SwapTest:
    """What one look does for a class.

    Attributes:
        needed: loss of the class without its look; None where that cannot be asked.
        won: what other classes' images give to it in its look.
        two_sided: both must hold. A soft image cannot be sharpened, so softness is only won.
        common: the part that other classes show as well.
    """

    needed: Effect | None
    won: Effect | None
    two_sided: bool
    common: Common = NOTHING_COMMON

    @property
    def lost(self) -> Effect | None:
        """What the class loses without all of it."""
        return self.needed

    @property
    def p_value(self) -> float | None:
        """Of all that must hold: the larger p-value; None where one is unknown."""
        asked = (self.needed, self.won) if self.two_sided else (self.won,)
        known = [e.p_value for e in asked if e is not None and e.p_value is not None]
        return max(known) if len(known) == len(asked) else None

    def proves(self, floor: float) -> bool:
        """All that must hold is proved."""
        return self.proves_won(floor) and (not self.two_sided or self.proves_needed(floor))

    def proves_needed(self, floor: float) -> bool:
        """Beyond the common part the loss reaches the floor, and surely half of it."""
        shared = self.common.lost
        return self.needed is not None and self.needed.proves(
            floor + shared, surely=SURE * floor + shared
        )

    def proves_won(self, floor: float) -> bool:
        """Beyond twice the common part the gain reaches its share of the floor, and surely half of
        that; the whole floor, surely, where the gain stands alone."""
        shared = COMMON_WON * self.common.won
        least, sure = (WON * floor, SURE) if self.two_sided else (floor, 1.0)
        return self.won is not None and self.won.proves(
            least + shared, surely=sure * least + shared
        )

    def rules_out(self, floor: float) -> bool:
        """One that must hold stays below the floor."""
        asked = (self.needed, self.won) if self.two_sided else (self.won,)
        return any(effect is not None and effect.rules_out(floor) for effect in asked)


@dataclass(frozen=True, slots=True)
class EdgeSwapTest(SwapTest):
    """What lies across the outline of the objects does for a class.

    `needed` and `won` are of the part beside the object alone: no pixel of it is the object's, so
    it cannot be the object that convicts. How much hangs on the mark is `removed`. The control is
    the other side of the same object, so no part is common to the classes.

    Attributes:
        removed: loss of the class without the whole of it, over the same on the object's other
            side; of an innocent class what the object's own part there is worth.
    """

    removed: Effect | None = None

    @property
    def lost(self) -> Effect | None:
        """What the class loses without the part beside the object and that on it."""
        return self.removed

    @property
    def p_value(self) -> float | None:
        """The larger one of what is removed and what is won; None where one is unknown."""
        known = [
            effect.p_value
            for effect in (self.won, self.removed)
            if effect is not None and effect.p_value is not None
        ]
        return max(known) if len(known) == 2 else None

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


def common_parts(tests: Mapping[str, SwapTest]) -> dict[str, Common]:
    """For every class the lower quartile of the other classes' effects, between 0 and
    `MOST_COMMON`: classes with a cue are among the others, so the middle would be too much. With
    one other class `PAIR_WON` stands in for what is won, and nothing for what is lost.

    Args:
        tests: the same exchange of every class.
    """
    if len(tests) == 2:
        return dict.fromkeys(tests, Common(won=PAIR_WON))
    lost = {name: test.needed.mean for name, test in tests.items() if test.needed is not None}
    won = {name: test.won.mean for name, test in tests.items() if test.won is not None}
    return {name: Common(_common(lost, name), _common(won, name)) for name in tests}


def _common(means: Mapping[str, float], name: str) -> float:
    others = sorted(mean for other, mean in means.items() if other != name)
    if not others:
        return 0.0
    return min(MOST_COMMON, max(0.0, others[int(QUARTER * (len(others) - 1))]))
