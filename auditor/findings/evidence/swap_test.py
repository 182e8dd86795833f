"""One exchange between classes and when it confirms a cue: the rule behind `confirmed`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from auditor.statistics.effects import Effect

SURE = 0.5
"""Share of the floor that the lower bound has to reach. One-sided exchanges have to be sure of the
whole (docs/benchmark.md)."""
WON = 0.5
"""Share of the floor that a patch has to win, where its removal must cost, too: it wins less than
its loss costs, since the object it is given to answers as well."""
ONLY_CUED = 1.6
"""Log odds that a class's backgrounds surely have to give where those of every other class give
something, too: then the mere absence of their cues speaks for a class without one, and a network
that was trained on the audited pictures knows every background. Lower bounds of such classes reach
1.4, those of classes with a cue of their own begin at 2.0 (docs/benchmark.md: seen pictures, shared
cues, most classes cued)."""


def odds_of(floor: float) -> float:
    """The floor in log odds: no probability falls by more than the floor when so much is taken
    away, and one of a half (plus half the floor) by just as much.

    Args:
        floor: a difference of probabilities, 0..1, 1 excluded.
    """
    return 4.0 * math.atanh(floor)


@dataclass(frozen=True, slots=True)
class SwapTest:
    """What one exchange does for a class.

    Attributes:
        needed: probability lost without it; None where that cannot be asked.
        won: probability that other classes' images give to the class with it.
        two_sided: both must hold. A soft image cannot be sharpened, so softness is only won.
    """

    needed: Effect | None
    won: Effect | None
    two_sided: bool

    @property
    def lost(self) -> Effect | None:
        """What the class loses without all of it."""
        return self.needed

    @property
    def p_value(self) -> float | None:
        """Of all that must hold: the larger p-value; None where one is unknown."""
        return largest(*((self.needed, self.won) if self.two_sided else (self.won,)))

    def proves(self, floor: float) -> bool:
        """All that must hold is proved."""
        return self.proves_won(floor) and (not self.two_sided or self.proves_needed(floor))

    def proves_needed(self, floor: float) -> bool:
        """The loss reaches the floor under every fill, and surely half of it."""
        return self.needed is not None and self.needed.proves(floor, surely=SURE * floor)

    def proves_won(self, floor: float) -> bool:
        """The gain reaches its share of the floor, and surely half of that; the whole floor,
        surely, where the gain stands alone."""
        least, sure = (WON * floor, SURE) if self.two_sided else (floor, 1.0)
        return self.won is not None and self.won.proves(least, surely=sure * least)

    def rules_out(self, floor: float) -> bool:
        """One that must hold stays below the floor."""
        asked = (self.needed, self.won) if self.two_sided else (self.won,)
        return any(effect is not None and effect.rules_out(floor) for effect in asked)

    def hints(self, floor: float) -> bool:
        """It is not ruled out, and all that must hold is surely above nothing: enough to suspect a
        class whose background as a whole is ruled out."""
        asked = (self.lost, self.won) if self.two_sided else (self.won,)
        above = all(e is not None and e.low is not None and e.low > 0.0 for e in asked)
        return above and not self.rules_out(floor)


@dataclass(frozen=True, slots=True)
class TableTest(SwapTest):
    """An exchange among three classes or more, by the swap table in log odds.

    Attributes:
        necessity, sufficiency: log odds that its own give to the class, on its own objects and on
            those of others.
        fitted: probability lost by the fit. `needed` is the loss on plain donors, where there are
            enough of them, else this.
        plain: the classes whose backgrounds have no cue of their own, or the least, and that
            `needed` was seen on, those that cost most first; empty where there are too few.
        apart: those surely count as without a cue, whatever the others have.
        rival, rival_pull: the class that its objects turn into, and the log odds that its
            backgrounds give to it against that class on that class's objects.
    """

    necessity: Effect | None = None
    sufficiency: Effect | None = None
    fitted: Effect | None = None
    plain: tuple[str, ...] = ()
    apart: bool = False
    rival: str | None = None
    rival_pull: Effect | None = None

    @property
    def p_value(self) -> float | None:
        """The largest of all that must hold, of the two gains the smaller one, doubled for the
        choice; None where one is unknown."""
        if not self.two_sided:
            return largest(self.sufficiency, self.won)
        lost = largest(self.needed, self.fitted)
        gains = [p for p in map(largest, self._gains) if p is not None]
        if lost is None or not gains:
            return None
        return max(lost, min(1.0, len(gains) * min(gains)))

    @property
    def _gains(self) -> tuple[Effect | None, ...]:
        """What its backgrounds give, any of which counts. The rival's alone counts beside plain
        donors only: else the loss may be the doing of the donors' cues."""
        return (self.sufficiency, self.rival_pull) if self.apart else (self.sufficiency,)

    def by_rival(self, floor: float) -> bool:
        """Its backgrounds are proved to win its rival alone."""
        return not _pulls(self.sufficiency, floor) and self.proves_won(floor)

    def proves_needed(self, floor: float) -> bool:
        """By the fit and on plain donors, under every fill."""
        return (
            SwapTest.proves_needed(self, floor)
            and self.fitted is not None
            and self.fitted.proves(SURE * floor, surely=0.0)
            and self.necessity is not None
            and (self.necessity.low or 0.0) > 0.0
        )

    def proves_won(self, floor: float) -> bool:
        """In log odds: the floor, and surely half of it. In probability the gain would thin out
        with every class that looks unlike. One-sided exchanges have to win the floor, too."""
        if not self.two_sided:
            won = self.won is not None and self.won.proves(floor)
            return won and _pulls(self.sufficiency, floor)
        if self.apart:
            return any(_pulls(gain, floor) for gain in self._gains)
        pull = self.sufficiency
        return _pulls(pull, floor) and pull is not None and (pull.low or 0.0) >= ONLY_CUED

    def rules_out(self, floor: float) -> bool:
        """Its own pictures lose less than the floor and others' are not proved to be won by it; or
        they are not proved to lose it, and too little is given to others' in log odds to move any
        probability by the floor."""
        least = odds_of(floor)
        if not self.two_sided:
            return any(
                e is not None and e.rules_out(bar)
                for e, bar in ((self.won, floor), (self.sufficiency, least))
            )
        loses = SwapTest.proves_needed(self, floor)
        gains = [e for e in (self.sufficiency, self.rival_pull) if e is not None]
        if gains and not loses and all(e.rules_out(least) for e in gains):
            return True
        lost = any(e is not None and e.rules_out(floor) for e in (self.needed, self.fitted))
        won = self.won is not None and self.won.low is not None and self.won.low < floor
        return lost and won


