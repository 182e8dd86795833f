"""Grey TIFFs of every depth and either sense of zero."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from auditor.imagery.decode import UnreadableImage, decode_image, read_header
from tests.fakes.coded import raises_coded

RAMP = np.linspace(0.0, 1.0, 9)


def lzw(strip: bytes) -> bytes:
    """Codes of 9 bits, the highest first: clear, every byte as it is, end (TIFF 6.0 section 13)."""
    codes = [code for i, byte in enumerate(strip) for code in ([256] * (i % 200 == 0) + [byte])]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def pack_bits(strip: bytes) -> bytes:
    """Literal runs alone (section 9)."""
    runs = (strip[start : start + 128] for start in range(0, len(strip), 128))
    return b"".join(bytes([len(run) - 1]) + run for run in runs)


PACKED = {5: lzw, 32773: pack_bits}


def tiff(
    path: Path,
    bits: int,
    *,
    big: bool = False,
    white_is_zero: bool = False,
    compression: int = 1,
    rows: int = 4,
    orientation: int = 1,
    claimed: tuple[int, int] | None = None,
) -> Path:
    """A ramp from dark to light over nine columns, packed as TIFF 6.0 says, in strips of 3 rows."""
    order = ">" if big else "<"
    values = np.round(RAMP * (2**bits - 1)).astype(np.int64)
    stored = 2**bits - 1 - values if white_is_zero else values
    if bits == 16:
        line = stored.astype(f"{order}u2").tobytes()
    else:
        single = (stored[:, None] >> np.arange(bits - 1, -1, -1)) & 1
        line = np.packbits(single.astype(np.uint8).ravel()).tobytes()
    strips = [line * min(3, rows - start) for start in range(0, rows, 3)]
    if compression != 1:
        strips = [PACKED.get(compression, zlib.compress)(strip) for strip in strips]
    offsets = [8 + sum(map(len, strips[:i])) for i in range(len(strips))]
    at = 8 + sum(map(len, strips))
    spilled = at + 2 + 12 * 10 + 4
    height, width = claimed or (rows, len(RAMP))
    several = len(strips) > 1
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, bits),
        (259, 3, 1, compression),
        (262, 3, 1, 0 if white_is_zero else 1),
        (273, 4, len(strips), spilled if several else offsets[0]),
        (274, 3, 1, orientation),
        (277, 3, 1, 1),
        (278, 4, 1, 3),
        (279, 4, len(strips), spilled + 4 * len(strips) if several else len(strips[0])),
    ]
    head = (b"MM\x00*" if big else b"II*\x00") + struct.pack(f"{order}I", at)
    table = struct.pack(f"{order}H", len(entries))
    for tag, kind, count, value in entries:
        short = struct.pack(f"{order}H", value) + b"\0\0" if kind == 3 else b""
        field = short or struct.pack(f"{order}I", value)
        table += struct.pack(f"{order}HHI", tag, kind, count) + field
    lists = struct.pack(f"{order}{2 * len(strips)}I", *offsets, *map(len, strips))
    path.write_bytes(head + b"".join(strips) + table + b"\0\0\0\0" + lists)
    return path


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 16])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("compression", [1, 8, 5, 32773])
def test_every_depth_runs_from_dark_to_light(
    tmp_path: Path, bits: int, big: bool, white_is_zero: bool, compression: int
) -> None:
    path = tiff(
        tmp_path / "a.tif", bits, big=big, white_is_zero=white_is_zero, compression=compression
    )
    decoded = decode_image(path)
    assert decoded.shape == (4, 9, 3)
    assert np.abs(decoded[..., 0] - np.round(RAMP * 255)).max() <= 1
    header = read_header(path)
    assert (header.height, header.width) == (4, 9)


def test_it_comes_upright(tmp_path: Path) -> None:
    decoded = decode_image(tiff(tmp_path / "a.tif", 10, orientation=6))
    assert decoded.shape == (9, 4, 3)
    assert decoded[-1, 0, 0] == 255


@pytest.mark.parametrize("compression", [7, 50000])
def test_another_compression_is_refused_by_name(tmp_path: Path, compression: int) -> None:
    path = tiff(tmp_path / "a.tif", 10, compression=compression)
    with raises_coded(UnreadableImage, "skip.broken", "10 bits", f"compression {compression}"):
        decode_image(path)


def test_damaged_lzw_is_a_skip(tmp_path: Path) -> None:
    path = tiff(tmp_path / "a.tif", 12, compression=5)
    content = bytearray(path.read_bytes())
    content[8:20] = b"\xff" * 12
    path.write_bytes(bytes(content))
    with pytest.raises(UnreadableImage):
        decode_image(path)


@pytest.mark.parametrize(
    ("claimed", "holds"),
    [((100_000, 100_000), ["100000x100000"]), ((40, 9), ["48 of 480 bytes"])],
)
def test_what_it_claims_is_held_against_what_is_there(
    tmp_path: Path, claimed: tuple[int, int], holds: list[str]
) -> None:
    path = tiff(tmp_path / "a.tif", 10, claimed=claimed)
    with raises_coded(UnreadableImage, "skip.broken", *holds):
        decode_image(path)
