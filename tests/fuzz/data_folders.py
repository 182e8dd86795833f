"""Folders of data audits of which one file is damaged, and everything that reads them."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.data_audit.gate import check_data_run
from auditor.domain.data_traits import LeakVerdict, TraitKind
from auditor.gate import documents
from auditor.reports.given_away import given_away_lines
from auditor.storage.data_runs import FINDINGS, MANIFEST, PLACES, list_data_runs, open_data_run
from auditor.storage.data_tables import FINDING_SCHEMA, PLACE_SCHEMA
from auditor.wording.catalogue import translator
from auditor.wording.data_findings import REASONS, finding_action, finding_reason, trait_title
from tests.fuzz.corpora import pictures
from tests.fuzz.mutations import damaged
from tests.fuzz.run_folders import spoil


def data_folder(folder: Path) -> Path:
    """A data audit with every trait, verdict and reason."""
    folder.mkdir(parents=True)
    verdicts, codes = list(LeakVerdict), list(REASONS)
    rows = [
        {
            "class": f"class {i % 3}",
            "trait": kind.value,
            "column": "site" if kind is TraitKind.METADATA else None,
            "verdict": verdicts[i % len(verdicts)].value,
            **dict.fromkeys(("auroc", "auroc_low", "auroc_high", "q_value"), 0.7),
            "object_seen": i % 2 == 0,
            "reason_code": codes[i % len(codes)],
            "reason": "As stored.",
        }
        for i, kind in enumerate(TraitKind)
    ]
    picture = pictures()["c.png"]
    place = {"class": "class 0", "share": 0.2, "null": 0.1, "where": "top middle"}
    places = [place | {"picture": picture, "mean": picture}]
    pq.write_table(pa.Table.from_pylist(rows, FINDING_SCHEMA), folder / FINDINGS)
    pq.write_table(pa.Table.from_pylist(places, PLACE_SCHEMA), folder / PLACES)
    manifest = {
        "kind": "data",
        "created": "2026-03-14T09:26:53+00:00",
        "data": str(folder),
        "fingerprint": "0f" * 32,
        "counts": {"images": 12, "independent": 12, "copies": 0, "with_mask": 3},
        "classes": ["class 0", "class 1", "class 2"],
        "contradictions": [["a.jpg", "b.jpg"]],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return folder


def data_folders(template: Path) -> Callable[[Path, random.Random], Path]:
    """Copies of a data audit of which one file is damaged."""

    def make(folder: Path, drawn: random.Random) -> Path:
        copy = Path(shutil.copytree(template, folder / "data"))
        name = drawn.choice((MANIFEST, FINDINGS, PLACES))
        path = copy / name
        if name == MANIFEST or drawn.random() < 0.4:
            path.write_bytes(damaged(path.read_bytes(), drawn, [b"{}", b"PAR1"]))
        else:
            spoil(path, drawn)
        return copy

    return make


def read_data_folder(path: Path) -> None:
    """As the dashboard's page, the report of a run beside it, and the gate do."""
    list_data_runs(path.parent)
    audit = open_data_run(path)
    words = translator("zh")
    rows = audit.findings()
    for row in rows.to_dict("records"):
        told: dict[str, Any] = {str(name): value for name, value in row.items()}
        trait_title(told, words), finding_reason(told, words), finding_action(told, words)
    classes = [
        {"class": name, "cue": None, "verdict": "confirmed"}
        for name in audit.manifest.get("classes", ())
    ]
    given_away_lines(rows, classes, words)
    audit.places().sort_values("share")
    documents.markdown(check_data_run(audit), words)
