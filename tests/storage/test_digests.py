"""One flipped bit anywhere in a run or in a part is found."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from auditor.domain.errors import AuditInterrupted, RunError
from auditor.storage.atomic import write_output
from auditor.storage.digests import FILES, SEAL, beside, seal_of, sealed
from auditor.storage.layout import MANIFEST, REPORT, SIGNATURE, SKIPPED
from auditor.storage.listing import list_broken, list_runs
from auditor.storage.parts import Parts
from auditor.storage.report_file import replace_report
from auditor.storage.run import Run, open_run
from auditor.storage.tables import read_table, write_parquet
from auditor.verification import verify
from tests.fakes.runs import make_run

FLIPS = 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made") / "run", classes=3, per_class=6)


@pytest.fixture
def run(made: Run, tmp_path: Path) -> Path:
    """One to damage."""
    return shutil.copytree(made.path, tmp_path / "run")


def flip(path: Path, drawn: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[drawn.randrange(len(content))] ^= 1 << drawn.randrange(8)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name",
    ["cases.parquet", "classes.parquet", "slices.parquet", "evidence.parquet", "skipped.csv"],
)
def test_a_flipped_bit_is_refused_by_name(run: Path, name: str) -> None:
    drawn, whole = random.Random(name), (run / name).read_bytes()
    for _ in range(FLIPS):
        (run / name).write_bytes(whole)
        flip(run / name, drawn)
        with pytest.raises(RunError) as refused:
            open_run(run)
        assert name in str(refused.value)


@pytest.mark.parametrize("name", ["manifest.json", "summary.json"])
def test_json_with_a_flipped_bit_is_refused_or_says_the_same(
    run: Path, made: Run, name: str
) -> None:
    drawn, whole = random.Random(name), (run / name).read_bytes()
    for _ in range(5 * FLIPS):
        (run / name).write_bytes(whole)
        flip(run / name, drawn)
        try:
            opened = open_run(run)
        except RunError:
            continue
        assert name == "manifest.json"  # of the summary every byte counts
        assert opened.manifest == made.manifest


def test_a_list_of_runs_hashes_no_table_and_the_table_is_refused_when_read(run: Path) -> None:
    drawn = random.Random(0)
    whole = (run / "cases.parquet").read_bytes()
    # In the pages: a damaged footer is seen when the run is opened.
    (run / "cases.parquet").write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert [each.name for each in list_runs(run.parent)] == ["run"]
    with pytest.raises(RunError) as caught:
        list_runs(run.parent)[0].cases()
    assert caught.value.code == "run.damaged"
    flip(run / "summary.json", drawn)
    assert [each.path.name for each in list_broken(run.parent)] == ["run"]


def test_pages_have_checksums_of_their_own(tmp_path: Path) -> None:
    """Without any digest. Page headers have none, so the pages here are long."""
    drawn, path = random.Random(7), tmp_path / "table.parquet"
    names = [drawn.randbytes(16).hex() for _ in range(5_000)]
    table = pa.table({"class": names, "reason": names[::-1]})
    write_parquet(table, path, table="classes")
    whole = path.read_bytes()
    for at in range(2_000, len(whole) // 3, len(whole) // 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(RunError) as caught:
            read_table(path, "classes", columns=["class", "reason"])
        assert caught.value.code == "run.unreadable"


def test_a_run_of_an_earlier_version_opens(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    del manifest["files"], manifest[SEAL]
    (run / "manifest.json").write_text(json.dumps(manifest))
    assert len(open_run(run).cases()) == 18


def test_a_manifest_that_lost_one_of_its_digests_is_damaged(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    for lost in ("files", SEAL):
        kept = {key: value for key, value in manifest.items() if key != lost}
        (run / "manifest.json").write_text(json.dumps(kept))
        with pytest.raises(RunError) as caught:
            open_run(run)
        assert caught.value.code == "run.damaged"


def test_the_seal_knows_values_not_spelling() -> None:
    assert seal_of({"a": 1, "b": [2.5]}) == seal_of({"b": [2.5], "a": 1, SEAL: "x"})
    assert seal_of({"a": 1}) != seal_of({"a": 2})
    assert seal_of({"a": "\udcff"}) == sealed({"a": "\udcff"})[SEAL]


def test_a_damaged_part_is_no_part(tmp_path: Path) -> None:
    parts, drawn = Parts(tmp_path), random.Random(1)
    frame = pd.DataFrame({"case_id": [f"c{i}" for i in range(50)], "label": ["cat"] * 50})
    for _ in range(FLIPS):
        parts.write("cases", 0, frame)
        assert parts.has("cases", 0)
        flip(parts.path("cases", 0), drawn)
        assert not parts.has("cases", 0)
        with pytest.raises(AuditInterrupted) as refused:
            parts.read("cases")
        assert refused.value.code == "run.part_damaged"
        assert refused.value.exit_code == 3
    parts.write("cases", 0, frame)
    beside(parts.path("cases", 0)).unlink()
    assert not parts.has("cases", 0)
    parts.write("cases", 0, frame)
    assert len(parts.read("cases")) == 50


def test_another_report_is_part_of_the_run_and_of_a_signed_one_it_is_not(run: Path) -> None:
    replace_report(open_run(run), "<p>again</p>")
    assert (run / REPORT).read_text() == "<p>again</p>"
    opened = open_run(run)
    assert opened.manifest["files"][REPORT]["bytes"] == 12
    write_output(run / SIGNATURE, "{}")
    with pytest.raises(RunError) as caught:
        replace_report(opened, "<p>a third</p>")
    assert caught.value.code == "run.signed"
    assert (run / REPORT).read_text() == "<p>again</p>"
    assert not list(run.glob(".report-*"))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ["summary.json", "cases.parquet", "classes.parquet", SKIPPED])
@pytest.mark.parametrize("old", [False, True])
def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(
    run: Path, name: str, old: bool
) -> None:
    """As it can come out of an archive; reading one never ends."""
    if old:  # written before there were digests
        plain = json.loads((run / MANIFEST).read_text())
        kept = {key: value for key, value in plain.items() if key not in (FILES, SEAL)}
        (run / MANIFEST).write_text(json.dumps(kept))
    (run / name).unlink()
    os.mkfifo(run / name)

    def read() -> None:
        opened = open_run(run)
        for table in (opened.cases, opened.classes, opened.skipped):
            table()

    with pytest.raises(RunError, match=name):
        read()
    assert not verify(run).holds
