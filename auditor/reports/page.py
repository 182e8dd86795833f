"""What a report shows, worked out: every list and number that the template prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pandas as pd

from auditor.reports.headline import Headline, headline, skipped_words
from auditor.reports.intervals import Whisker, whisker
from auditor.reports.pictures import Thumbnail, thumbnails
from auditor.reports.rows import Row, rows_of
from auditor.reports.words import CLASS_ORDER
from auditor.storage.contents import RunContents
from auditor.storage.tables import conform

WORST_CASES, WORST_OF_A_CLASS = 12, 3
SHOWN_VERDICTS = ("shortcut", "misled", "suspected")
SLICES_SHOWN = 40
SKIPS_NAMED = 4


@dataclass(frozen=True)
class ClassLine:
    """A class: its row, with its intervals as drawings."""

    row: Row
    lost: Whisker | None
    won: Whisker | None


@dataclass(frozen=True)
class CaseCard:
    """A case: its row and pictures."""

    row: Row
    pictures: list[Thumbnail]


@dataclass(frozen=True)
class SliceLine:
    """A slice: its row, with its accuracy as a drawing."""

    row: Row
    accuracy: Whisker | None


@dataclass(frozen=True)
class SkipGroup:
    """Inputs that were skipped for one reason."""

    reason: str
    images: list[str]
    total: int


@dataclass(frozen=True)
class Page:
    """Everything the template prints; see the fields' types."""

    title: str
    headline: Headline
    audited: str
    floor: float | None
    sane: bool | None
    sanity_reasons: tuple[str, ...]
    summary: Mapping[str, Any]
    manifest: Mapping[str, Any]
    classes: list[ClassLine]
    actions: list[Row]
    cases: list[CaseCard]
    flagged: int
    with_pictures: bool
    slices: list[SliceLine]
    slices_left: int
    skips: list[SkipGroup]
    provenance: list[tuple[str, str]]


def page_of(contents: RunContents, *, pictures: bool = True) -> Page:
    """From a run's contents, before or after they were stored.

    Raises:
        RunError: if a table does not fit its schema.
    """
    manifest, summary = contents.manifest, contents.summary
    classes = sorted(rows_of(conform("classes", contents.classes)), key=_urgency)
    floor = _config(manifest, "findings", "effect_floor")
    flagged = conform("cases", contents.cases[contents.cases["verdict"].isin(SHOWN_VERDICTS)])
    with_pictures = pictures and _config(manifest, "report", "images") is not False
    sanity = manifest.get("sanity") or {}
    slices = _slices(conform("slices", contents.slices))
    return Page(
        title=_title(manifest),
        headline=headline({row["class"]: row["verdict"] for row in classes}, floor),
        audited=skipped_words(manifest.get("counts") or {}),
        floor=floor,
        sane=summary.get("saliency_sane", sanity.get("sane")),
        sanity_reasons=tuple(sanity.get("reasons") or ()),
        summary=summary,
        manifest=manifest,
        classes=[_class_line(row) for row in classes],
        actions=[row for row in classes if row["action"]],
        cases=[
            CaseCard(row, thumbnails(row, contents) if with_pictures else [])
            for row in rows_of(_worst(flagged))
        ],
        flagged=len(flagged),
        with_pictures=with_pictures,
        slices=slices[:SLICES_SHOWN],
        slices_left=max(0, len(slices) - SLICES_SHOWN),
        skips=_skips(contents.skipped),
        provenance=_provenance(manifest),
    )


def _title(manifest: Mapping[str, Any]) -> str:
    path = _config(manifest, "data", "path") or manifest.get("data_root") or "a dataset"
    named = PurePath(str(path))
    # A manifest or a COCO file says less than the folder that it lies in.
    return (named.parent.name if named.suffix else named.name) or str(path)


def _config(manifest: Mapping[str, Any], section: str, key: str) -> Any:
    return ((manifest.get("config") or {}).get(section) or {}).get(key)


def _urgency(row: Row) -> tuple[int, float, str]:
    verdict = row["verdict"]
    place = CLASS_ORDER.index(verdict) if verdict in CLASS_ORDER else len(CLASS_ORDER)
    return place, -(row["background_effect"] or 0.0), row["class"]


def _class_line(row: Row) -> ClassLine:
    lost, won = (
        whisker(row[name], row[f"{name}_low"], row[f"{name}_high"])
        for name in ("background_effect", "capture")
    )
    return ClassLine(row, lost, won)


def _worst(flagged: pd.DataFrame) -> pd.DataFrame:
    """The worst cases, but no class crowds out the others."""
    varied = flagged.groupby("label", sort=False).head(WORST_OF_A_CLASS)
    return varied.head(WORST_CASES)


def _slices(frame: pd.DataFrame) -> list[SliceLine]:
    ordered = frame.sort_values(["slice", "accuracy"], kind="stable")
    return [
        SliceLine(
            row, whisker(row["accuracy"], row["accuracy_low"], row["accuracy_high"], start=0.0)
        )
        for row in rows_of(ordered)
    ]


def _skips(skipped: pd.DataFrame) -> list[SkipGroup]:
    groups = [
        SkipGroup(str(reason), rows["image"].head(SKIPS_NAMED).tolist(), len(rows))
        for reason, rows in skipped.groupby("reason", sort=False)
    ]
    return sorted(groups, key=lambda group: -group.total)


def _provenance(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    prints = manifest.get("fingerprints") or {}
    versions = manifest.get("versions") or {}
    timings = manifest.get("timings") or {}
    speed = manifest.get("throughput")
    memory = manifest.get("peak_memory") or {}
    model = _config(manifest, "model", "arch") or _config(manifest, "model", "factory")
    facts = {
        "Audited": _moment(manifest.get("created")),
        "Model": model,
        "Checkpoint": _config(manifest, "model", "checkpoint"),
        "Weights, SHA-256": prints.get("weights"),
        "Data": _config(manifest, "data", "path"),
        "Data, SHA-256": prints.get("dataset"),
        "Saliency": manifest.get("method"),
        "Target layer": manifest.get("target_layer"),
        "Seed": manifest.get("seed"),
        "Device": manifest.get("device"),
        "Time": ", ".join(f"{name} {seconds:.1f} s" for name, seconds in timings.items()),
        "Speed": None if speed is None else f"{speed:.1f} images a second",
        "Peak memory": ", ".join(
            f"{name} {size / 2**20:,.0f} MiB" for name, size in memory.items()
        ),
        "Versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
    }
    return [(name, str(fact)) for name, fact in facts.items() if fact not in (None, "")]


def _moment(created: str | None) -> str | None:
    return f"{created.replace('T', ' ')[:16]} UTC" if created else None
