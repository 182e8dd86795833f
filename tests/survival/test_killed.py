"""A night's work is never lost: whatever ends an audit, `--resume` comes to the same tables."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from tests.survival.conftest import Ask

KILLS = 20
WRITE = "auditor.storage.atomic:replace_file"
"""Through which every file of a run goes."""
STAGES = {
    "merge": "auditor.storage.sorting:_in_order",
    "judging": "auditor.pipeline.verdict_stage:_evaluate_parts",
    "evidence": "auditor.pipeline.run_audit:draw_evidence",
    "report": "auditor.wiring:render_html",
    "end": "auditor.storage.writer:sealed",
}
TABLES = ("cases", "classes", "slices", "trials", "evidence")


@pytest.fixture(scope="module")
def whole(ask: Ask, config: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """An audit that nothing disturbed, and its seconds."""
    path = tmp_path_factory.mktemp("whole") / "run"
    answer = ask("run", config, "--out", path, "--quiet")
    assert answer["code"] == 0, answer["said"]
    return path, answer["seconds"]


def files_of(run: Path) -> dict[str, bytes]:
    """What has to be the same, byte for byte."""
    kept = [*(f"{table}.parquet" for table in TABLES), "summary.json", "skipped.csv"]
    return {name: (run / name).read_bytes() for name in kept}


def resumed_to_the_same(ask: Ask, config: Path, out: Path, whole: Path) -> None:
    """Go on with what a kill left, if it left anything to go on with."""
    if not (out / "manifest.json").exists() or (out / "parts").exists():
        resumed = ask("run", config, "--out", out, "--quiet", "--resume")
        assert resumed["code"] == 0, resumed["said"]
    assert files_of(out) == files_of(whole)
    assert not (out / "parts").exists()


@pytest.mark.slow
@pytest.mark.timeout(1800)  # some forty audits: on a busy machine they take their time
def test_killed_at_twenty_random_times_it_resumes_to_the_same_bytes(
    ask: Ask, config: Path, whole: tuple[Path, float], tmp_path: Path
) -> None:
    path, seconds = whole
    drawn = random.Random(20)
    kept_parts = 0
    for kill in range(KILLS):
        out = tmp_path / f"{kill:02}"
        after = drawn.uniform(0, seconds)
        hit = ask("run", config, "--out", out, "--quiet", signal=int(signal.SIGKILL), after=after)
        assert hit["code"] in (-signal.SIGKILL, 0), hit["said"]
        kept_parts += any(out.glob("parts/*.parquet"))
        resumed_to_the_same(ask, config, out, path)
    # Else nothing was tested: the kills have to hit audits that had something to lose.
    assert kept_parts >= KILLS // 4


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_twenty_writes_and_stages_it_resumes_to_the_same_bytes(
    ask: Ask, config: Path, whole: tuple[Path, float], tmp_path: Path
) -> None:
    """Half of the writes are lost at the last moment, half of them were just done."""
    path, _ = whole
    counted = ask("run", config, "--out", tmp_path / "counted", "--quiet", count=WRITE)
    writes = sorted(random.Random(21).sample(range(1, counted["calls"] + 1), KILLS - len(STAGES)))
    points = [(WRITE, call, call % 2 == 0) for call in writes]
    points += [(place, 1, False) for place in STAGES.values()]
    for number, (place, call, late) in enumerate(points):
        out = tmp_path / f"{number:02}"
        hit = ask("run", config, "--out", out, "--quiet", at=place, call=call, late=late)
        assert hit["code"] == -signal.SIGKILL, (place, call, hit["said"])
        resumed_to_the_same(ask, config, out, path)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_keeps_what_is_done_and_says_how_to_go_on(
    ask: Ask, config: Path, whole: tuple[Path, float], tmp_path: Path, sent: signal.Signals
) -> None:
    path, _ = whole
    out = tmp_path / "run"
    once = str(out / "parts" / "cases-000001.parquet")
    hit = ask("run", config, "--out", out, signal=int(sent), once=once)
    assert hit["code"] == 3, hit["said"]
    assert "--resume" in hit["said"]
    assert "Traceback" not in hit["said"]
    assert not (out / "manifest.json").exists()
    assert ask("run", config, "--out", out, "--quiet", "--resume")["code"] == 0
    assert files_of(out) == files_of(path)


def test_what_was_begun_otherwise_is_not_gone_on_with(
    ask: Ask, config: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    once = str(out / "parts" / "trials-000000.parquet")
    ask("run", config, "--out", out, "--quiet", signal=int(signal.SIGKILL), once=once)
    assert any(out.glob("parts/*.parquet"))
    before = {path: path.read_bytes() for path in out.glob("parts/*.parquet")}
    refused = ask("run", config, "--out", out, "--quiet", "--resume", "--seed", 9)
    assert refused["code"] == 2
    assert "run.other_identity" in refused["said"]
    again = ask("run", config, "--out", out, "--quiet")
    assert again["code"] == 2
    assert "--resume" in again["said"]
    assert {path: path.read_bytes() for path in out.glob("parts/*.parquet")} == before


def test_damaged_parts_are_made_anew(
    ask: Ask, config: Path, whole: tuple[Path, float], tmp_path: Path
) -> None:
    path, _ = whole
    out = tmp_path / "run"
    begun = out / "parts" / "trials-000001.parquet"
    hit = ask("run", config, "--out", out, "--quiet", signal=int(signal.SIGKILL), once=str(begun))
    assert hit["code"] == -signal.SIGKILL, hit["said"]
    drawn = random.Random(3)
    parts = sorted(out.glob("parts/*.parquet"))
    assert {part.name.partition("-")[0] for part in parts} >= {"cases", "skipped", "trials"}
    for part in parts:
        content = bytearray(part.read_bytes())
        content[drawn.randrange(len(content))] ^= 1 << drawn.randrange(8)
        part.write_bytes(content)
    resumed = ask("run", config, "--out", out, "--quiet", "--resume")
    assert resumed["code"] == 0, resumed["said"]
    assert files_of(out) == files_of(path)
