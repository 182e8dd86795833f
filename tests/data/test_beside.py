"""Masks that lie beside their images, and masks with names of their own in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.data.masks.naming import pair_masks
from auditor.data.masks.reading import read_mask
from auditor.data.sources.opening import open_source
from auditor.domain.mask_references import MaskFile, MaskUnion, mask_files
from auditor.domain.messages import codes_of
from auditor.domain.samples import Sample, Skip
from tests.data.making import noise, save
from tests.fakes.coded import saying

LEFT = np.array([[1, 0, 0, 0]] * 3, dtype=np.uint8) * 255
RIGHT = LEFT[:, ::-1].copy()


def _images(root: Path, *names: str) -> None:
    for name in names:
        save(root / name, noise(3, 4))


def _samples(root: Path, **options: object) -> dict[str, Sample]:
    records = open_source(root, **options).items()
    return {r.image: r for r in records if isinstance(r, Sample)}


def _drawn(sample: Sample) -> list[int]:
    assert sample.mask is not None
    return read_mask(sample.mask, (3, 4))[0][0].astype(int).tolist()


@pytest.mark.parametrize(
    "mask", ["a_mask.png", "a_Mask.PNG", "a_segmentation.png", "a_mask_1.png", "a_mask_left.png"]
)
def test_a_mask_beside_its_image_is_no_image(tmp_path: Path, mask: str) -> None:
    _images(tmp_path, "cat/a.jpg", "cat/b.jpg", "dog/c.jpg")
    save(tmp_path / "cat" / mask, LEFT)
    found = _samples(tmp_path)
    assert found.keys() == {"cat/a.jpg", "cat/b.jpg", "dog/c.jpg"}
    assert _drawn(found["cat/a.jpg"]) == [1, 0, 0, 0]
    assert found["cat/b.jpg"].mask is None
    assert saying(open_source(tmp_path).warnings, "data.masks_by_name", "1")


@pytest.mark.parametrize(
    "names",
    [
        ("a_mask.png", "a_mask_1.png"),
        ("a_left_mask.png", "a_right_mask.png"),
        ("a_mask_left.png", "a_mask_right.png"),
        ("a_mask1.png", "a_mask2.png"),
    ],
)
def test_several_masks_of_an_image_are_united(tmp_path: Path, names: tuple[str, str]) -> None:
    _images(tmp_path, "cat/a.png", "dog/c.png")
    save(tmp_path / "cat" / names[0], LEFT)
    save(tmp_path / "cat" / names[1], RIGHT)
    found = _samples(tmp_path)
    assert found.keys() == {"cat/a.png", "dog/c.png"}
    assert isinstance(found["cat/a.png"].mask, MaskUnion)
    assert _drawn(found["cat/a.png"]) == [1, 0, 0, 1]


def test_a_suffix_of_ones_own(tmp_path: Path) -> None:
    _images(tmp_path, "cat/a.png", "dog/c.png")
    save(tmp_path / "cat" / "a-lesion.png", LEFT)
    assert "cat/a-lesion.png" in _samples(tmp_path)
    found = _samples(tmp_path, mask_suffix="-lesion")
    assert found.keys() == {"cat/a.png", "dog/c.png"}
    assert _drawn(found["cat/a.png"]) == [1, 0, 0, 0]


def test_folders_of_images_and_masks_in_a_class(tmp_path: Path) -> None:
    _images(tmp_path, "covid/images/1.png", "normal/images/1.png")
    save(tmp_path / "covid" / "masks" / "1.png", LEFT)
    save(tmp_path / "normal" / "masks" / "1.png", RIGHT)
    found = _samples(tmp_path)
    assert found.keys() == {"covid/images/1.png", "normal/images/1.png"}
    assert _drawn(found["normal/images/1.png"]) == [0, 0, 0, 1]


def test_a_mask_without_its_image_is_a_skip_where_others_have_theirs(tmp_path: Path) -> None:
    _images(tmp_path, "cat/a.png", "dog/c.png")
    save(tmp_path / "cat" / "a_mask.png", LEFT)
    save(tmp_path / "dog" / "gone_mask.png", LEFT)
    (skip,) = [r for r in open_source(tmp_path).items() if isinstance(r, Skip)]
    assert skip.image == "dog/gone_mask.png"
    assert saying([skip.reason], "skip.orphan_mask")


def test_photographs_of_people_with_masks_are_images(tmp_path: Path) -> None:
    names = {f"with_mask/with_mask_{i}.png" for i in range(3)} | {"without_mask/a_mask.png"}
    _images(tmp_path, *names)
    assert _samples(tmp_path).keys() == names


def test_values_of_a_trimap(tmp_path: Path) -> None:
    _images(tmp_path, "cat/a.png", "dog/c.png")
    save(tmp_path / "cat" / "a_mask.png", np.array([[1, 2, 3, 2]] * 3, dtype=np.uint8))
    assert _drawn(_samples(tmp_path)["cat/a.png"]) == [1, 1, 1, 1]
    assert _drawn(_samples(tmp_path, mask_values=[1])["cat/a.png"]) == [1, 0, 0, 0]


@pytest.mark.parametrize(
    "masks",
    [
        ("cat/a_mask.png",),
        ("cat/a_segmentation.png",),
        ("left/cat/a.png", "right/cat/a.png"),
        ("leftMask/cat/a.png", "rightMask/cat/a.png"),
        ("cat/a_left.png", "cat/a_right.png"),
        ("cat/a_mask_0.png", "cat/a_mask_1.png"),
    ],
)
def test_a_folder_of_masks_with_names_of_their_own(tmp_path: Path, masks: tuple[str, ...]) -> None:
    _images(tmp_path / "data", "cat/a.jpg", "dog/c.jpg")
    for name, pixels in zip(masks, (LEFT, RIGHT), strict=False):
        save(tmp_path / "m" / name, pixels)
    found = _samples(tmp_path / "data", masks=tmp_path / "m")
    assert _drawn(found["cat/a.jpg"]) == [1, 0, 0, len(masks) - 1]
    assert len(mask_files(found["cat/a.jpg"].mask)) == len(masks)


def test_the_mask_of_the_images_own_name_comes_first(tmp_path: Path) -> None:
    _images(tmp_path / "data", "cat/a.jpg", "dog/c.jpg")
    save(tmp_path / "m" / "cat" / "a.png", LEFT)
    save(tmp_path / "m" / "cat" / "a_mask.png", RIGHT)
    found = _samples(tmp_path / "data", masks=tmp_path / "m", mask_values=[255])
    assert found["cat/a.jpg"].mask == MaskFile(tmp_path / "m/cat/a.png", object_values=(255,))


def test_pairs_by_name() -> None:
    names = ["a.jpg", "a_mask.png", "a_mask_b.png", "b_mask.png", "c_mask.jpg", "c_mask_mask.png"]
    pairs = pair_masks(names, "_mask")
    assert pairs.images == ("a.jpg", "a_mask_b.png", "b_mask.png", "c_mask.jpg")
    assert pairs.masks == {"a.jpg": ("a_mask.png",), "c_mask.jpg": ("c_mask_mask.png",)}
    assert pairs.orphans == ("b_mask.png", "c_mask.jpg")


def test_namesakes_are_told(tmp_path: Path) -> None:
    _images(tmp_path, "cat/a.jpg", "cat/a.png", "dog/a.png")
    assert len(_samples(tmp_path)) == 3
    (said,) = open_source(tmp_path).warnings
    assert codes_of([said]) == ["data.namesakes"]
