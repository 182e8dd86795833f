"""Samples come back from the disk as they were."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.data import sample_store
from auditor.data.sample_store import SampleStore
from auditor.domain.samples import MaskBox, MaskFile, MaskRle, Sample

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.floats(0, 1e4, allow_nan=False)
ODD_NAME = os.fsdecode(b"caf\xe9.png")
PATHS = st.sampled_from([Path("a/b.png"), Path(ODD_NAME), Path("/x y/ü.png")])
MASKS = st.one_of(
    st.none(),
    st.builds(MaskFile, PATHS, ignore_value=st.none() | st.just(255), object_value=st.none()),
    st.builds(MaskBox, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    st.builds(MaskRle, st.tuples(st.integers(1, 9), st.integers(1, 9)), st.tuples(TEXT, TEXT)),
)
SAMPLES = st.lists(
    st.builds(
        Sample,
        case_id=TEXT,
        image=TEXT,
        label=TEXT,
        path=PATHS,
        mask=MASKS,
        split=st.none() | TEXT,
        duplicate_group=st.none() | TEXT,
        slices=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    ),
    max_size=11,
)


@settings(max_examples=60, deadline=None)
@given(samples=SAMPLES, start=st.integers(-12, 12), step=st.integers(1, 4))
def test_they_come_back_as_they_were(samples: list[Sample], start: int, step: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sample_store, "BATCH", 4)
        store = SampleStore(iter(samples))
        assert len(store) == len(samples)
        assert list(store) == samples
        assert store[start::step] == samples[start::step]
        assert [store[i] for i in range(len(samples))] == samples


def test_out_of_range() -> None:
    with pytest.raises(IndexError):
        SampleStore([])[0]


def test_another_thread_may_read_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_store, "BATCH", 4)
    samples = [Sample(f"{i}", f"{i}", "cat", Path(f"{i}")) for i in range(400)]
    store = SampleStore(samples)
    found: list[list[Sample]] = []
    readers = [threading.Thread(target=lambda: found.append(list(store))) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [samples] * 4
