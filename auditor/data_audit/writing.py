"""The folder of a data audit: findings, maps of places, skips, a report; `data.json` last."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from auditor.data_audit.findings import DataFinding
from auditor.data_audit.places import PlaceMap
from auditor.data_audit.report import render_data_report
from auditor.data_audit.words import finding_action, finding_reason
from auditor.domain.errors import RunError
from auditor.domain.samples import Skip
from auditor.imagery.colormap import signed_colours
from auditor.storage.csv_text import csv_bytes
from auditor.storage.writer import skipped_frame
from auditor.wording.catalogue import translator

MANIFEST = "data.json"
FINDINGS = "findings.parquet"
PLACES = "places.parquet"
SKIPPED = "skipped.csv"
REPORT = "report.html"
ENLARGED = 6

FINDING_SCHEMA = pa.schema(
    [
        pa.field("class", pa.string(), nullable=False),
        pa.field("trait", pa.string(), nullable=False),
        pa.field("column", pa.string()),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("auroc", pa.float64()),
        pa.field("auroc_low", pa.float64()),
        pa.field("auroc_high", pa.float64()),
        pa.field("null", pa.float64()),
        pa.field("rival", pa.float64()),
        pa.field("p_value", pa.float64()),
        pa.field("q_value", pa.float64()),
        pa.field("images", pa.int64()),
        pa.field("object_seen", pa.bool_(), nullable=False),
        pa.field("reason_code", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("action", pa.string()),
    ]
)
PLACE_SCHEMA = pa.schema(
    [
        pa.field("class", pa.string(), nullable=False),
        pa.field("share", pa.float64(), nullable=False),
        pa.field("null", pa.float64(), nullable=False),
        pa.field("where", pa.string()),
        pa.field("picture", pa.binary(), nullable=False),
    ]
)


@dataclass(frozen=True)
class DataRun:
    """A finished data audit.

    Attributes:
        path: its folder.
        manifest: counts, fingerprint, contradictions, classes that are given away.
    """

    path: Path
    manifest: Mapping[str, Any]

    def findings(self) -> pd.DataFrame:
        """One row per family of traits and class, what gives most away first."""
        return _read(self.path / FINDINGS)

    def places(self) -> pd.DataFrame:
        """One row per class: where it differs at a fixed place, with a picture."""
        return _read(self.path / PLACES)

    @staticmethod
    def refuse_existing(path: Path) -> None:
        """Raises RunError where the folder holds something already."""
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RunError(
                "The folder for the data audit is not empty.",
                expected="a new folder, or an empty one",
                got=str(path),
                remedy="name another --out; nothing was written",
            )


def open_data_run(path: Path | str) -> DataRun:
    """A finished data audit.

    Raises:
        RunError: the folder holds none, or its manifest cannot be read.
    """
    folder = Path(path)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _no_data_run(folder, str(error)) from None
    if not isinstance(manifest, dict) or manifest.get("kind") != "data":
        raise _no_data_run(folder, f"{MANIFEST} is of another kind")
    return DataRun(folder, manifest)


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
            "picture": _picture(place.z),
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


def _read(path: Path) -> pd.DataFrame:
    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise _no_data_run(path.parent, f"{path.name}: {error}") from None
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _picture(z: NDArray[np.float64]) -> bytes:
    """Brighter than the rest in one colour, darker in the other; grey where nothing is known."""
    colours = signed_colours(z)
    large = np.kron(colours, np.ones((ENLARGED, ENLARGED, 1), np.uint8))
    buffer = io.BytesIO()
    Image.fromarray(large).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _no_data_run(folder: Path, got: str) -> RunError:
    return RunError(
        "This is no finished data audit.",
        expected=f"a folder with {MANIFEST}, as `auditor data` writes it",
        got=f"{folder}: {got}",
        remedy="name the folder that `auditor data --out` wrote",
    )
