"""The folder of a data audit: findings, maps of places, skips, a report; `data.json` last."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from auditor.data_audit.findings import DataFinding
from auditor.data_audit.places import PlaceMap
from auditor.data_audit.report import render_data_report
from auditor.domain.samples import Skip
from auditor.imagery.colormap import signed_colours
from auditor.storage.csv_text import csv_bytes
from auditor.storage.data_runs import FINDINGS, MANIFEST, PLACES, REPORT, SKIPPED, DataRun
from auditor.storage.data_tables import FINDING_SCHEMA, PLACE_SCHEMA
from auditor.storage.writer import skipped_frame
from auditor.wording.catalogue import translator
from auditor.wording.data_findings import finding_action, finding_reason

ENLARGED = 6


def write_data_run(
    out: Path,
    findings: Sequence[DataFinding],
    places: Mapping[str, PlaceMap],
    skips: Sequence[Skip],
    manifest: Mapping[str, Any],
    *,
    lang: str = "en",
) -> DataRun:
    """Everything into a new folder; the manifest is written last and makes it a data run."""
    out.mkdir(parents=True, exist_ok=True)
    rows = [_row(each) for each in findings]
    _parquet(pa.Table.from_pylist(rows, FINDING_SCHEMA), out / FINDINGS)
    maps = [
        {
            "class": name,
            "share": place.share,
            "null": place.null,
            "where": place.where,
            "picture": _png(signed_colours(place.z)),
            "mean": _png(_grey(place.mean)),
        }
        for name, place in sorted(places.items())
    ]
    _parquet(pa.Table.from_pylist(maps, PLACE_SCHEMA), out / PLACES)
    (out / SKIPPED).write_bytes(csv_bytes(skipped_frame(skips)))
    report = render_data_report(rows, maps, skips, manifest, translator(lang))
    (out / REPORT).write_text(report, encoding="utf-8")
    text = json.dumps(dict(manifest), indent=2, sort_keys=True, ensure_ascii=False)
    (out / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return DataRun(out, manifest)


def _row(found: DataFinding) -> dict[str, Any]:
    told = found.result
    row = {
        "class": found.name,
        "trait": found.kind.value,
        "column": found.column,
        "verdict": found.verdict.value,
        "auroc": None if told is None else told.auroc,
        "auroc_low": None if told is None else told.low,
        "auroc_high": None if told is None else told.high,
        "null": None if told is None else told.null,
        "rival": None if told is None else told.rival,
        "p_value": None if told is None else told.p_value,
        "q_value": found.q_value,
        "images": None if told is None else told.images,
        "object_seen": found.object_seen,
        "reason_code": found.code,
    }
    return {**row, "reason": finding_reason(row), "action": finding_action(row)}


def _parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)


def _png(colours: NDArray[np.uint8]) -> bytes:
    """Enlarged. Of z: brighter than the rest in one colour, darker in the other."""
    large = np.kron(colours, np.ones((ENLARGED, ENLARGED, 1), np.uint8))
    buffer = io.BytesIO()
    Image.fromarray(large).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _grey(mean: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(side, side, 3); where nothing is known a middle grey."""
    level = np.nan_to_num(mean, nan=0.5).clip(0.0, 1.0)
    return np.repeat(np.round(level * 255).astype(np.uint8)[:, :, None], 3, axis=2)
