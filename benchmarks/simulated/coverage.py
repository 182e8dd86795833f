"""How often the interval of a class's effect holds the truth, and who is confirmed.

    python -m benchmarks.simulated [--classes 2 3 5 10 20 50] [--intervals 400]

Every design of `designs` is drawn again and again, and its cases and trials go where those of an
audit go: `decide_classes`, which fits the swap table, resamples it and decides. Printed is a table
for docs/benchmark.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from auditor.config import FindingsSection
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.class_decisions import decide_classes
from benchmarks.simulated.tables import Design, effects, simulate

CHANCE = 0.1
"""Null of the rate of nominated cases; none is nominated here."""
DONORS, COPIES = 8, 4
NOISY = 0.1


@dataclass(frozen=True)
class Measured:
    """What many audits of one design said.

    Attributes:
        name: of the design.
        audits: how many.
        held: of each audit the intervals that hold the truth, below and above it, (n, 3) counts.
        cued: verdicts on classes whose effect reaches the floor.
        confirmed: of those.
        cleared: of those.
        unaffected: verdicts on classes without a cue.
        false: of those that are confirmed, by themselves and not as one of a pair.
        bias: mean of estimate minus truth over classes with a cue; NaN without any.
    """

    name: str
    held: np.ndarray
    cued: int
    confirmed: int
    cleared: int
    unaffected: int
    false: int
    bias: float

    @property
    def intervals(self) -> int:
        """All of them."""
        return int(self.held.sum())

    @property
    def coverage(self) -> float:
        """Share of intervals that hold the truth."""
        return float(self.held[:, 0].sum() / self.intervals)

    @property
    def error(self) -> float:
        """Its standard error, an audit being one observation."""
        count = len(self.held)
        beyond = self.held[:, 0] - self.coverage * self.held.sum(axis=1)
        return float(np.sqrt(count / max(1, count - 1) * (beyond**2).sum()) / self.intervals)


def designs(classes: Sequence[int]) -> Iterator[tuple[str, Design]]:
    """What is measured, by name."""
    for count in classes:
        shares = {count - 1: "all but one", count // 2: "half", 0: "none", 1: "one", count: "all"}
        for cued in sorted(shares):
            yield f"{shares[cued]} cued", Design(count, cued)
        tied = min(count, max(1, count // 2))
        part = shares[tied]
        yield f"{part} cued, {DONORS} donors a class", Design(count, tied, donors=DONORS)
        yield f"{part} cued, copies of {COPIES}", Design(count, tied, copies=COPIES)
        yield f"{part} cued, label noise .10", Design(count, tied, label_noise=NOISY)
        if count >= 3:
            yield "two share a cue", Design(count, 2, shared=True)
            yield "all cued, two share", Design(count, count, shared=True)


def measure(name: str, design: Design, audits: int, *, first_seed: int = 0) -> Measured:
    """Decide as many simulated audits.

    Args:
        name: of the design.
        design: to draw.
        audits: how many, at least 1.
        first_seed: of the first one; the others follow.
    """
    truth, floor = effects(design), FindingsSection().effect_floor
    held, off, counts = np.zeros((audits, 3)), [], np.zeros(5, dtype=int)
    for audit in range(audits):
        cases, trials = simulate(design, first_seed + audit)
        found = decide_classes(
            cases,
            trials,
            settings=FindingsSection(),
            seed=first_seed + audit,
            classes=design.names,
            null_nominated=dict.fromkeys(design.names, CHANCE),
        )
        for code, evidence in enumerate(found.evidence):
            decision = found.decisions[evidence.name]
            needed = None if evidence.background is None else evidence.background.needed
            if needed is not None and needed.low is not None and needed.high is not None:
                side = [needed.low <= truth[code] <= needed.high, needed.high < truth[code]]
                held[audit] += [*side, needed.low > truth[code]]
                if code < design.cued:
                    off.append(needed.mean - truth[code])
            proved = decision.verdict is ClassVerdict.CONFIRMED
            if code >= design.cued:
                counts += [0, 0, 0, 1, proved and decision.pair_with is None]
            elif truth[code] >= floor:
                clean = decision.verdict in (ClassVerdict.CLEAN, ClassVerdict.CONTEXT)
                counts += [1, proved, clean, 0, 0]
    bias = float(np.mean(off)) if off else float("nan")
    return Measured(name, held, *map(int, counts), bias)


def clearly_under(found: Measured, nominal: float = 0.95, level: float = 0.005) -> bool:
    """So few intervals hold the truth that chance hardly explains it at the nominal coverage, were
    they independent (exact binomial test)."""
    held = int(found.held[:, 0].sum())
    return bool(stats.binom.cdf(held, found.intervals, nominal) < level)


HEAD = (
    "| classes | | intervals | hold the truth | below it | above it | bias of cued |"
    " confirmed of cued | cleared of cued | falsely confirmed |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def line(found: Measured, classes: int) -> str:
    """One row of the table."""
    below, above = found.held[:, 1:].sum(axis=0) / found.intervals
    bias = "" if np.isnan(found.bias) else f"{found.bias:+.3f}"
    return (
        f"| {classes} | {found.name} | {found.intervals} | {found.coverage:.3f} ± {found.error:.3f}"
        f" | {below:.3f} | {above:.3f} | {bias} | {found.confirmed} of {found.cued}"
        f" | {found.cleared} | {found.false} of {found.unaffected} |"
    )
