"""The whole audit of a dataset: read, probe, locate, write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from auditor import __version__
from auditor.data.fingerprint import fingerprint
from auditor.data.listing import Listing
from auditor.data.sources.opening import open_source
from auditor.data_audit.findings import DataFinding, find
from auditor.data_audit.gathering import GatheredTraits, gather
from auditor.data_audit.places import PlaceMap, place_maps
from auditor.data_audit.writing import write_data_run
from auditor.domain.data_traits import LeakVerdict
from auditor.domain.errors import DataError
from auditor.domain.samples import Sample, Skip
from auditor.ports import Progress, Silent
from auditor.storage.data_runs import DataRun

PER_CLASS = 400


@dataclass(frozen=True)
class DataAudit:
    """What an audit of the data found.

    Attributes:
        gathered: what was read.
        findings: what gives most away first.
        places: by class, where it differs at a fixed place.
    """

    gathered: GatheredTraits
    findings: tuple[DataFinding, ...]
    places: Mapping[str, PlaceMap]


def audit_data(
    data: Path | str,
    *,
    masks: Path | str | None = None,
    split: str | None = None,
    out: Path | str | None = None,
    per_class: int = PER_CLASS,
    seed: int = 0,
    lang: str = "en",
    progress: Progress | None = None,
) -> DataRun:
    """Audit a dataset before any model: what gives the label away besides the object.

    Args:
        data: class folders, a manifest, COCO or VOC.
        masks: folder that mirrors the images.
        split: only this split.
        out: a new folder; `runs/<name>-data-<time>` without.
        per_class: most pictures of a class that are read, drawn at random.
        seed: of the draw, the folds and the permutations.
        lang: of the report; tables hold English.
        progress: hears of pictures read.

    Raises:
        DataError: fewer than two classes have a readable picture.
        RunError: `out` holds something already.
    """
    source = open_source(Path(data), masks=_path(masks), split=split)
    _refuse_labels(source)
    records = list(source.items())
    samples = [record for record in records if isinstance(record, Sample)]
    target = Path(out) if out is not None else _default_out(Path(data))
    DataRun.refuse_existing(target)
    gathered = gather(samples, most_per_class=per_class, seed=seed, progress=progress or Silent())
    if len(set(gathered.labels)) < 2:
        raise DataError(
            "A dataset is audited by comparing its classes.",
            code="data_audit.one_class",
            expected="readable pictures of at least two classes",
            got=f"{len(gathered.samples)} pictures of {len(set(gathered.labels))} class in {data}",
            remedy="name the right folder or manifest; nothing was written",
        )
    thumbnails = np.stack([traits.thumbnail for traits in gathered.traits])
    found = DataAudit(
        gathered,
        find(gathered, seed=seed),
        place_maps(thumbnails, gathered.labels, seed=seed),
    )
    skips = [record for record in records if isinstance(record, Skip)]
    manifest = _manifest(found, samples, [*skips, *gathered.skips], Path(data), seed)
    return write_data_run(
        target,
        found.findings,
        found.places,
        [*skips, *gathered.skips],
        manifest,
        lang=lang,
    )


def _manifest(
    found: DataAudit, samples: Sequence[Sample], skips: Sequence[Skip], data: Path, seed: int
) -> dict[str, Any]:
    gathered = found.gathered
    given = sorted({str(f.name) for f in found.findings if f.verdict is LeakVerdict.GIVES_AWAY})
    return {
        "kind": "data",
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": str(data),
        "seed": seed,
        "fingerprint": fingerprint(samples),
        "counts": {
            "images": len(samples) + len(skips) - len(gathered.skips),
            "read": len(gathered.samples) + gathered.copies,
            "independent": len(gathered.samples),
            "copies": gathered.copies,
            "skipped": len(skips),
            "with_mask": sum(traits.masked for traits in gathered.traits),
        },
        "contradictions": [list(group) for group in gathered.contradictions],
        "gives_away": given,
        "classes": sorted(set(map(str, gathered.labels))),
    }


def _path(value: Path | str | None) -> Path | None:
    return None if value is None else Path(value)


def _refuse_labels(source: Listing) -> None:
    if source.multilabel:
        raise DataError(
            "Data are audited by comparing classes that exclude each other.",
            code="data_audit.several_labels",
            expected="one label an image, in a column `label`",
            got=f"several labels an image: {', '.join(source.classes[:6])}",
            remedy="write a manifest with one of the labels at a time: present or absent",
        )


def _default_out(data: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return Path("runs") / f"{data.resolve().stem}-data-{stamp}"
