"""What the audited images share with the dataset's other splits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pandas as pd

from auditor.data.checks.split_leakage import Leakage, find_leaks
from auditor.domain.errors import DataError
from auditor.domain.messages import N_
from auditor.domain.samples import Sample
from auditor.pipeline.setup import Setup

LOOKED_AT: Final = 10_000
"""Images of other splits at most that are decoded, spread evenly; contents of all are compared."""


def compare_splits(setup: Setup, cases: pd.DataFrame) -> Leakage | None:
    """Leaks between what is audited and the other splits, None where there is only one.

    Args:
        cases: with `perceptual_hash` (bytes or null).
    """
    splits = {sample.split for samples in (setup.samples, setup.others) for sample in samples}
    if len(splits - {None}) < 2:
        return None
    hashes = {
        name: value
        for name, value in zip(cases["case_id"], cases["perceptual_hash"], strict=True)
        if isinstance(value, bytes)
    }
    if hashes and setup.others:
        hashes |= dict(_hashes(setup))
    return find_leaks(setup.samples, setup.others, hashes)


def _hashes(setup: Setup) -> Iterator[tuple[str, bytes]]:
    most = min(LOOKED_AT, len(setup.others))
    chosen: list[Sample] = [
        replace(setup.others[i * len(setup.others) // most], mask=None) for i in range(most)
    ]
    setup.progress.stage(N_("comparing with other splits"), most)
    try:
        for loaded in setup.loader.load(chosen):
            names = () if loaded.batch is None else loaded.batch.samples
            for sample, checked in zip(names, loaded.checks, strict=True):
                if checked.perceptual_hash is not None:
                    yield sample.case_id, checked.perceptual_hash
            setup.progress.advance(len(names) + len(loaded.skips))
    except DataError:
        # Their views differ in size: those that came so far are compared.
        return
