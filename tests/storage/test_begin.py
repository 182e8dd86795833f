"""Which folder may become a run, who holds it, and what is said of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from auditor.domain.errors import RunError
from auditor.storage.begin import IDENTITY, check_folder, make_parts
from auditor.storage.lock import LOCK_NAME, FolderLock
from auditor.storage.writer import RunWriter
from tests.fakes.runs import make_run

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
PART = pd.DataFrame({"case_id": ["a"]})


def refused(path: Path, *, resume: bool) -> RunError:
    with pytest.raises(RunError) as caught:
        check_folder(path, resume=resume, overwrite=False)
    return caught.value


def got(path: Path, *, resume: bool) -> str:
    return refused(path, resume=resume).got


def test_the_first_three_names_and_how_many_more(tmp_path: Path) -> None:
    for count, told in ((1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (5, "and 2 more")):
        folder = tmp_path / str(count)
        folder.mkdir()
        for name in "abcde"[:count]:
            (folder / name).touch()
        assert got(folder, resume=False).endswith(told)
        assert got(folder, resume=True).endswith(told)


def test_a_lock_alone_is_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).touch()
    check_folder(tmp_path, resume=False, overwrite=False)
    check_folder(tmp_path, resume=True, overwrite=False)


def test_an_unfinished_run_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    unfinished = refused(tmp_path, resume=False)
    assert (unfinished.code, "--resume" in unfinished.remedy) == ("run.exists", True)
    check_folder(tmp_path, resume=True, overwrite=False)
    check_folder(tmp_path, resume=False, overwrite=True)


def test_a_finished_run_whose_parts_are_still_there_can_be_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").touch()
    assert refused(tmp_path, resume=True).code == "run.finished"
    (tmp_path / "parts").mkdir()
    check_folder(tmp_path, resume=True, overwrite=False)


def test_resuming_and_overwriting_keeps_the_parts(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with RunWriter.begin(path, resume=False) as writer:
        writer.parts.write("cases", 0, PART)
    with RunWriter.begin(path, resume=True, overwrite=True) as writer:
        assert writer.parts.has("cases", 0)
    with RunWriter.begin(path, resume=False, overwrite=True) as writer:
        assert not writer.parts.has("cases", 0)


def test_what_changed_is_named_in_the_right_number(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with RunWriter.begin(path, resume=False, identity={"the data": "1", "the code": "1"}) as begun:
        begun.parts.write("cases", 0, PART)
    for identity, told in (
        ({"the data": "2", "the code": "1"}, "the data has changed"),
        ({"the data": "2", "the code": "2"}, "the data, the code have changed"),
        ({"the data": "1", "the code": "1", "the weights": "1"}, "the weights has changed"),
    ):
        with pytest.raises(RunError) as caught:
            RunWriter.begin(path, resume=True, identity=identity)
        assert caught.value.got == told
        # The lock is let go where a folder is refused.
        assert not (path / LOCK_NAME).exists()
    RunWriter.begin(path, resume=True, identity={"the data": "1"}).close()


def test_a_damaged_note_of_the_identity_fits_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with RunWriter.begin(path, resume=False, identity={"the data": "1"}) as writer:
        writer.parts.write("cases", 0, PART)
    (path / "parts" / IDENTITY).write_text("{")
    with pytest.raises(RunError) as caught:
        RunWriter.begin(path, resume=True, identity={"the data": "1"})
    assert caught.value.code == "run.other_identity"


def test_without_a_part_the_identity_is_noted_anew(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    make_parts(parts, {"b": "1", "a": "1"})
    assert (parts / IDENTITY).read_text() == '{\n  "a": "1",\n  "b": "1"\n}'
    make_parts(parts, {"b": "2"})
    assert json.loads((parts / IDENTITY).read_text()) == {"b": "2"}


def test_whoever_joins_writes_parts_and_leaves_the_folder_alone(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with RunWriter.begin(path, resume=False) as first:
        with RunWriter.join(path) as second:
            second.discard()
        assert first.parts.folder.is_dir()
        with RunWriter.join(path) as second:
            second.parts.write("cases", 3, PART)
        assert (path / LOCK_NAME).exists()
        assert first.parts.has("cases", 3)
    assert not (path / LOCK_NAME).exists()
    assert (path / "parts").is_dir()


def test_a_folder_that_was_there_stays_even_if_nothing_came_of_it(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for name, stays in (("old", True), ("new", False)):
        with RunWriter.begin(tmp_path / name, resume=False) as writer:
            assert (writer.path / "parts").is_dir()
        assert (tmp_path / name).exists() is stays


def test_nothing_is_removed_that_is_no_file_of_a_run(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=1, per_class=1, images=False)
    (run.path / "notes").mkdir()
    with RunWriter.begin(run.path, resume=False, overwrite=True):
        assert {each.name for each in run.path.iterdir()} == {"notes", "parts", LOCK_NAME}


def test_a_lock_is_for_one_and_letting_go_twice_does_nothing(tmp_path: Path) -> None:
    lock = FolderLock.acquire(tmp_path)
    with pytest.raises(RunError) as caught:
        FolderLock.acquire(tmp_path)
    assert caught.value.code == "run.locked"
    lock.release()
    assert not (tmp_path / LOCK_NAME).exists()
    again = FolderLock.acquire(tmp_path)
    lock.release()
    assert (tmp_path / LOCK_NAME).exists()
    again.release()


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(RunError) as caught:
            FolderLock.acquire(tmp_path)
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.code == "run.folder_not_writable"


def test_a_lock_in_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError) as caught:
        FolderLock.acquire(tmp_path / "file")
    assert caught.value.code == "run.folder_not_writable"