def _pulls(gain: Effect | None, floor: float) -> bool:
    """A gain in log odds reaches the floor, and surely half of it."""
    least = odds_of(floor)
    return (
        gain is not None
        and gain.low is not None
        and gain.mean >= least
        and gain.low >= SURE * least
    )


@dataclass(frozen=True, slots=True)
class PairTest(SwapTest):
    """An exchange between the only two classes: what each loses in the other's.

    Whether it decides between the two can be proved, whose it is cannot: what one wins the other
    loses.

    Attributes:
        needed: what the class loses; `won` is what the other one loses.
    """

    def proves(self, floor: float) -> bool:
        """One of the two loses the floor under every fill, surely half of it, and the other one
        half of the floor, surely more than nothing."""
        both = [e for e in (self.needed, self.won) if e is not None]
        return (
            len(both) == 2
            and any(e.proves(floor, surely=SURE * floor) for e in both)
            and all(e.proves(WON * floor, surely=0.0) and (e.low or 0.0) > 0.0 for e in both)
        )

    def rules_out(self, floor: float) -> bool:
        """Neither loses the floor."""
        return all(e is not None and e.rules_out(floor) for e in (self.needed, self.won))


def largest(*asked: Effect | None) -> float | None:
    """The largest p-value of effects that must all hold."""
    known = [e.p_value for e in asked if e is not None and e.p_value is not None]
    return max(known) if len(known) == len(asked) else None
