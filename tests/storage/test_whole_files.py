"""Files that are whole or not there; reports of runs; lists of runs."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from auditor.domain.errors import AuditInterrupted, RunError
from auditor.storage import atomic
from auditor.storage.atomic import replace_file, write_bytes, write_output, write_text
from auditor.storage.digests import FILES, SEAL, beside, check_file, digest_in, digests, is_intact
from auditor.storage.layout import MANIFEST, REPORT
from auditor.storage.listing import list_broken, list_runs
from auditor.storage.report_file import is_own_report, replace_report
from auditor.storage.run import Run, open_run
from tests.fakes.coded import raises_coded
from tests.fakes.runs import make_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "run", classes=1, per_class=2, images=False)


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "é\r\n", scratch=tmp_path)
    write_bytes(tmp_path / "b", b"\x00\xff", scratch=tmp_path)
    write_output(tmp_path / "c", "é\n")
    write_output(tmp_path / "d", b"\xff")
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {"a": b"\xc3\xa9\r\n", "b": b"\x00\xff", "c": b"\xc3\xa9\n", "d": b"\xff"}


@pytest.mark.parametrize("flush", [True, False])
def test_content_and_name_are_flushed_where_they_have_to_last(
    tmp_path: Path, flush: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (flushed.append(handle), real(handle))[1])
    replace_file(
        tmp_path / "a", lambda at: at.write_text("x"), unfinished=tmp_path / "b", flush=flush
    )
    assert len(flushed) == (2 if flush else 0)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_files_of_a_run_are_flushed_and_files_handed_out_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    real = atomic.replace_file

    def noted(path: Path, write: atomic.Write, *, unfinished: Path, flush: bool) -> None:
        told.append(flush)
        real(path, write, unfinished=unfinished, flush=flush)

    monkeypatch.setattr(atomic, "replace_file", noted)
    write_text(tmp_path / "a", "x", scratch=tmp_path)
    write_output(tmp_path / "b", "x")
    assert told == [True, False]


def test_a_disk_that_refuses_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before")

    def half(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    for write, error in (
        (lambda: write_bytes(tmp_path / "a", b"", scratch=tmp_path / "no"), AuditInterrupted),
        (lambda: write_output(tmp_path / "no" / "a", "x"), RunError),
    ):
        with pytest.raises(error) as caught:
            write()
        assert caught.value.got == os.strerror(errno.ENOENT)
    with pytest.raises(OSError, match="No space"):
        replace_file(tmp_path / "a", half, unfinished=tmp_path / "b", flush=False)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "before"}


def test_a_digest_knows_name_content_and_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "sub").mkdir()
    found = digests(tmp_path, ["a", "b", "sub"])
    assert list(found) == ["a"]
    assert found["a"]["bytes"] == 3
    assert str(found["a"]["sha256"]).startswith("ba7816bf")
    manifest = {FILES: found}
    assert digest_in(manifest, "a") == found["a"]["sha256"]
    assert digest_in(manifest, "b") is None
    assert digest_in({FILES: {"a": "no entry"}}, "a") is None
    assert digest_in({FILES: 5}, "a") is None
    check_file(tmp_path / "a", manifest)
    (tmp_path / "a").unlink()
    with raises_coded(RunError, "run.damaged", str(tmp_path / "a")):
        check_file(tmp_path / "a", manifest)


def test_a_part_without_its_digest_is_not_intact(tmp_path: Path) -> None:
    part = tmp_path / "part"
    assert is_intact(part) is False
    part.write_bytes(b"abc")
    assert is_intact(part) is False
    beside(part).write_text(f"{digests(tmp_path, ['part'])['part']['sha256']}\n")
    assert is_intact(part) is True
    beside(part).write_bytes(b"\xff\n")
    assert is_intact(part) is False


def test_a_page_that_is_rendered_again_is_known_by_the_manifest(run: Run, tmp_path: Path) -> None:
    assert is_own_report(run, run.path / "." / REPORT)
    assert not is_own_report(run, tmp_path / REPORT)
    for page, size in ((b"\xc3\xa9", 2), ("é!", 3)):
        replace_report(open_run(run.path), page)
        again = open_run(run.path)
        assert again.manifest[FILES][REPORT]["bytes"] == size
        check_file(run.path / REPORT, again.manifest)
        assert list(again.manifest)[-1] == SEAL


def test_the_report_of_an_earlier_version_is_replaced_alone(run: Run) -> None:
    plain = {key: value for key, value in run.manifest.items() if key not in (FILES, SEAL)}
    text = json.dumps(plain)
    (run.path / MANIFEST).write_text(text)
    replace_report(open_run(run.path), "again")
    assert (run.path / REPORT).read_text() == "again"
    assert (run.path / MANIFEST).read_text() == text


def test_what_looks_like_a_run_is_listed_or_told(run: Run) -> None:
    home = run.path.parent
    assert [each.name for each in list_runs(home)] == ["run"]
    assert list_broken(home) == []
    for name, inside in (("a", "cases.parquet"), ("b", "parts"), ("c", MANIFEST), ("d", "other")):
        (home / name / inside).mkdir(parents=True)
    (home / "file").touch()
    assert [each.path.name for each in list_broken(home)] == ["a", "b", "c"]
    assert [each.name for each in list_runs(run.path)] == ["run"]


def test_runs_of_one_moment_are_listed_by_name(tmp_path: Path) -> None:
    for name in ("a", "c", "b"):
        make_run(tmp_path / name, classes=1, per_class=1, images=False)
    assert [each.name for each in list_runs(tmp_path)] == ["c", "b", "a"]
