"""What fixed changes of the whole picture cost each class: a description, no evidence."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.interventions import APPEARANCES
from auditor.reports.rows import Row
from auditor.reports.words import INTERVENTIONS
from auditor.wording.catalogue import Translator

CLASSES_SHOWN = 50


@dataclass(frozen=True)
class ChangedLine:
    """A class, or all of them (`name` None), with its losses in the order of `names`."""

    name: str | None
    names: list[str]
    losses: list[float | None]


def changed_lines(classes: list[Row], _: Translator) -> list[ChangedLine]:
    """A line for each class, all classes first; none where nothing was tried."""
    columns = [f"{intervention}_loss" for intervention in APPEARANCES]
    names = [_(INTERVENTIONS[intervention]) for intervention in APPEARANCES]
    tried = [row for row in classes if any(row.get(name) is not None for name in columns)]
    if not tried:
        return []
    means: list[float | None] = []
    for column in columns:
        known = [row[column] for row in tried if row.get(column) is not None]
        means.append(sum(known) / len(known) if known else None)
    lines = [ChangedLine(row["class"], names, [row.get(c) for c in columns]) for row in tried]
    return [ChangedLine(None, names, means), *lines[:CLASSES_SHOWN]]
