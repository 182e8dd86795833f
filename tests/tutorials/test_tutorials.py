"""Every tutorial runs from top to bottom, and comes to what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

import auditor
from tests.tutorials.running import blocks, run_page

PAGES = Path(__file__).parents[2] / "docs" / "tutorials"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the first tutorial, where others go on, and what it printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, run_page(PAGES / "own-data.md", folder)


@pytest.mark.slow
def test_own_data_confirms_the_two_that_are_planted(begun: tuple[Path, str]) -> None:
    folder, said = begun
    verdicts = auditor.open_run(folder / "runs" / "mine").summary["verdicts"]
    assert {name for name, verdict in verdicts.items() if verdict == "confirmed"} == {
        "bird",
        "fruit",
    }
    assert "24" in said
    rows = (folder / "shortcuts.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 10
    report = (folder / "report.md").read_text(encoding="utf-8")
    headline = report.splitlines()[2]
    assert all(name in headline for name in ("bird", "fruit", "2", "4"))


@pytest.mark.slow
def test_a_gate_stops_what_is_confirmed_and_lets_old_debts_pass(begun: tuple[Path, str]) -> None:
    said = run_page(PAGES / "ci-gate.md", begun[0])
    assert "max_confirmed" in said
    assert "same" in said.lower()


@pytest.mark.slow
def test_a_schedule_leaves_a_run_and_lines_for_any_clock(begun: tuple[Path, str]) -> None:
    said = run_page(PAGES / "team-schedule.md", begun[0])
    (run,) = (begun[0] / "runs").glob("nightly-*")
    assert auditor.open_run(run).manifest["counts"]["audited"] == 96
    assert "CronJob" in said
    assert "OnCalendar" in said


@pytest.mark.slow
def test_without_masks_nothing_that_needs_one_is_claimed(begun: tuple[Path, str]) -> None:
    run_page(PAGES / "without-masks.md", begun[0])
    cases = auditor.open_run(begun[0] / "runs" / "maskless").cases()
    assert cases[["relevance_mass", "saliency_auroc", "object_area"]].isna().all(axis=None)


@pytest.mark.slow
def test_a_thousand_classes_of_which_four_are_audited(begun: tuple[Path, str]) -> None:
    said = run_page(PAGES / "imagenet-style.md", begun[0])
    assert "acoustic guitar" in said
    seen = auditor.open_run(begun[0] / "runs" / "imagenet").classes().query("images > 0")
    assert len(seen) == 4
    assert seen["accuracy"].min() > 0.7


@pytest.mark.slow
def test_the_scanners_marker_is_found_in_dicom_files(tmp_path: Path) -> None:
    pytest.importorskip("pydicom")
    run_page(PAGES / "medical.md", tmp_path)
    table = auditor.open_run(tmp_path / "runs" / "chests").classes().set_index("class")
    assert list(table.index[table["verdict"] == "confirmed"]) == ["nodule"]
    assert table.at["nodule", "cue"] == "corner mark"
    assert (tmp_path / "chests.html").stat().st_size > 10_000


def test_every_page_has_code_that_runs() -> None:
    for page in PAGES.glob("*.md"):
        assert any(block.language in {"sh", "python"} for block in blocks(page)), page.name
