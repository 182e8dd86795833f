"""Automatic masks: a guess, always the same, marked, and held against drawn ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import auditor
from auditor.data.masks import grabcut as module
from auditor.data.masks.automatic import with_auto_masks
from auditor.data.masks.grabcut import grabcut
from auditor.domain.errors import ConfigError
from auditor.domain.mask_references import MaskAuto, MaskBox, MaskFile
from auditor.domain.messages import Message, codes_of
from auditor.domain.samples import Sample
from tests.data.making import noise, sample, save, save_mask
from tests.fakes.coded import raises_coded, warning_codes
from tests.fakes.planted import config_of, write_dataset


def scene(height: int = 120, width: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """A red disc on a noisy blue ground, and where it is."""
    rows, columns = np.mgrid[:height, :width]
    disc = (rows - height * 0.45) ** 2 + (columns - width * 0.55) ** 2 < (height * 0.27) ** 2
    pixels = np.where(disc[..., None], (200, 40, 30), (40, 70, 160))
    noisy = pixels + np.random.default_rng(0).normal(0, 12, pixels.shape)
    return noisy.clip(0, 255).astype(np.uint8), disc


def iou(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("size", [(120, 160), (480, 640), (64, 48)])
def test_what_stands_out_is_found_at_any_size(size: tuple[int, int]) -> None:
    image, disc = scene(*size)
    found = grabcut(image)
    assert (found.shape, found.dtype) == (disc.shape, np.bool_)
    assert iou(found, disc) > 0.9


def test_the_same_image_gives_the_same_mask() -> None:
    image = noise(60, 80)
    first = grabcut(image)
    grabcut(scene()[0])
    assert np.array_equal(grabcut(image), first)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 500), (3, 3), (4, 900)])
def test_an_image_too_small_to_say_has_no_object_or_some(size: tuple[int, int]) -> None:
    assert grabcut(noise(*size)).shape == size


def test_nothing_stands_out_of_one_colour() -> None:
    assert not grabcut(np.full((40, 40, 3), 90, dtype=np.uint8)).all()


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """Two drawn masks, one of them of the wrong half; a box; two without; one unreadable."""
    image, disc = scene()
    made = [sample(save(tmp_path / f"{i}.png", image), "cat" if i < 3 else "dog") for i in range(5)]
    made[0] = replace(made[0], mask=MaskFile(save_mask(tmp_path / "m0.png", disc)))
    made[1] = replace(made[1], mask=MaskFile(save_mask(tmp_path / "m1.png", ~disc)))
    made[3] = replace(made[3], mask=MaskBox(10, 10, 20, 20))
    broken = sample(tmp_path / "broken.png", "cow")
    return [*made, replace(broken, mask=MaskFile(tmp_path / "m0.png"))]


def test_only_what_has_no_mask_gets_one(samples: list[Sample]) -> None:
    marked, found = with_auto_masks(samples, "grabcut")
    assert [isinstance(each.mask, MaskAuto) for each in marked] == [
        *(False, False, True, False, True, False)
    ]
    assert (found.images, found.drawn, found.mixed) == (2, 2, ("cat", "dog"))
    assert found.iou is not None
    low, middle, high = found.iou
    assert low < 0.1
    assert 0.4 < middle < 0.6
    assert high > 0.85
    told = list(found.warnings())
    assert codes_of(told) == ["data.auto_masks", "data.grabcut", "data.mixed_masks"]
    (first, _, last) = (each.values for each in told if isinstance(each, Message))
    assert (first["n"], first["method"]) == (2, "grabcut")
    assert codes_of([first["how"]]) == ["data.auto_overlap"]
    assert "cat, dog" in told[2]
    assert last


def test_without_a_drawn_mask_nothing_is_known_of_them(samples: list[Sample]) -> None:
    found = with_auto_masks([samples[2]], "grabcut")[1]
    assert found.iou is None
    assert "unknown" in next(found.warnings())


def test_an_audit_marks_every_row_and_says_how_good_they_are(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=6)
    for path in (tmp_path / "masks").glob("*/00[0-2].png"):
        path.unlink()
    run = auditor.audit(
        config_of(
            tmp_path,
            data={"auto_mask": "grabcut"},
            interventions={"enabled": False},
        )
    )
    cases = run.cases()
    automatic = cases["image"].str.contains("/00[0-2]")
    assert set(cases.loc[automatic, "mask_source"]) == {"auto"}
    assert set(cases.loc[~automatic, "mask_source"]) == {"file"}
    assert cases.loc[automatic, "mask"].notna().all()
    assert run.manifest["auto_masks"]["images"] == 12
    assert run.manifest["auto_masks"]["drawn"] == 12
    assert "data.auto_masks" in warning_codes(run.manifest)


def test_without_opencv_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    write_dataset(tmp_path, per_class=1)
    with raises_coded(ConfigError, "config.faults", "data.auto_mask", "[automask]"):
        auditor.audit(config_of(tmp_path, data={"auto_mask": "grabcut"}))
    assert not (tmp_path / "run").exists()
