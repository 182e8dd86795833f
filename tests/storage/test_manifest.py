"""The typed manifest and summary: one place for the keys, strict types, old runs readable."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.domain.bounds import MOST_SIDE
from auditor.domain.errors import RunError
from auditor.domain.manifest import Counts, FileDigest, Fingerprints, Manifest, SanityRecord
from auditor.domain.messages import coded
from auditor.domain.preprocess import Preprocess
from auditor.domain.summary import Summary
from auditor.storage.manifest import (
    json_text,
    json_values,
    manifest_values,
    preprocess_of,
    read_manifest,
    read_summary,
    timestamp,
)
from auditor.storage.run import open_run
from tests.fakes.runs import make_run

WHOLE = Manifest(
    created="2026-03-14T09:26:53.000+00:00",
    config={"data": {"path": "a"}, "gate": None},
    seed=3,
    versions={"python": "3.11"},
    device="cpu",
    environment={"threads": 2, "cuda": None},
    acceleration={"kind": "off"},
    deterministic=True,
    fingerprints=Fingerprints("d", "w"),
    target_layer="layer4",
    method="gradcam",
    classes=("cat", "dog"),
    counts=Counts(5, 4, 1),
    timings={"saliency": 1.5},
    throughput=2.0,
    peak_memory={"host": 3, "device": None},
    sanity=SanityRecord(False, {"gradient_reaches_layer": True, "flat_maps": 0.5}, ("why",)),
    data_root="/data",
    folder="/audits",
    preprocess=Preprocess((10, 20), None, (0.5,), (0.5,)),
    warnings=("w",),
    messages={"w": {"code": "data.w", "values": "{}"}},
    lost_classes={"cow": "empty"},
    auto_masks={"method": "grabcut"},
    leakage={"leaks": []},
    pictures=3,
    files={"cases.parquet": FileDigest("aa", 3)},
    manifest_sha256="bb",
)


def test_every_key_has_a_value_in_this_test_and_comes_back_from_json() -> None:
    for field in fields(Manifest):
        default = field.default if field.default is not MISSING else field.default_factory()  # type: ignore[misc]
        assert field.name == "schema_version" or getattr(WHOLE, field.name) != default, field.name
    assert read_manifest(json.loads(json.dumps(manifest_values(WHOLE)))) == WHOLE


@pytest.mark.parametrize(
    "kind", [Manifest, Summary, Counts, Fingerprints, SanityRecord, FileDigest]
)
def test_every_key_is_explained(kind: type[Any]) -> None:
    told = re.findall(r"^ {8}(\w+(?:, \w+)*): ", kind.__doc__ or "", re.MULTILINE)
    explained = {name for names in told for name in names.split(", ")}
    assert explained == {field.name for field in fields(kind)}


def test_a_run_holds_exactly_these_keys(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=2, images=False)
    assert list(run.manifest) == [field.name for field in fields(Manifest)]
    assert set(run.summary) <= {field.name for field in fields(Summary)}
    assert run.metadata.counts.audited == len(run.cases())
    assert run.metadata.files is not None
    assert run.metadata.files["cases.parquet"].bytes == run.table_path("cases").stat().st_size
    assert run.results.verdicts == run.summary["verdicts"]


def test_a_warning_with_a_code_is_kept_with_its_values() -> None:
    warning = coded("data.odd", "{n} odd images", n=3)
    values = manifest_values(Manifest(warnings=(warning, "plain")))
    assert values["warnings"] == ["3 odd images", "plain"]
    assert values["messages"] == {"3 odd images": {"code": "data.odd", "values": '{"n": 3}'}}


def test_an_older_run_lacks_keys_and_one_of_a_later_version_has_more() -> None:
    old = read_manifest({"schema_version": 1, "throughput": None, "later": [1]})
    assert old == Manifest()
    assert old.setting("findings", "q") is None
    assert read_summary({"confirmed": 2}).shortcut_rate is None
    with pytest.raises(RunError) as caught:
        preprocess_of(old)
    assert "preprocess" in caught.value.expected


WRONG: dict[str, Any] = {
    **dict.fromkeys(("created", "device", "target_layer", "method", "data_root", "folder"), 3),
    "manifest_sha256": 3,
    **{key: {"a": [1]} for key in ("versions", "lost_classes", "timings", "peak_memory")},
    **dict.fromkeys(("environment", "acceleration", "auto_masks", "leakage"), "a"),
    **{key: [1] for key in ("classes", "warnings")},
    "schema_version": "1",
    "config": {"data": 3},
    "seed": True,
    "deterministic": 1,
    "throughput": "fast",
    "pictures": "three",
    "fingerprints": {"dataset": 1},
    "counts": {"audited": "4"},
    "sanity": {"sane": "yes"},
    "preprocess": {"resize": [1, 2, 3]},
    "files": {"cases.parquet": {"sha256": 1}},
    "messages": {"w": "data.w"},
}


def test_a_wrong_value_is_listed_for_every_key() -> None:
    assert set(WRONG) == {field.name for field in fields(Manifest)}


@pytest.mark.parametrize("key", WRONG)
def test_another_type_is_refused_and_its_key_is_named(key: str) -> None:
    with pytest.raises(ValueError, match=rf"^{key}"):
        read_manifest(manifest_values(WHOLE) | {key: WRONG[key]})


@pytest.mark.parametrize(
    "geometry",
    [
        Preprocess(resize=0),
        Preprocess(crop=MOST_SIDE + 1),
        Preprocess(mean=(0.5, 0.5)),
        Preprocess(std=(1.0,)),
        Preprocess(mean=(float("inf"),) * 3),
    ],
)
def test_a_geometry_that_no_image_has_is_refused(geometry: Preprocess) -> None:
    values = {**manifest_values(WHOLE), "preprocess": vars_of(geometry)}
    with pytest.raises(ValueError, match=r"^preprocess"):
        read_manifest(values)


def test_a_moment_is_told_in_utc_to_the_millisecond() -> None:
    east = timezone(timedelta(hours=5))
    moment = datetime(2026, 3, 14, 14, 26, 53, 7_999, tzinfo=east)
    assert timestamp(moment) == "2026-03-14T09:26:53.007+00:00"
    before, now, after = datetime.now(UTC), timestamp(), datetime.now(UTC)
    assert timestamp(before) <= now <= timestamp(after)


def test_values_become_plain_json() -> None:
    assert json_values({1: (np.int64(3), np.float32(0.5), np.bool_(True))}) == {"1": [3, 0.5, True]}
    assert json_values(np.array(2)) == 2
    assert json_values([np.float64("nan"), float("-inf"), {7}]) == [None, None, [7]]
    assert json_values(Path("a/b")) == "a/b"
    assert json_values("\udcff.jpg") == "\\udcff.jpg"
    assert type(json_values(np.int64(3))) is int
    assert json_values(np.array([1, 2])) == "[1 2]"
    assert json_text({"é": None}) == '{\n  "é": null\n}\n'


def test_digests_are_left_out_until_they_are_known() -> None:
    early = manifest_values(replace(WHOLE, files=None, manifest_sha256=None))
    assert {"files", "manifest_sha256"} - set(early) == {"files", "manifest_sha256"}
    assert {"files", "manifest_sha256"} <= set(manifest_values(WHOLE))
    assert manifest_values(replace(WHOLE, pictures=None))["pictures"] is None


def test_a_run_of_a_grey_network_opens(tmp_path: Path) -> None:
    """One mean and one deviation, as `model.preprocess` takes them for one channel."""
    run = make_run(tmp_path / "run", classes=1, images=False)
    grey = replace(run.metadata, preprocess=Preprocess(32, 32, (0.5,), (0.5,)))
    edited = replace(run, manifest=manifest_values(grey))
    assert preprocess_of(edited.metadata).mean == (0.5,)


READS = re.compile(r"(?:\bmanifest|\.summary)(?:\[[\"'A-Z]|\.get\()")
ELSEWHERE = (
    "auditor/storage/",
    "auditor/data_audit/",
    "auditor/verification/tables.py",
    "auditor/schedule/",
    "dashboard/views/data.py",
)
"""Digests work on the plain values, schedules keep summaries in their database, and `data_audit`
`cli/data.py` and the dashboard's page of it read the manifest of a data audit."""


def test_nobody_reads_the_manifest_by_text_keys() -> None:
    root = Path(__file__).parents[2]
    files = ("verification/tables.py", "cli/data.py", "mcp_server/answers.py")
    allowed = (*ELSEWHERE, *(f"auditor/{name}" for name in files))
    found = [
        str(path.relative_to(root))
        for folder in ("auditor", "dashboard")
        for path in sorted((root / folder).rglob("*.py"))
        if not str(path.relative_to(root)).startswith(allowed)
        and READS.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_users_see_plain_json_values(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=1, images=False)
    assert type(open_run(run.path).manifest) is dict
    assert json.loads(json.dumps(run.manifest)) == run.manifest
    assert run.manifest["counts"]["audited"] == 12


def vars_of(geometry: Preprocess) -> dict[str, Any]:
    return {field.name: getattr(geometry, field.name) for field in fields(Preprocess)}
