from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest

from auditor.domain.errors import AuditInterrupted, RunError
from auditor.domain.samples import Skip
from auditor.reports.contents import contents_of
from auditor.storage import atomic
from auditor.storage import parts as parts_module
from auditor.storage.run import Run, is_finished, open_run
from auditor.storage.writer import RunWriter
from tests.fakes.coded import raises_coded
from tests.fakes.runs import make_run

FILES = {
    "manifest.json",
    "summary.json",
    "skipped.csv",
    "report.html",
    "cases.parquet",
    "classes.parquet",
    "slices.parquet",
    "evidence.parquet",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made") / "whole", classes=2, per_class=6)


@pytest.fixture
def whole(made: Run, tmp_path: Path) -> Run:
    """One to write over."""
    return open_run(shutil.copytree(made.path, tmp_path / "whole"))


def finish(writer: RunWriter, like: Run) -> Run:
    contents = contents_of(like)
    tables = {
        "cases": like.cases(),
        "classes": contents.classes,
        "slices": contents.slices,
        "evidence": contents.evidence,
    }
    skips = contents.skipped
    return writer.finish(tables, skips, like.summary, like.metadata, "<p>report</p>")


def test_a_whole_run_holds_these_files_and_nothing_else(whole: Run) -> None:
    assert {path.name for path in whole.path.iterdir()} == FILES


def test_parts_come_back_in_order_with_their_types(tmp_path: Path) -> None:
    with RunWriter.begin(tmp_path / "run", resume=False) as writer:
        writer.parts.write("cases", 10, pd.DataFrame({"case_id": ["c"], "cluster": ["x"]}))
        writer.parts.write("cases", 2, pd.DataFrame({"case_id": ["a", "b"], "cluster": [None] * 2}))
        writer.parts.write("cases", 11, pd.DataFrame({"case_id": []}))
        writer.parts.write("trials", 0, pd.DataFrame({"case_id": ["t"], "p_label": [0.5]}))
        assert writer.parts.has("cases", 2)
        assert not writer.parts.has("cases", 3)
        assert not writer.parts.has("trials", 2)
        cases = writer.parts.read("cases")
    assert cases["case_id"].tolist() == ["a", "b", "c"]
    assert cases["cluster"].isna().tolist() == [True, True, False]


def test_no_part_is_an_empty_table(tmp_path: Path) -> None:
    with RunWriter.begin(tmp_path / "run", resume=False) as writer:
        trials = writer.parts.read("trials")
    assert trials.empty
    assert "p_label" in trials.columns


def test_an_interrupted_audit_goes_on_where_it_stopped(tmp_path: Path, whole: Run) -> None:
    path = tmp_path / "run"
    with RunWriter.begin(path, resume=False) as writer:
        writer.parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))
    assert not is_finished(path)
    with pytest.raises(RunError) as caught:
        RunWriter.begin(path, resume=False)
    assert caught.value.code == "run.exists"
    with RunWriter.begin(path, resume=True) as writer:
        assert writer.parts.has("cases", 0)
        run = finish(writer, whole)
    assert {file.name for file in path.iterdir()} == FILES
    pd.testing.assert_frame_equal(run.cases(), whole.cases())


@pytest.mark.parametrize("killed_at", range(9))
def test_killed_between_any_two_files_it_is_whole_or_no_run(
    tmp_path: Path, whole: Run, killed_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    moves = 0
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal moves
        if moves == killed_at:
            raise Killed
        moves += 1
        return real(self, target)

    path = tmp_path / "run"
    writer = RunWriter.begin(path, resume=False)
    writer.parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))
    moves = 0
    monkeypatch.setattr(Path, "replace", replace)
    if killed_at == 8:
        finish(writer, whole)
        assert moves == 8
        pd.testing.assert_frame_equal(open_run(path).cases(), whole.cases())
        return
    with pytest.raises(Killed):
        finish(writer, whole)
    monkeypatch.undo()
    assert not is_finished(path)
    with pytest.raises(RunError) as caught:
        open_run(path)
    assert caught.value.code == "run.not_finished"
    writer.close()
    with RunWriter.begin(path, resume=True) as again:
        assert again.parts.read("cases")["case_id"].tolist() == ["a"]
        finish(again, whole)
    assert {file.name for file in path.iterdir()} == FILES


def test_a_full_disk_keeps_the_parts_and_says_so(
    tmp_path: Path, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "run"
    with RunWriter.begin(path, resume=False) as writer:
        writer.parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))
        monkeypatch.setattr(atomic, "_put", full)
        with pytest.raises(AuditInterrupted) as caught:
            finish(writer, whole)
        assert caught.value.code == "output.disk"
    assert caught.value.exit_code == 3
    assert not is_finished(path)
    with RunWriter.begin(path, resume=True) as writer:
        assert writer.parts.has("cases", 0)


def test_killed_behind_the_last_file_it_can_be_gone_on_with(tmp_path: Path, whole: Run) -> None:
    (whole.path / "parts").mkdir()
    with RunWriter.begin(whole.path, resume=True) as writer:
        finish(writer, whole)
    assert {file.name for file in whole.path.iterdir()} == FILES


