"""Batches in order, the same with any number of workers; every input once."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from auditor.data import chunks
from auditor.data.chunks import Decoder, Loaded
from auditor.data.label_filter import known_samples, label_names
from auditor.data.loader import Loader
from auditor.domain.errors import AuditInterrupted, DataError
from auditor.domain.mask_references import MaskBox, MaskFile
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample, Skip
from tests.data.making import UPRIGHT_TO_RAW, noise, sample, save, save_mask
from tests.fakes.coded import saying, skip_codes

SMALL = Preprocess(resize=12, crop=10)


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """Eleven: a text file, a missing mask and a mask of another size among them."""
    made = []
    for i in range(11):
        path = save(tmp_path / f"{i:02}.png", noise(16 + i, 20, seed=i))
        mask = MaskFile(save_mask(tmp_path / "m" / path.name, noise(16 + i, 20)[..., 0] > 99))
        made.append(sample(path, mask=mask if i % 3 else None))
    made[2].path.write_text("no picture")
    made[4].mask.path.unlink()
    save_mask(made[5].mask.path, np.ones((3, 7), dtype=bool))
    return made


def _load(samples: list[Sample], **options: object) -> list[Loaded]:
    return list(Loader(SMALL, **{"batch_size": 4, **options}).load(samples))


def test_chunks_have_fixed_boundaries_and_every_input_once(samples: list[Sample]) -> None:
    loaded = _load(samples)
    batches = [chunk.batch for chunk in loaded if chunk.batch]
    assert [[s.image for s in batch.samples] for batch in batches] == [
        ["00.png", "01.png", "03.png"],
        ["06.png", "07.png"],
        ["08.png", "09.png", "10.png"],
    ]
    skips = [skip for chunk in loaded for skip in chunk.skips]
    assert skip_codes(skips) == [
        ("02.png", "skip.format"),
        ("04.png", "skip.mask_file"),
        ("05.png", "skip.mask_size"),
    ]
    assert all(size in skips[-1].reason for size in ("7x3", "20x21"))


def test_what_a_batch_holds(samples: list[Sample]) -> None:
    batch = _load(samples)[0].batch
    assert batch is not None
    assert (batch.images.shape, batch.images.dtype) == ((3, 3, 10, 10), torch.uint8)
    assert (batch.masks.shape, batch.masks.dtype) == ((3, 10, 10), torch.bool)
    assert (batch.ignored.shape, batch.ignored.dtype) == ((3, 10, 10), torch.bool)
    assert batch.has_mask.tolist() == [False, True, False]
    assert batch.masks.flatten(1).any(1).tolist() == [False, True, False]
    assert batch.object_cropped.dtype == torch.float32
    assert batch.object_cropped.isnan().tolist() == [True, False, True]
    assert batch.original_sizes.tolist() == [[16, 20], [17, 20], [19, 20]]


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_change_nothing(samples: list[Sample], workers: int) -> None:
    alone, together = _load(samples), _load(samples, workers=workers)
    assert [chunk.skips for chunk in alone] == [chunk.skips for chunk in together]
    for one, other in zip(alone, together, strict=True):
        assert one.batch is not None
        assert other.batch is not None
        assert one.batch.samples == other.batch.samples
        for name, value in vars(one.batch).items():
            if isinstance(value, torch.Tensor):
                assert value.equal(vars(other.batch)[name]) or value.isnan().any(), name


@pytest.mark.parametrize("workers", [0, 1])
def test_the_callers_random_numbers_stay_as_they_are(samples: list[Sample], workers: int) -> None:
    before = torch.get_rng_state()
    _load(samples, workers=workers)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_chunk_of_skips_alone_is_still_a_chunk(tmp_path: Path) -> None:
    loaded = _load([sample(tmp_path / f"{i}.png") for i in range(3)], batch_size=2)
    assert [(chunk.batch, len(chunk.skips)) for chunk in loaded] == [(None, 2), (None, 1)]


def test_no_samples_no_chunks() -> None:
    assert _load([], workers=2) == []


def test_the_work_can_be_handed_to_spawned_processes(samples: list[Sample]) -> None:
    work, chunk = Decoder(SMALL, mask_fit=False), samples[4:8]
    there = pickle.loads(pickle.dumps(work))[chunk]  # noqa: S301
    back = pickle.loads(pickle.dumps(there))  # noqa: S301
    assert back.skips == work[chunk].skips
    assert back.batch.images.equal(work[chunk].batch.images)


@pytest.mark.parametrize("workers", [0, 1])
def test_samples_are_taken_as_they_are_needed(samples: list[Sample], workers: int) -> None:
    taken = 0

    def endless() -> Iterator[Sample]:
        nonlocal taken
        while True:
            taken += 1
            yield samples[0]

    stream = Loader(SMALL, batch_size=4, workers=workers).load(endless())
    assert len(next(stream).batch or ()) == 4
    stream.close()
    assert taken <= 5 * 4


@pytest.mark.parametrize("workers", [0, 1])
def test_sizes_that_differ_are_a_fault_with_the_remedy(tmp_path: Path, workers: int) -> None:
    made = [sample(save(tmp_path / f"{i}.png", noise(10, 12 + i // 2))) for i in range(4)]
    whole = Preprocess(resize=None, crop=None)
    assert len(list(Loader(whole, batch_size=1).load(made[:2]))) == 2
    for size in (4, 2):  # within a chunk, and from one chunk to the next
        with pytest.raises(DataError) as error:
            list(Loader(whole, batch_size=size, workers=workers).load(made))
        assert error.value.code == "data.sizes_differ"
        for told in ("0.png", "12x10", "2.png", "13x10"):
            assert told in error.value.got
        assert "crop = 224" in error.value.remedy


def test_masks_are_fitted_if_asked(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", noise(20, 40))
    mask = MaskFile(save_mask(tmp_path / "m.png", np.ones((10, 20), dtype=bool)))
    assert _load([sample(path, mask=mask)])[0].batch is None
    fitted = _load([sample(path, mask=mask)], mask_fit=True)[0].batch
    assert fitted is not None
    assert bool(fitted.masks.all())


def test_boxes_become_masks(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", noise(12, 12))
    batch = _load([sample(path, mask=MaskBox(0, 0, 6, 12))])[0].batch
    assert batch is not None
    assert batch.masks[0].float().mean(0).tolist() == [1.0] * 5 + [0.0] * 5


def test_a_dead_worker_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(path: Path) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(chunks, "read_picture", die)  # forked workers inherit it
    with pytest.raises(AuditInterrupted) as error:
        _load([sample(tmp_path / "a.png")], workers=1)
    assert error.value.code == "loader.process_died"
    assert "memory" in error.value.remedy


@pytest.mark.parametrize("workers", [0, 1])
def test_a_reader_that_hangs_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    reads = chunks.read_picture

    def hangs(path: Path) -> torch.Tensor:
        if path.name == "2.png":
            time.sleep(600)
        return reads(path)

    monkeypatch.setattr(chunks, "read_picture", hangs)
    made = [sample(save(tmp_path / f"{i}.png", noise(12, 12))) for i in range(4)]
    stream = Loader(SMALL, batch_size=1, workers=workers, patience=3).load(made)
    assert [next(stream).batch is not None for _ in range(2)] == [True, True]
    with pytest.raises(AuditInterrupted) as error:
        next(stream)
    assert error.value.code == "loader.timed_out"
    assert "2.png" in error.value.got
    assert "--resume" in error.value.remedy


def test_what_goes_wrong_in_the_decoding_thread_is_told_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "read_picture", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _load([sample(tmp_path / "a.png")])


def test_labels_that_the_model_does_not_know(tmp_path: Path) -> None:
    cat, cow = sample(tmp_path / "a.png", "cat"), sample(tmp_path / "b.png", "cow")
    early, skips = Skip("c.png", "broken"), []
    labels = label_names(["cat", "cow"], ["cat", "dog"])
    assert list(known_samples([cat, early, cow], labels, skips)) == [cat]
    assert skips[:1] == [early]
    assert skip_codes(skips[1:]) == [("b.png", "skip.label")]
    assert all(told in skips[1].reason for told in ("'cow'", "2", "cat, dog"))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("geometry", [(None, None), (31, None), (40, 33), ((37, 29), 25)])
def test_mask_and_photo_lie_on_each_other_in_every_orientation(
    tmp_path: Path, orientation: int, geometry: tuple[Any, int | None]
) -> None:
    upright = np.zeros((61, 83), dtype=bool)
    upright[7:29, 11:50] = True
    upright[40:55, 60:79] = True
    raw = UPRIGHT_TO_RAW[orientation](upright).astype(np.uint8) * 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = save(tmp_path / "a.png", np.repeat(raw[..., None], 3, axis=2), exif=exif)
    mask = MaskFile(save_mask(tmp_path / "m.png", upright))
    loader = Loader(Preprocess(resize=geometry[0], crop=geometry[1]), batch_size=1)
    batch = next(loader.load([sample(photo, mask=mask)])).batch
    assert batch is not None
    seen = batch.images[0, 0]
    assert bool(batch.masks[0][seen == 255].all())
    assert not bool(batch.masks[0][seen == 0].any())
    assert (seen == 255).sum() > 100
    assert batch.original_sizes.tolist() == [[61, 83]]
    if geometry == (None, None):
        assert torch.equal(batch.masks[0], seen == 255)


def test_a_mask_in_the_frame_of_the_unrotated_file_is_refused(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = save(tmp_path / "a.png", noise(30, 40), exif=exif)
    mask = MaskFile(save_mask(tmp_path / "m.png", np.ones((30, 40), dtype=bool)))
    (skip,) = _load([sample(photo, mask=mask)])[0].skips
    assert saying([skip.reason], "skip.mask_turned", "40x30", "30x40")
    assert "EXIF" in skip.reason
