"""Several labels an image as cases: an image and a label that it carries, or that it lacks.

Every image is a case of each label that it carries. Of the images without a label, its negatives, a
random sample is taken: enough to lend backgrounds and to say how often the network is right there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from auditor.data.label_filter import LabelNames, known_samples, label_names
from auditor.data.listing import Listing, named
from auditor.data.sources.label_columns import no_label
from auditor.domain.mask_references import MaskReference, united
from auditor.domain.messages import coded
from auditor.domain.multilabel import NONE, absent
from auditor.domain.samples import Sample, Skip, case_id_of

NEGATIVES: Final = 4
"""Times `per_class`: so many images without a label are its negatives, or all that there are."""


@dataclass(frozen=True)
class Questions:
    """The cases of a dataset with several labels an image.

    Attributes:
        samples: sorted by image and label; `label` is a label or its absence.
        warnings: what a user should hear, a sentence each.
    """

    samples: tuple[Sample, ...]
    warnings: tuple[str, ...]


@dataclass
class _Image:
    """What is known of an image: a record to copy, its labels' masks and all of them."""

    first: Sample
    masks: dict[str, MaskReference | None]

    @property
    def any_mask(self) -> MaskReference | None:
        """The object of an image that lacks a label: all that is marked in it."""
        found = [mask for mask in self.masks.values() if mask is not None]
        return united(found) if found else None


def audited_samples(
    listing: Listing, classes: Sequence[str], *, per_class: int, seed: int, skips: list[Skip]
) -> tuple[Iterable[Sample], tuple[str, ...]]:
    """What is audited of a dataset, and what a user should hear of its labels.

    Args:
        listing: one label an image, or several.
        classes: the network's classes, or labels.
        per_class, seed, skips: see `questions`.
    """
    names = label_names(listing.classes, classes)
    if not listing.multilabel:
        return known_samples(listing.items(), names, skips), tuple(names.warnings())
    found = questions(listing, names, per_class=per_class, seed=seed, skips=skips)
    return found.samples, found.warnings


def questions(
    listing: Listing, names: LabelNames, *, per_class: int, seed: int, skips: list[Skip]
) -> Questions:
    """The cases of a listing; its skips are added to `skips`.

    A case of a label that the image carries has that label's mask, one of a label that it lacks the
    union of its masks. Images of which a label is unsure are no case of that label.

    Args:
        listing: with a record for each image and label.
        names: of the labels that the network knows; others are left out, which is said.
        per_class: tested images of a class; `NEGATIVES` times as many negatives are drawn.
        seed: of the draw. It does not depend on the order of rows or on other labels.
    """
    images: dict[str, _Image] = {}
    unknown: Counter[str] = Counter()
    for record in listing.items():
        if isinstance(record, Skip):
            skips.append(record)
            continue
        known = names.of(record.label)
        if known is None and not no_label(record.label):
            unknown[record.label] += 1
        image = images.setdefault(record.image, _Image(record, {}))
        image.masks[known or NONE] = record.mask
    unsure = {
        image: frozenset(filter(None, map(names.of, labels)))
        for image, labels in listing.unsure.items()
    }
    carried = {label for image in images.values() for label in image.masks} - {NONE}
    samples = [
        _case(image, label, mask)
        for image in images.values()
        for label, mask in image.masks.items()
        if label != NONE
    ]
    few: list[str] = []
    for label in sorted(carried):
        without = [
            image
            for name, image in images.items()
            if label not in image.masks and label not in unsure.get(name, ())
        ]
        if not without:
            few.append(label)
        samples += [
            _case(image, absent(label), image.any_mask)
            for image in _drawn(without, label, NEGATIVES * per_class, seed)
        ]
    samples.sort(key=lambda sample: (sample.image, sample.label))
    return Questions(tuple(samples), tuple(_warnings(names, carried, unknown, few)))


def _case(image: _Image, answer: str, mask: MaskReference | None) -> Sample:
    first = image.first
    return replace(first, case_id=case_id_of(first.image, answer), label=answer, mask=mask)


def _drawn(images: Sequence[_Image], label: str, most: int, seed: int) -> Iterable[_Image]:
    if len(images) <= most:
        return images

    def order(image: _Image) -> str:
        text = f"{seed}\x00{label}\x00{image.first.image}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    return sorted(images, key=order)[:most]


def _warnings(
    names: LabelNames, carried: Iterable[str], unknown: Counter[str], few: Sequence[str]
) -> Iterator[str]:
    yield from names.warnings()
    if unknown:
        yield coded(
            "data.labels_unknown",
            "{n:,} labels of the data are none of the network's and are left out: {names}",
            n=len(unknown),
            names=named(unknown),
        )
    missing = set(names.classes) - set(carried)
    if missing:
        yield coded(
            "data.labels_missing",
            "no image carries {n:,} of the network's labels: {names}",
            n=len(missing),
            names=named(missing),
        )
    if few:
        yield coded(
            "data.labels_everywhere",
            "every image carries {names}: without negatives nothing is told of it",
            names=named(few),
        )