def test_what_a_full_disk_left_unfinished_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(arrow: object, path: Path, **options: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with RunWriter.begin(tmp_path / "run", resume=False) as writer:
        writer.parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))
        monkeypatch.setattr(parts_module, "write_parquet", full)
        with pytest.raises(AuditInterrupted) as caught:
            writer.parts.write("cases", 1, pd.DataFrame({"case_id": ["b"]}))
        assert caught.value.code == "output.disk"
        assert not list(writer.path.rglob("*.unfinished"))
        assert not writer.parts.has("cases", 1)


def test_a_table_that_does_not_fit_writes_nothing(tmp_path: Path, whole: Run) -> None:
    path = tmp_path / "run"
    broken = whole.cases().drop(columns="severity")
    with RunWriter.begin(path, resume=False) as writer, pytest.raises(RunError) as caught:
        writer.finish({"cases": broken}, [], {}, {}, "")
    assert caught.value.code == "run.table_does_not_fit"
    assert not path.exists()


def test_an_existing_folder_is_refused_and_left_alone(tmp_path: Path, whole: Run) -> None:
    before = {path.name: path.read_bytes() for path in whole.path.iterdir()}
    for refuse in (RunWriter.check, RunWriter.begin):
        with pytest.raises(RunError) as caught:
            refuse(whole.path, resume=False)
        assert caught.value.code == "run.exists"
    assert caught.value.exit_code == 2
    with pytest.raises(RunError) as caught:
        RunWriter.begin(whole.path, resume=True)
    assert caught.value.code == "run.finished"
    assert {path.name: path.read_bytes() for path in whole.path.iterdir()} == before
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "cat.jpg").touch()
    with raises_coded(RunError, "run.none_to_resume", "cat.jpg"):
        RunWriter.begin(photos, resume=True)
    assert [path.name for path in photos.iterdir()] == ["cat.jpg"]


def test_a_file_or_a_forbidden_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError) as caught:
        RunWriter.begin(tmp_path / "file", resume=False)
    assert caught.value.code == "run.folder_is_file"
    with pytest.raises(RunError) as caught:
        RunWriter.begin(tmp_path / "file" / "below", resume=False)
    assert caught.value.code == "run.folder_not_made"


def test_overwriting_takes_the_run_away_and_nothing_else(tmp_path: Path, whole: Run) -> None:
    (whole.path / "notes.txt").write_text("mine")
    source = make_run(tmp_path / "other", classes=3, per_class=6, seed=9)
    with RunWriter.begin(whole.path, resume=False, overwrite=True) as writer:
        assert not is_finished(whole.path)
        run = finish(writer, source)
    assert (whole.path / "notes.txt").read_text() == "mine"
    pd.testing.assert_frame_equal(run.cases(), source.cases())


def test_a_beginning_without_a_part_leaves_nothing(tmp_path: Path) -> None:
    with RunWriter.begin(tmp_path / "new", resume=False, identity={"the data": "x"}):
        pass
    (tmp_path / "empty").mkdir()
    with RunWriter.begin(tmp_path / "empty", resume=True):
        pass
    assert not (tmp_path / "new").exists()
    assert list((tmp_path / "empty").iterdir()) == []


def test_discarding_leaves_nothing(tmp_path: Path) -> None:
    with RunWriter.begin(tmp_path / "run", resume=False) as writer:
        writer.parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))
        writer.discard()
    assert not (tmp_path / "run").exists()


def test_parts_of_another_configuration_are_not_mixed(tmp_path: Path) -> None:
    path = tmp_path / "run"
    identity = {"the data": "one", "the weights": "w"}
    with RunWriter.begin(path, resume=False, identity=identity) as writer:
        writer.parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))
    with pytest.raises(RunError) as refused:
        RunWriter.begin(path, resume=True, identity=identity | {"the data": "two"})
    assert refused.value.code == "run.other_identity"
    assert "the data" in refused.value.got
    assert "weights" not in refused.value.got
    with RunWriter.begin(path, resume=True, identity=identity) as writer:
        assert writer.parts.has("cases", 0)


def test_skips_may_be_values(tmp_path: Path, whole: Run) -> None:
    contents = contents_of(whole)
    with RunWriter.begin(tmp_path / "run", resume=False) as writer:
        run = writer.finish(
            {"cases": whole.cases(), "classes": contents.classes},
            [Skip("=a.jpg", "'=quoted"), Skip('b\r\n,".jpg', ""), Skip("\udcff.jpg", "odd name")],
            whole.summary,
            whole.metadata,
            "",
        )
    assert run.skipped()["image"].tolist() == ["=a.jpg", 'b\r\n,".jpg', "\\udcff.jpg"]
    assert run.slices().empty
    assert run.evidence().empty


def test_a_second_process_is_refused_and_a_dead_one_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "run"
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        import pandas as pd
        from auditor.storage.writer import RunWriter
        writer = RunWriter.begin(Path(sys.argv[1]), resume=False)
        writer.parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))
        print("holding", flush=True)
        time.sleep(60)
        """
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(RunError) as caught:
            RunWriter.begin(path, resume=True)
        assert caught.value.code == "run.locked"
        assert RunWriter.check(path, resume=True) is None
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with RunWriter.begin(path, resume=True) as writer:
        assert writer.parts.read("cases")["case_id"].tolist() == ["a"]
