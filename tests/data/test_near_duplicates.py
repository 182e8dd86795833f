"""Pictures that look alike are found; pictures that do not are left alone."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import imagehash
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from auditor.data.checks.near_duplicates import ALIKE, near_duplicates
from auditor.data.checks.perceptual import perceptual_hashes, picture_signatures
from auditor.data.checks.phash import BITS, SIGNATURE
from tests.data.making import scene


def packed(bits: NDArray[np.generic]) -> bytes:
    return np.packbits(bits.astype(bool).ravel()).tobytes()


def hashed(picture: Image.Image) -> bytes:
    return perceptual_hashes(_view(picture))[0]


def signed(picture: Image.Image) -> bytes:
    return picture_signatures(_view(picture))[0]


def _view(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None]


def recompressed(picture: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def flipped(value: bytes, bits: int, seed: int = 0) -> bytes:
    array = np.unpackbits(np.frombuffer(value, dtype=np.uint8))
    array[np.random.default_rng(seed).choice(BITS, bits, replace=False)] ^= 1
    return packed(array)


def random_hashes(count: int, seed: int = 0) -> list[bytes]:
    generator = np.random.default_rng(seed)
    return [row.tobytes() for row in generator.integers(0, 256, (count, BITS // 8), dtype=np.uint8)]


def test_the_hash_is_the_librarys_in_every_bit() -> None:
    flat = Image.new("RGB", (64, 64), (90, 120, 7))
    small = [*(scene(seed).resize((64, 64)) for seed in range(20)), flat]
    views = torch.from_numpy(np.stack([np.array(each) for each in small])).permute(0, 3, 1, 2)
    theirs = tuple(packed(imagehash.phash(each, hash_size=16).hash) for each in small)
    assert perceptual_hashes(views) == theirs
    assert perceptual_hashes(views.contiguous()) == theirs


def test_the_hash_of_a_view_is_nearly_the_librarys() -> None:
    assert len(hashed(scene(0))) * 8 == BITS
    # A larger one is made small by torchvision and not by PIL: a few bits near zero may turn.
    whole = np.unpackbits(np.frombuffer(hashed(scene(0)), dtype=np.uint8))
    assert (whole != imagehash.phash(scene(0), hash_size=16).hash.ravel()).sum() <= 8


def test_a_batch_is_hashed_as_its_pictures_are() -> None:
    pictures = [scene(seed) for seed in range(3)]
    views = torch.stack([torch.from_numpy(np.array(p)).permute(2, 0, 1) for p in pictures])
    assert perceptual_hashes(views) == tuple(map(hashed, pictures))


@pytest.mark.parametrize(
    "change",
    [
        lambda p: recompressed(p, 50),
        lambda p: p.resize((112, 112)),
        lambda p: ImageEnhance.Brightness(p).enhance(1.15),
        lambda p: p.filter(ImageFilter.GaussianBlur(1.5)),
        lambda p: p.convert("L").convert("RGB"),
        lambda p: p.crop((2, 2, 222, 222)),
    ],
    ids=["recompressed", "halved", "brighter", "blurred", "grey", "cropped"],
)
def test_a_changed_copy_is_found_among_other_pictures(change: object) -> None:
    pictures = [scene(seed) for seed in range(12)]
    pictures.insert(5, change(pictures[2]))  # type: ignore[operator]
    assert near_duplicates([hashed(picture) for picture in pictures]) == [(2, 5)]
    assert near_duplicates([signed(picture) for picture in pictures]) == [(2, 5)]


def test_the_same_picture_twice_and_none_at_all() -> None:
    one, other = random_hashes(2)
    assert near_duplicates([None, one, None, other, one]) == [(1, 4)]
    assert near_duplicates([]) == near_duplicates([None, one]) == []


def test_the_line_is_at_an_eighth_of_the_bits() -> None:
    (one,) = random_hashes(1)
    assert near_duplicates([one, flipped(one, ALIKE)]) == [(0, 1)]
    assert near_duplicates([one, flipped(one, ALIKE + 1)]) == []


def test_a_chain_of_small_steps_does_not_tie_its_ends() -> None:
    (start,) = random_hashes(1)
    bits = np.unpackbits(np.frombuffer(start, dtype=np.uint8))
    chain = []
    for step in range(4):
        moved = bits.copy()
        moved[: 20 * step] ^= 1
        chain.append(packed(moved))
    assert near_duplicates(chain) == [(0, 1), (2, 3)]


def test_pairs_are_found_among_many_and_order_decides_nothing_but_the_numbering() -> None:
    hashes = random_hashes(3000)
    copies = {i: 1500 + i for i in range(0, 1500, 50)}
    for original, copy in copies.items():
        hashes[copy] = flipped(hashes[original], 20, seed=original)
    assert near_duplicates(hashes) == sorted(copies.items())
    turned = near_duplicates(hashes[::-1])
    assert sorted((2999 - b, 2999 - a) for a, b in turned) == sorted(copies.items())


def test_hundreds_of_copies_of_one_picture_are_one_group() -> None:
    (one,) = random_hashes(1)
    hashes = [flipped(one, 8, seed=i) for i in range(300)]
    assert near_duplicates(hashes) == [tuple(range(300))]


BACKGROUNDS = ((255, 255, 255), (128, 128, 128), (0, 0, 0))


def render(background: tuple[int, int, int], generator: np.random.Generator) -> Image.Image:
    """One object of any shape, size and colour about the middle of a plain background."""
    picture = Image.new("RGB", (224, 224), background)
    pen = ImageDraw.Draw(picture)
    colour = tuple(int(value) for value in generator.integers(0, 256, 3))
    x, y = 112 + generator.normal(0, 6, 2)
    across = generator.uniform(40, 70)
    down = across * generator.uniform(0.6, 1)
    box = (x - across, y - down, x + across, y + down)
    match generator.integers(0, 3):
        case 0:
            pen.ellipse(box, fill=colour)
        case 1:
            pen.rectangle(box, fill=colour)
        case _:
            corners, turn = int(generator.integers(3, 9)), generator.uniform(0, 2 * np.pi)
            angles = turn + 2 * np.pi * np.arange(corners) / corners
            pen.polygon([(x + across * np.cos(a), y + across * np.sin(a)) for a in angles], colour)
    return picture


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_independent_renders_on_a_plain_background_are_rarely_called_alike(
    background: tuple[int, int, int],
) -> None:
    generator = np.random.default_rng(0)
    pictures = [render(background, generator) for _ in range(300)]
    by_hash = sum(map(len, near_duplicates([hashed(picture) for picture in pictures])))
    looked_at = sum(map(len, near_duplicates([signed(picture) for picture in pictures])))
    assert by_hash >= 50  # what the second look is for
    assert looked_at <= 12


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize(
    "change",
    [
        lambda p: recompressed(p, 50),
        lambda p: p.resize((112, 112)).resize((224, 224)),
        lambda p: ImageEnhance.Brightness(p).enhance(0.9),
        lambda p: p.filter(ImageFilter.GaussianBlur(1.0)),
        lambda p: p.convert("L").convert("RGB"),
    ],
    ids=["recompressed", "halved", "darker", "blurred", "grey"],
)
def test_copies_on_a_plain_background_are_found(
    background: tuple[int, int, int], change: Callable[[Image.Image], Image.Image]
) -> None:
    generator = np.random.default_rng(1)
    pictures = [render(background, generator) for _ in range(40)]
    found = 0
    for picture in pictures:
        found += near_duplicates([signed(picture), signed(change(picture))]) == [(0, 1)]
    assert found >= 34


def test_a_signature_begins_with_the_hash() -> None:
    value = signed(scene(0))
    assert len(value) == SIGNATURE
    assert value[: BITS // 8] == hashed(scene(0))
