"""Old runs go, but only whole ones that the schedule made and nobody has worked on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.schedule.scheduler_loop import run_now
from auditor.schedule.trends import read_trends
from tests.fakes.runs import make_run
from tests.schedule.conftest import Bench


def audits(bench: Bench, count: int) -> list[str]:
    made = []
    for _ in range(count):
        bench.clock.time += timedelta(hours=1)
        made.append(run_now(bench.worker(), "weekly").run)
    return made


def left(bench: Bench) -> set[str]:
    return {path.name for path in bench.runs.iterdir() if path.is_dir()}


def test_the_newest_stay_and_the_history_remembers_all(bench: Bench) -> None:
    bench.add(keep=2)
    made = audits(bench, 4)
    assert left(bench) == set(made[2:])
    history = bench.store().history("weekly")
    assert [audit.removed is not None for audit in history] == [True, True, False, False]
    (points,) = read_trends(bench.runs, {}).values()
    assert [point.there for point in points] == [False, False, True, True]
    assert all(point.verdicts for point in points)


def test_without_keep_everything_stays(bench: Bench) -> None:
    bench.add()
    made = audits(bench, 3)
    assert left(bench) == set(made)


def test_runs_of_people_and_of_other_schedules_stay(bench: Bench) -> None:
    bench.add(keep=1)
    bench.add("daily", cron="@daily", keep=1)
    other = run_now(bench.worker(), "daily").run
    make_run(bench.runs / "weekly-by-hand", images=False)
    made = audits(bench, 2)
    assert {other, "weekly-by-hand", made[-1]} <= left(bench)
    assert made[0] not in left(bench)


@pytest.mark.parametrize("decision", [ReviewDecision.CONFIRMED, ReviewDecision.WITHDRAWN])
def test_a_run_with_reviews_is_never_deleted(bench: Bench, decision: ReviewDecision) -> None:
    bench.add(keep=1)
    (reviewed,) = audits(bench, 1)
    open_store(bench.runs).append(Review(reviewed, "a-case", "ann", decision))
    made = audits(bench, 2)
    assert left(bench) == {reviewed, made[-1]}
    assert any(f"kept {reviewed}: " in line for line in bench.said)


def test_what_people_put_beside_a_run_stays(bench: Bench) -> None:
    bench.add(keep=1)
    (old,) = audits(bench, 1)
    (bench.runs / old / "notes.txt").write_text("seen by ann")
    audits(bench, 1)
    assert [file.name for file in (bench.runs / old).iterdir()] == ["notes.txt"]


def test_an_unfinished_or_failed_run_is_left_for_resume(bench: Bench) -> None:
    bench.add(keep=1)
    (old,) = audits(bench, 1)
    (bench.runs / old / "manifest.json").unlink()
    made = audits(bench, 2)
    assert left(bench) == {old, made[-1]}


def test_a_link_is_not_followed(bench: Bench) -> None:
    bench.add(keep=1)
    (old,) = audits(bench, 1)
    elsewhere = bench.home / "archive"
    (bench.runs / old).rename(elsewhere)
    (bench.runs / old).symlink_to(elsewhere)
    audits(bench, 1)
    assert (elsewhere / "manifest.json").is_file()
