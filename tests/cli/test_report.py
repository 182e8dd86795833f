"""`auditor report`: formats, where it goes, what it leaves out, what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "run", classes=5).path


@pytest.mark.parametrize(
    ("words", "start"),
    [
        (["--format", "html", "--out", "r.html"], b"<!doctype html>"),
        (["--format", "md", "--out", "r.txt"], b"# Shortcut audit"),
        (["--out", "r.md"], b"# Shortcut audit"),
        (["--out", "r.pdf"], b"%PDF-"),
    ],
)
def test_formats(
    command: Command,
    run: Path,
    tmp_path: Path,
    words: list[str],
    start: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("report", run, *words, "--json")
    assert done.code == 0
    told = json.loads(done.out)
    content = (tmp_path / words[-1]).read_bytes()
    assert content.lstrip().startswith(start)
    assert told["bytes"] == len(content)


def test_html_is_not_written_under_another_formats_name(
    command: Command, run: Path, tmp_path: Path
) -> None:
    done = command("report", run, "--out", tmp_path / "report.docx")
    assert done.code == 2
    assert ".docx" in done.err
    assert "remedy" in done.err
    assert not list(tmp_path.iterdir())


def test_no_images_leaves_none(command: Command, run: Path, tmp_path: Path) -> None:
    command("report", run, "--out", tmp_path / "with.html", "--quiet")
    command("report", run, "--out", tmp_path / "without.html", "--no-images", "--quiet")
    assert "data:image" in (tmp_path / "with.html").read_text(encoding="utf-8")
    assert "data:image" not in (tmp_path / "without.html").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_leaves_what_was_there(
    command: Command, run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "folder"
    out.mkdir()
    done = command("report", run, "--out", out)
    assert done.code == 2
    assert "output.not_written" in done.err
    assert list(tmp_path.iterdir()) == [out]


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    shutil.copytree(run, tmp_path / "copy")
    return tmp_path / "copy"


def _other_schema(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 99}))


def _cut(name: str, folder: Path) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])


DAMAGES = {
    "schema_version 99": _other_schema,
    "cases.parquet of the run cannot be read": lambda folder: _cut("cases.parquet", folder),
    "classes.parquet of the run cannot be read": lambda folder: _cut("classes.parquet", folder),
    "evidence.parquet of the run cannot be read": lambda folder: _cut("evidence.parquet", folder),
    "summary.json of the run cannot be read": lambda folder: _cut("summary.json", folder),
    "manifest.json of the run cannot be read": lambda folder: _cut("manifest.json", folder),
    "no manifest.json in it": lambda folder: (folder / "manifest.json").unlink(),
    "no such folder": shutil.rmtree,
}


@pytest.mark.parametrize("said", DAMAGES)
@pytest.mark.parametrize(
    "words",
    [
        ["report", "RUN", "--out", "out.html"],
        ["export", "RUN", "--what", "cases", "--out", "out.csv"],
        ["compare", "RUN", "RUN", "--out", "out.md"],
        ["gate", "RUN", "--junit", "out.xml"],
    ],
    ids=lambda words: words[0],
)
def test_a_damaged_run_is_told_and_nothing_is_written(
    command: Command,
    copy: Path,
    said: str,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    DAMAGES[said](copy)
    monkeypatch.chdir(tmp_path)
    done = command(*(str(copy) if word == "RUN" else word for word in words))
    assert done.code == 2
    assert said in done.err
    assert "remedy:" in done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.glob("out.*"))


@pytest.mark.parametrize("suffix", ["html", "md", "pdf"])
def test_in_chinese(command: Command, run: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"r.{suffix}"
    assert command("report", run, "--lang", "zh-CN", "--out", out).code == 0
    content = out.read_bytes()
    if suffix != "pdf":
        assert "捷径学习审计" in content.decode()


def test_the_language_of_the_environment_is_taken(
    command: Command, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDITOR_LANG", "zh")
    assert command("report", run, "--out", tmp_path / "r.md").code == 0
    assert "捷径学习审计" in (tmp_path / "r.md").read_text(encoding="utf-8")
    done = command("compare", run, run)
    assert "准确率" in done.out
    assert command("report", run, "--lang", "en", "--out", tmp_path / "e.md").code == 0
    assert (tmp_path / "e.md").read_text(encoding="utf-8").startswith("# S")


def test_an_unknown_language_is_refused(command: Command, run: Path, tmp_path: Path) -> None:
    done = command("report", run, "--lang", "tlh", "--out", tmp_path / "r.md")
    assert done.code == 2
    assert "en, zh" in done.err
    assert not (tmp_path / "r.md").exists()


def test_without_a_font_the_pdf_is_english_and_that_is_told(
    command: Command, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.reports.pdf.has_font", lambda lang: lang == "en")
    written = []
    monkeypatch.setattr("auditor.reports.pdf_of", lambda html: written.append(html) or b"%PDF-")
    done = command("report", run, "--lang", "zh", "--out", tmp_path / "r.pdf")
    assert done.code == 0
    assert done.err
    assert '<html lang="en">' in written[0]
