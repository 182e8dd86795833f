"""Samples whose label the model knows, and skips for the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from auditor.data.listing import named
from auditor.domain.samples import Sample, Skip


def known_samples(
    records: Iterable[Sample | Skip], classes: Collection[str], skips: list[Skip]
) -> Iterator[Sample]:
    """Samples with a label among `classes`, in order; a skip for each other one is added to
    `skips`, as are the records that are skips already."""
    names = frozenset(classes)
    said = f"not among the model's {len(names)} classes ({named(names)})"
    for record in records:
        if isinstance(record, Skip):
            skips.append(record)
        elif record.label in names:
            yield record
        else:
            skips.append(Skip(record.image, f"label {record.label!r} is {said}"))
