"""Reviews: appended, never lost, never doubled."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditor.database import DATABASE_FILE, DATABASE_VARIABLE
from auditor.domain.errors import AuditorError
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import ReviewStore, open_store

WRITER = """
import sys
from pathlib import Path
from auditor.reviews.events import ReviewDecision, Review
from auditor.reviews.store import open_store

store = open_store(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{number}"
    store.append(Review("demo", name, sys.argv[2], ReviewDecision.CONFIRMED, token=name))
"""


@pytest.fixture
def store(runs: Path) -> Iterator[ReviewStore]:
    store = open_store(runs)
    yield store
    store.close()


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReviewStore:
    """The SQLite that nobody had to ask for."""
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    return open_store(tmp_path)


def review(case: str, decision: ReviewDecision, **more: object) -> Review:
    return Review("demo", case, "ann", decision, **more)  # type: ignore[arg-type]


def test_events_come_back_as_they_were_saved(store: ReviewStore) -> None:
    berlin = timezone(timedelta(hours=2))
    moment = datetime(2026, 3, 14, 11, 26, 53, 5, tzinfo=berlin)
    saved = review("a", ReviewDecision.UNSURE, note="seen; 日本 '\"", time=moment)
    assert store.append(saved) == 1
    (found,) = store.events("demo")
    assert found == saved
    assert found.time.utcoffset() == timedelta(0)


def test_the_same_token_twice_is_saved_once(store: ReviewStore) -> None:
    first = review("a", ReviewDecision.CONFIRMED)
    assert store.append(first, review("b", ReviewDecision.DISMISSED)) == 2
    assert store.append(first, review("c", ReviewDecision.UNSURE)) == 1
    assert store.append(first, first) == 0
    assert [event.case_id for event in store.events("demo")] == ["a", "b", "c"]


def test_the_latest_event_stands_and_a_withdrawn_one_leaves_nothing(store: ReviewStore) -> None:
    store.append(
        review("a", ReviewDecision.CONFIRMED),
        review("b", ReviewDecision.CONFIRMED),
        review("a", ReviewDecision.DISMISSED),
        review("b", ReviewDecision.WITHDRAWN),
        Review("another run", "a", "ann", ReviewDecision.UNSURE),
    )
    assert {case: r.decision for case, r in store.ledger("demo").latest().items()} == {
        "a": ReviewDecision.DISMISSED
    }
    assert [event.decision for event in store.events("demo", "a")] == ["confirmed", "dismissed"]


def test_all_of_a_batch_or_none(store: ReviewStore) -> None:
    whole = review("a", ReviewDecision.CONFIRMED)
    broken = Review("demo", None, "ann", ReviewDecision.CONFIRMED)  # type: ignore[arg-type]
    with pytest.raises(AuditorError) as caught:
        store.append(whole, broken)
    assert caught.value.code == "database.unusable"
    assert store.events("demo") == []


def test_it_lies_beside_the_runs_in_wal_mode(beside: ReviewStore, tmp_path: Path) -> None:
    beside.append(review("a", ReviewDecision.CONFIRMED))
    with sqlite3.connect(tmp_path / DATABASE_FILE) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert plain.execute("SELECT case_id, decision FROM reviews").fetchall() == [
            ("a", "confirmed")
        ]


def test_the_variable_names_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "team.sqlite3"
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{elsewhere}")
    open_store(tmp_path / "runs").append(review("a", ReviewDecision.CONFIRMED))
    assert elsewhere.is_file()
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "url",
    ["nonsense", "unknown+driver://host/db", "sqlite:////does/not/exist/db.sqlite3"],
)
def test_an_unusable_database_is_explained(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    with pytest.raises(AuditorError) as caught:
        open_store(tmp_path)
    assert DATABASE_VARIABLE in caught.value.remedy


def test_a_password_never_reaches_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, "unknown+driver://ann:s3cret@host/db")
    with pytest.raises(AuditorError) as caught:
        open_store(tmp_path)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres:/ann:s3cret@host/db",
        "postgresql//ann:s3cret@host/db",
        "postgresql://ann:p@s3cret@host/db",
        "postgresql://ann:p/s3cret@host/db",
        "postgresql://ann:p#s3cret@host:x/db",
        "postgresql://ann:s3cret@127.0.0.1:1/db",
        "postgresql://ann:s3cret@127.0.0.1:54x2/db",
        "postgresql://127.0.0.1:1/db?user=ann&password=s3cret",
        "postgresql://127.0.0.1:1/db?nonsense=1&sslpassword=s3cret",
        "postgresql://127.0.0.1:1/db?user=ann&pasword=s3cret",
        "postgresql://127.0.0.1:1/db?pwd=s3cret&pwd=s3cret2",
        "host=127.0.0.1 password=s3cret",
        "ann:s3cret@host",
        "s3cret",
    ],
)
def test_no_part_of_a_mistyped_password_reaches_a_message(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    with pytest.raises(AuditorError) as caught:
        open_store(tmp_path)
    told = "".join(traceback.format_exception(caught.value))  # as --debug prints it
    assert "s3cret" not in told
    assert DATABASE_VARIABLE in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize(("mask", "mode"), [(0o027, 0o600), (0o022, 0o644)])
def test_where_others_are_shut_out_the_database_is_its_owner_s(
    tmp_path: Path, mask: int, mode: int
) -> None:
    before = os.umask(mask)
    try:
        store = open_store(tmp_path)
        files = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert set(files.values()) == {mode}, files


def test_a_newer_database_is_refused(beside: ReviewStore, tmp_path: Path) -> None:
    beside.close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / DATABASE_FILE}")
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO schema_version VALUES (99)"))
    with pytest.raises(AuditorError) as caught:
        open_store(tmp_path)
    assert caught.value.code == "database.newer"


def test_eight_reviewers_at_once_lose_and_double_nothing(runs: Path) -> None:
    """Four processes and four threads, a hundred decisions each, and every save sent again."""
    each = 100
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(runs), f"p{number}", str(each)])
        for number in range(4)
    ]
    store = open_store(runs)

    def write(name: str) -> None:
        for number in range(each):
            token = f"{name}-{number}"
            saved = Review("demo", token, name, ReviewDecision.CONFIRMED, token=token)
            store.append(saved)
            store.append(saved)

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(timeout=300) for process in processes] == [0] * 4
    tokens = [event.token for event in store.events("demo")]
    store.close()
    assert len(tokens) == len(set(tokens)) == 8 * each


def test_times_are_aware_by_default() -> None:
    assert review("a", ReviewDecision.CONFIRMED).time.tzinfo is UTC
