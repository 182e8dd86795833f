"""Parts are written beside the making of the next, in order, and a disk that refuses ends it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from auditor.pipeline.background_writer import keep


def test_every_part_is_written_in_order_while_the_next_is_made() -> None:
    written: list[tuple[int, str]] = []
    second_is_made = threading.Event()

    def parts() -> Iterator[tuple[int, str]]:
        yield 0, "a"
        second_is_made.set()
        yield 1, "b"

    def write(index: int, part: str) -> None:
        assert second_is_made.wait(30), "the next part waits for the disk"
        written.append((index, part))

    keep(parts(), write)
    assert written == [(0, "a"), (1, "b")]


def test_a_disk_that_refuses_is_told_before_much_more_is_made() -> None:
    made: list[int] = []

    def parts() -> Iterator[tuple[int, None]]:
        for index in range(10):
            made.append(index)
            yield index, None

    def write(_index: int, _part: None) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        keep(parts(), write)
    assert len(made) <= 2


def test_what_was_handed_over_is_written_when_the_making_stops() -> None:
    written: list[int] = []

    def parts() -> Iterator[tuple[int, None]]:
        yield 0, None
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(parts(), lambda index, _part: written.append(index))
    assert written == [0]
