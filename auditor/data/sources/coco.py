"""COCO instances JSON: one sample an image, labelled as its largest category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from auditor.data.listing import Listing, listing_of, named
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.sources.coco_annotations import (
    Entry,
    Instance,
    categories_of,
    instance_of,
    key_of,
    shown,
)
from auditor.data.sources.coco_files import (
    file_name,
    images_folder,
    read_json,
    refuse_split,
)
from auditor.data.sources.format import SourceFormat, SourceOptions
from auditor.data.sources.segmentations import size_of
from auditor.domain.mask_references import united
from auditor.domain.messages import coded, coded_n, error_text
from auditor.domain.multilabel import NONE
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.files import is_file


def read_coco(path: Path, options: SourceOptions) -> Listing:
    """The images of a COCO instances file.

    A classifier gives one answer an image, so an image with several categories is audited as the
    one whose instances are largest in all (ties: first by name), and a warning says how many there
    are. Instances of that category, crowds too, are united, each by its segmentation or, without a
    usable one, its box. Where several labels an image are asked for every category is one, and an
    image without annotations carries none. An annotation that is wrong is left out, and a warning
    counts these. Images
    lie beside the file, in `images/`, or where COCO's own archives have them
    (annotations/instances_val2017.json and val2017/).

    Raises:
        DataError: no such JSON, or none of its images is found.
    """
    refuse_split(path, options.split)
    content = read_json(path)
    names = categories_of(content["categories"])
    by_image: defaultdict[Hashable, list[Entry]] = defaultdict(list)
    for annotation in content["annotations"]:
        by_image[key_of(annotation.get("image_id"))].append(annotation)
    root = images_folder(path, content["images"])
    several = options.labels
    found = [
        _record(i, by_image[key_of(i.get("id"))], names, root, several=several)
        for i in content["images"]
    ]
    records: list[Sample | Skip] = [r for each in found for r in (each.record, *each.others)]
    if options.masks is not None:
        records = with_mirrored_masks(
            records, options.masks, suffix=options.mask_suffix, values=options.mask_values
        )
    return listing_of(
        records,
        kind="COCO",
        root=root,
        classes=set(names.values()),
        limit=options.limit,
        warnings=[*_warnings(found, several=several)],
        multilabel=several,
    )


@dataclass(frozen=True)
class _Found:
    """An image's record, its categories, why annotations of it were left out, why boxes stand in
    for segmentations, and records of its other labels where several an image are asked for."""

    record: Sample | Skip
    categories: int = 0
    left_out: tuple[str, ...] = ()
    boxed: tuple[str, ...] = ()
    others: tuple[Sample, ...] = ()


def _warnings(found: Sequence[_Found], *, several: bool) -> Iterator[str]:
    mixed = sum(each.categories > 1 for each in found)
    if mixed and not several:
        yield coded_n(
            "data.several_categories",
            "{n:,} image with several categories: it is audited as its largest",
            "{n:,} images with several categories: each is audited as its largest",
            mixed,
        )
    audited = [each for each in found if isinstance(each.record, Sample)]
    for n, values in _counted(audited, attrgetter("left_out")):
        yield coded_n(
            "data.annotations_left_out",
            "{n:,} annotation was left out, its image kept ({why}; {names})",
            "{n:,} annotations were left out, their images kept ({why}; {names})",
            n,
            **values,
        )
    for n, values in _counted(audited, attrgetter("boxed")):
        yield coded_n(
            "data.boxes_taken",
            "{n:,} annotation has no usable segmentation: its box was taken ({why}; {names})",
            "{n:,} annotations have no usable segmentation: their boxes were taken ({why};"
            " {names})",
            n,
            **values,
        )


def _counted(
    found: Sequence[_Found], reasons: Callable[[_Found], Sequence[str]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and values of such a warning, where any image has reasons for it."""
    told = {each.record.image: reasons(each) for each in found if reasons(each)}
    if told:
        first = next(iter(told.values()))[0]
        yield sum(map(len, told.values())), {"why": first, "names": named(told)}


def _record(
    image: Entry,
    annotations: Sequence[Entry],
    names: Mapping[Hashable, str],
    root: Path,
    *,
    several: bool,
) -> _Found:
    name = file_name(image)
    if not name:
        return _Found(
            Skip(f"image id {shown(image.get('id'))}", coded("skip.no_file_name", "no file_name"))
        )
    if not annotations and several:
        return _Found(Sample(case_id_of(name, NONE), name, NONE, root / name))
    if not annotations:
        return _Found(Skip(name, coded("skip.no_annotation", "no annotation")))
    by_label: defaultdict[str, list[Instance]] = defaultdict(list)
    left_out: list[str] = []
    try:
        size = size_of(image)
    except ValueError as error:
        return _Found(Skip(name, error_text(error)))
    for annotation in annotations:
        try:
            instance = instance_of(annotation, names, size)
        except (ValueError, OverflowError) as error:
            left_out.append(error_text(error))
        else:
            by_label[instance.label].append(instance)
    if not by_label:
        return _Found(Skip(name, left_out[0]))
    labels = sorted(by_label, key=lambda each: (-sum(i.area for i in by_label[each]), each))
    told = labels if several else labels[:1]
    samples = [_sample(name, label, by_label[label], root) for label in told]
    boxed = tuple(each.fault for label in told for each in by_label[label] if each.fault)
    return _Found(samples[0], len(by_label), tuple(left_out), boxed, tuple(samples[1:]))


def _sample(name: str, label: str, instances: Sequence[Instance], root: Path) -> Sample:
    masks = [instance.mask for instance in instances if instance.mask is not None]
    whole = len(masks) == len(instances)
    mask = united(masks) if whole else None
    return Sample(case_id_of(name, label), name, label, root / name, mask)


def is_coco(path: Path) -> bool:
    """Whether a path is a JSON file."""
    return path.suffix.lower() == ".json" and is_file(path)


FORMAT: Final = SourceFormat("COCO", is_coco, read_coco)
