"""The traits of many pictures: one of each group of copies, as many a class as are worth while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.data.checks.duplicates import identical
from auditor.data.checks.near_duplicates import near_duplicates
from auditor.data.masks.reading import MaskFault
from auditor.data_audit.probe import one_hot, quantile_steps
from auditor.data_audit.traits import PictureTraits, traits_of
from auditor.domain.data_traits import TraitKind
from auditor.domain.messages import N_
from auditor.domain.samples import Sample, Skip
from auditor.imagery.decode import UnreadableImage
from auditor.ports import Progress

READERS = 4
"""Decoding releases the interpreter, so a few threads keep the cores busy."""
SCALARS = frozenset(
    (
        TraitKind.TINT,
        TraitKind.BRIGHTNESS,
        TraitKind.CONTRAST,
        TraitKind.SHARPNESS,
        TraitKind.COMPRESSION,
        TraitKind.BLOCKS,
        TraitKind.SIZE,
        TraitKind.ASPECT,
    )
)
"""Families of a few numbers, told by their quantiles; the others are grids and histograms."""


@dataclass(frozen=True)
class GatheredTraits:
    """Attributes:
    samples: that were read, one of each group of copies.
    traits: of each.
    skips: what could not be read.
    copies: pictures left out because another one is the same.
    contradictions: groups of copies with more than one label, by their names.
    """

    samples: tuple[Sample, ...]
    traits: tuple[PictureTraits, ...]
    skips: tuple[Skip, ...]
    copies: int
    contradictions: tuple[tuple[str, ...], ...]

    @property
    def labels(self) -> NDArray[np.str_]:
        """Class of each."""
        return np.array([sample.label for sample in self.samples], dtype=str)


def gather(
    samples: Sequence[Sample], *, most_per_class: int, seed: int, progress: Progress
) -> GatheredTraits:
    """Read a random choice of every class."""
    chosen, copies, same = _independent(_drawn(samples, most_per_class, seed))
    progress.stage(N_("reading pictures"), len(chosen))
    read: list[tuple[Sample, PictureTraits]] = []
    skips: list[Skip] = []
    with ThreadPoolExecutor(READERS) as pool:
        for sample, found in zip(chosen, pool.map(_read, chosen), strict=True):
            if isinstance(found, Skip):
                skips.append(found)
            else:
                read.append((sample, found))
            progress.advance()
    kept, lookalikes, alike = _without_lookalikes(read)
    return GatheredTraits(
        tuple(sample for sample, _ in kept),
        tuple(traits for _, traits in kept),
        tuple(skips),
        copies + lookalikes,
        (*same, *alike),
    )


def features(
    gathered: GatheredTraits,
) -> Iterator[tuple[TraitKind, str | None, NDArray[np.float64], NDArray[np.bool_]]]:
    """Family, column (of metadata), numbers (rows of those that have it), and which have it.

    Block traces tell of the compression where every object can be left out; else they are a family
    of their own, since an object's edges leave such steps, too.
    """
    masked = all(traits.masked for traits in gathered.traits)
    for kind in TraitKind:
        if kind is TraitKind.METADATA or (kind is TraitKind.BLOCKS and masked):
            continue
        has = np.array([kind in t.vectors or kind in t.words for t in gathered.traits])
        known = [t for t, yes in zip(gathered.traits, has, strict=True) if yes]
        if not known:
            continue
        if kind in known[0].words:
            yield kind, None, one_hot([t.words[kind] for t in known]), has
            continue
        parts = (kind, TraitKind.BLOCKS) if kind is TraitKind.COMPRESSION and masked else (kind,)
        values = np.stack(
            [np.concatenate([t.vectors[part] for part in parts]) for t in known]
        ).astype(np.float64)
        yield kind, None, quantile_steps(values) if kind in SCALARS else values, has
    for column in sorted({name for s in gathered.samples for name, _ in s.slices}):
        words = [dict(s.slices).get(column, "") for s in gathered.samples]
        yield TraitKind.METADATA, column, one_hot(words), np.ones(len(words), np.bool_)


def _drawn(samples: Sequence[Sample], most: int, seed: int) -> list[Sample]:
    by_label: dict[str, list[Sample]] = {}
    for sample in samples:
        by_label.setdefault(sample.label, []).append(sample)
    chosen: list[Sample] = []
    for label in sorted(by_label):
        own = by_label[label]
        order = np.random.default_rng([seed, *label.encode()]).permutation(len(own))
        chosen += [own[i] for i in sorted(order[:most])]
    return chosen


def _independent(
    samples: Sequence[Sample],
) -> tuple[list[Sample], int, list[tuple[str, ...]]]:
    """One of each declared group and of each group of identical files."""
    leader: dict[str, str] = {}
    contradictions = []
    for group in identical(samples):
        if len({sample.label for sample in group}) > 1:
            contradictions.append(tuple(sample.image for sample in group))
        leader |= {sample.case_id: group[0].case_id for sample in group}
    seen: set[str] = set()
    kept = []
    for sample in samples:
        key = sample.duplicate_group or leader.get(sample.case_id, sample.case_id)
        if key not in seen:
            seen.add(key)
            kept.append(sample)
    return kept, len(samples) - len(kept), contradictions


def _without_lookalikes(
    read: Sequence[tuple[Sample, PictureTraits]],
) -> tuple[list[tuple[Sample, PictureTraits]], int, list[tuple[str, ...]]]:
    """One of each group of pictures that look alike."""
    if not read:
        return [], 0, []
    groups = near_duplicates([traits.look for _, traits in read])
    dropped = {place for group in groups for place in group[1:]}
    contradictions = [
        tuple(read[place][0].image for place in group)
        for group in groups
        if len({read[place][0].label for place in group}) > 1
    ]
    kept = [each for place, each in enumerate(read) if place not in dropped]
    return kept, len(dropped), contradictions


def _read(sample: Sample) -> PictureTraits | Skip:
    try:
        return traits_of(sample)
    except (UnreadableImage, MaskFault) as error:
        return Skip(sample.image, error.reason)
