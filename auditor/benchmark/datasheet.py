"""The datasheet of a benchmark folder (after Gebru et al., Datasheets for Datasets, 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from auditor.benchmark.sets import STRONG, WEAK, PlantedSet
from auditor.selftest.rates import RELIES, UNAFFECTED_BELOW


def datasheet(sets: Sequence[PlantedSet], seed: int) -> str:
    """Markdown."""
    rows = "\n".join(
        f"| {each.name} | {each.kind} | {len(each.world.classes)} | {each.world.audited} | "
        f"{_planted(each)} | {each.masks} |"
        for each in sets
    )
    return (
        files("auditor.benchmark")
        .joinpath("datasheet.md")
        .read_text("utf-8")
        .format(
            seed=seed,
            strong=STRONG,
            weak=WEAK,
            relies=RELIES,
            unaffected=UNAFFECTED_BELOW,
            classes=max(len(each.world.classes) for each in sets),
            rows=rows,
        )
    )


def _planted(each: PlantedSet) -> str:
    planted = each.world.planted
    return ", ".join(f"{name}: {planted[name].kind}" for name in sorted(planted)) or "nothing"
