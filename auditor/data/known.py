"""Samples whose label the model knows, and skips for the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from auditor.data.listing import named
from auditor.domain.samples import Sample, Skip


def split_known(
    samples: Sequence[Sample], classes: Collection[str]
) -> tuple[list[Sample], list[Skip]]:
    """Samples with a label among `classes`, in order, and a skip for each other one."""
    names = frozenset(classes)
    known = [sample for sample in samples if sample.label in names]
    said = f"not among the model's {len(names)} classes ({named(names)})"
    unknown = [
        Skip(sample.image, f"label {sample.label!r} is {said}")
        for sample in samples
        if sample.label not in names
    ]
    return known, unknown
