"""What the files and tables of a run say of one another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.domain.errors import RunError
from auditor.domain.messages import phrase
from auditor.domain.schema import SLICE_PREFIX
from auditor.findings.tables.summary import summarise
from auditor.storage.checks import check_table, summary_in
from auditor.storage.digests import FILES, check_file, has_digests
from auditor.storage.layout import (
    EXTRA_TABLES,
    MANIFEST,
    SIGNATURE,
    TABLES_OF_A_RUN,
    table_file,
)
from auditor.storage.manifest import read_manifest
from auditor.storage.run import Run
from auditor.storage.tables import read_table

NEEDED = (
    "case_id", "label", "correct", "sampled", "tested", "p_background_other", "verdict", "severity",
)  # fmt: skip
CLOSE = 1e-9


def file_faults(path: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Files that differ from their digest, are missing, or are run files that are not listed."""
    if not has_digests(manifest):
        yield phrase("the run was written without digests, by an earlier version")
        return
    listed = manifest[FILES]
    for name in listed:
        if "/" in name or "\\" in name or name in ("", ".", ".."):
            yield phrase("{name} is no name of a file of a run", name=repr(name))
            continue
        try:
            check_file(path / name, manifest)
        except RunError as error:
            yield phrase("{name}: {fault}", name=name, fault=error.got)
    tables = {table_file(name) for name in (*TABLES_OF_A_RUN, *EXTRA_TABLES)}
    for name in sorted({entry.name for entry in path.iterdir()} - {MANIFEST, SIGNATURE}):
        if name in tables and name not in listed:
            yield phrase("{name}: the manifest does not list it", name=name)


def schema_faults(path: Path, _manifest: Mapping[str, Any]) -> Iterator[str]:
    """Columns, types, nulls and order that are not those of a table's schema."""
    extra = [name for name in EXTRA_TABLES if (path / table_file(name)).is_file()]
    for table in (*TABLES_OF_A_RUN, *extra):
        try:
            check_table(path / table_file(table), table)
        except RunError as error:
            yield phrase("{name}: {fault}", name=table, fault=error.got)
    cases = _cases(path)
    if cases["case_id"].duplicated().any():
        yield phrase("cases: a case_id occurs twice")
    if not cases["severity"].between(0.0, 1.0).all():
        yield phrase("cases: a severity is null or outside 0..1")
    order = cases.sort_values(["severity", "case_id"], ascending=[False, True], kind="stable")
    if not order.index.equals(cases.index):
        yield phrase("cases: the rows are not sorted by severity and case_id")


def counts_faults(path: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Counts of the manifest, of the cases, of the classes and of skipped.csv that disagree."""
    run = Run(path, dict(manifest), {})
    cases, classes = _cases(path), run.classes()
    counts, skipped = read_manifest(manifest).counts, len(run.skipped())
    for name, found in (
        ("audited", len(cases)),
        ("skipped", skipped),
        ("images", len(cases) + skipped),
    ):
        if getattr(counts, name) != found:
            yield phrase(
                "{name}: {held} in the manifest, {found} in the tables",
                name=name,
                held=str(getattr(counts, name)),
                found=str(found),
            )
    own = cases["label"].value_counts()
    for row in classes[["class", "images"]].to_dict("records"):
        if row["images"] != int(own.get(row["class"], 0)):
            yield phrase(
                "class {name}: {held} images in classes, {found} in cases",
                name=str(row["class"]),
                held=int(row["images"]),
                found=int(own.get(row["class"], 0)),
            )


def summary_faults(path: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Numbers of the summary that do not come out of the tables again."""
    held = summary_in(path)
    cases = _cases(path)
    classes = Run(path, dict(manifest), {}).classes()
    verdicts = dict(zip(classes["class"], classes["verdict"], strict=True))
    made = summarise(cases.assign(has_trials=cases["tested"]), verdicts)
    for name, value in made.items():
        if name in held and not _same(held[name], value):
            yield phrase(
                "{name}: {held} in the summary, {found} in the tables",
                name=name,
                held=f"{held[name]!r:.60}",
                found=f"{value!r:.60}",
            )


def _cases(path: Path) -> pd.DataFrame:
    cases = read_table(path / table_file("cases"), "cases", columns=NEEDED)
    slices = [name for name in cases.columns if name.startswith(SLICE_PREFIX)]
    return cases[[*NEEDED, *slices]]


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, float) and isinstance(second, (int, float)):
        return math.isclose(first, second, abs_tol=CLOSE)
    return bool(first == second)
