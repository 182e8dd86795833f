"""Samples come back from the disk as they were."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.data import sample_store
from auditor.data.sample_store import SampleStore
from auditor.domain.mask_references import (
    MaskAuto,
    MaskBox,
    MaskFile,
    MaskPolygons,
    MaskReference,
    MaskRle,
    MaskUnion,
    decode_mask_reference,
    encode_mask_reference,
)
from auditor.domain.samples import Sample

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.floats(0, 1e4, allow_nan=False)
ODD_NAME = os.fsdecode(b"caf\xe9.png")
PATHS = st.sampled_from([Path("a/b.png"), Path(ODD_NAME), Path("/x y/ü.png")])
SIDES = st.tuples(st.integers(1, 9), st.integers(1, 9))
VALUES = st.none() | st.lists(st.integers(0, 2**24), max_size=3).map(tuple)
ONE_MASK = st.one_of(
    st.builds(
        MaskFile,
        PATHS,
        ignore_value=st.none() | st.just(255),
        object_values=VALUES,
        object_colours=VALUES,
    ),
    st.builds(MaskBox, NUMBERS, NUMBERS, NUMBERS, NUMBERS, relative=st.booleans()),
    st.builds(MaskRle, SIDES, st.tuples(TEXT, TEXT)),
    st.builds(MaskPolygons.of, st.lists(st.lists(NUMBERS, max_size=8)), st.none() | SIDES),
    st.builds(MaskAuto, TEXT),
)
ANY_MASK = st.recursive(
    ONE_MASK, lambda parts: st.builds(MaskUnion, st.lists(parts, min_size=1, max_size=3).map(tuple))
)
MASKS = st.none() | ANY_MASK
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


@settings(max_examples=300, deadline=None)
@given(mask=ANY_MASK)
def test_every_member_of_the_union_comes_back(mask: MaskReference) -> None:
    assert decode_mask_reference(encode_mask_reference(mask)) == mask


def test_every_member_is_drawn_by_the_round_trip() -> None:
    drawn = {MaskAuto, MaskBox, MaskFile, MaskPolygons, MaskRle, MaskUnion}
    assert set(get_args(MaskReference)) == drawn


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
