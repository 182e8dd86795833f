"""What a source found: every input once, in a stable order, and what is worth saying loudly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from pathlib import Path

from auditor.data.labels import canonical, label_warnings
from auditor.domain.errors import DataError
from auditor.domain.messages import Message, coded, coded_n
from auditor.domain.multilabel import NONE
from auditor.domain.samples import Sample, Skip, case_id_of

NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Listing:
    """A dataset as it was understood; a `DatasetSource`.

    Attributes:
        root: folder that the images' names are relative to.
        classes: label names in sorted order, those without any image too.
        records: every input once, sorted by image and label.
        warnings: what a user should hear, a sentence each.
        kind: "class folders", "manifest", "COCO" or "VOC".
        others: images of the splits that were not asked for.
        multilabel: an image has a record for each label that it carries, `multilabel.NONE` where
            that is none.
        unsure: of images by name, the labels that may or may not be there.
    """

    root: Path
    classes: tuple[str, ...]
    records: tuple[Sample | Skip, ...]
    warnings: tuple[str, ...] = ()
    kind: str = "class folders"
    others: tuple[Sample, ...] = ()
    multilabel: bool = False
    unsure: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def items(self) -> Iterator[Sample | Skip]:
        """Every input once, in a stable order: something to audit or a recorded skip."""
        return iter(self.records)


def listing_of(
    found: Iterable[Sample | Skip],
    *,
    kind: str,
    root: Path,
    classes: Collection[str],
    limit: int | None = None,
    warnings: Sequence[str] = (),
    others: Iterable[Sample | Skip] = (),
    multilabel: bool = False,
    unsure: Mapping[str, frozenset[str]] | None = None,
) -> Listing:
    """A listing of all that was found.

    The second of two inputs with the same image and label becomes a skip, and so does one whose
    name is no text (bytes that are not UTF-8), which no table could hold. `limit` takes the first
    samples of every class in turn, so that a short try sees every class; skips fill what is left.

    Raises:
        DataError: if nothing at all was found.
    """
    listed = list(found)
    labels = Counter(r.label for r in listed if isinstance(r, Sample) and r.label != NONE)
    records = _without_repeats(sorted(map(_told, listed), key=_order))
    if not records:
        raise DataError(
            "The dataset is empty.",
            code="data.empty",
            expected="at least one image",
            got=f"none in {root}",
            remedy="name the right --data (and --split)",
        )
    samples = [record for record in records if isinstance(record, Sample)]
    names = {canonical(_printable(name)) for name in classes}
    kept = records if limit is None else sorted(_first(records, limit), key=_order)
    return Listing(
        root=root,
        classes=tuple(sorted(names)),
        records=tuple(kept),
        warnings=(
            *warnings,
            *label_warnings(labels, names),
            *_doubts(samples, names, multilabel=multilabel),
        ),
        kind=kind,
        others=tuple(sorted((o for o in map(_told, others) if isinstance(o, Sample)), key=_order)),
        multilabel=multilabel,
        unsure={_printable(image): known for image, known in (unsure or {}).items()},
    )


def named(names: Collection[str]) -> str:
    """The first few of some names, for a message."""
    ordered = sorted(names)
    more, first = len(ordered) - NAMED_AT_MOST, ", ".join(ordered[:NAMED_AT_MOST])
    return coded("names.more", "{names} and {n:,} more", names=first, n=more) if more > 0 else first


def not_an_image(suffix: str) -> Message:
    """Why a file of another suffix is skipped; "" for none."""
    if suffix:
        return coded("skip.suffix", "not an image by its suffix ({suffix})", suffix=suffix)
    return coded("skip.no_suffix", "not an image by its suffix (none)")


def _told(record: Sample | Skip) -> Sample | Skip:
    """The record as it can be written down."""
    image = _printable(record.image)
    if isinstance(record, Skip):
        return Skip(image, record.reason)
    if image != record.image or record.label != _printable(record.label):
        told = coded("skip.name", "its name is not UTF-8: rename the file or its folder")
        return Skip(image, told)
    label = canonical(record.label)
    if label == record.label:
        return record
    return replace(record, label=label, case_id=case_id_of(record.image, label))


def _printable(name: str) -> str:
    """The same, with \\xe9 or \\ud800 in the place of what is no text."""
    if name.isascii():
        return name
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can hold
        return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _order(record: Sample | Skip) -> tuple[str, str]:
    return record.image, record.label if isinstance(record, Sample) else ""


def _without_repeats(records: Iterable[Sample | Skip]) -> list[Sample | Skip]:
    seen: set[str] = set()
    kept: list[Sample | Skip] = []
    for record in records:
        if isinstance(record, Sample):
            if record.case_id in seen:
                kept.append(Skip(record.image, _twice(record.label)))
                continue
            seen.add(record.case_id)
        kept.append(record)
    return kept


def _twice(label: str) -> str:
    return coded("skip.twice", "listed twice with label {label}", label=label)


def _first(records: Sequence[Sample | Skip], limit: int) -> Iterator[Sample | Skip]:
    by_class: defaultdict[str, list[Sample]] = defaultdict(list)
    for record in records:
        if isinstance(record, Sample):
            by_class[record.label].append(record)
    turns = zip_longest(*(by_class[label] for label in sorted(by_class)))
    in_turn = [sample for turn in turns for sample in turn if sample is not None]
    skips = (record for record in records if isinstance(record, Skip))
    return islice((*in_turn, *skips), limit)


def _doubts(
    samples: Sequence[Sample], classes: Collection[str], *, multilabel: bool
) -> Iterator[str]:
    empty = set(classes) - {sample.label for sample in samples}
    if empty:
        yield coded(
            "data.no_image",
            "{n:,} of {all:,} classes have no image: {names}",
            n=len(empty),
            all=len(set(classes)),
            names=named(empty),
        )
    several = [image for image, n in Counter(s.image for s in samples).items() if n > 1]
    if multilabel:
        yield coded(
            "data.multilabel",
            "several labels an image: {labels:,} labels, {several:,} images carry more than one,"
            " {bare:,} carry none",
            labels=len(set(classes)),
            several=len(several),
            bare=sum(sample.label not in classes for sample in samples),
        )
    elif several:
        yield coded_n(
            "data.several_labels",
            "{n:,} image is listed with more than one label: {names}",
            "{n:,} images are listed with more than one label: {names}",
            len(several),
            names=named(several),
        )
    unmasked = sum(sample.mask is None for sample in samples)
    if 0 < unmasked < len(samples):
        yield coded(
            "data.no_mask", "{n:,} of {all:,} images have no mask", n=unmasked, all=len(samples)
        )
