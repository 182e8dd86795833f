"""Pictures that look alike are found; pictures that do not are left alone."""

from __future__ import annotations

from io import BytesIO

import imagehash
import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageFilter

from auditor.data.near_duplicates import ALIKE, near_duplicates
from auditor.data.perceptual import BITS, packed, perceptual_hashes


def scene(seed: int) -> Image.Image:
    """A picture with detail on all scales, as photographs have."""
    generator = np.random.default_rng(seed)
    layers = [
        np.asarray(
            Image.fromarray(generator.integers(0, 256, (n, n, 3), dtype=np.uint8)).resize(
                (224, 224), Image.Resampling.BICUBIC
            ),
            dtype=np.float32,
        )
        for n in (3, 12, 48)
    ]
    return Image.fromarray(np.average(layers, axis=0, weights=(4, 2, 1)).astype(np.uint8))


def hashed(picture: Image.Image) -> bytes:
    return perceptual_hashes(torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None])[0]


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


def test_the_hash_is_the_librarys() -> None:
    small = scene(0).resize((64, 64))
    assert hashed(small) == packed(imagehash.phash(small, hash_size=16).hash)
    assert len(hashed(small)) * 8 == BITS
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
