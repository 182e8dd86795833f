"""Label Studio's brush strokes: a run-length code of RGBA pixels (thi.ng/rle-pack).

Bits, highest first: 32 of the number of values, 5 of a value's width less one, four times 4 of a
run's possible widths less one; then runs: 1 and one value (or 0 and every value), 2 bits which
width, the length less one, 8 bits a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTHS: Final = (3, 4, 8, 16)
"""Bits of a run's length, as Label Studio's own converter chooses them."""
CHANNELS: Final = 4


def decode_brush(packed: bytes, size: tuple[int, int]) -> NDArray[np.bool_]:
    """A brush stroke's mask from Label Studio's run-length code (thi.ng/rle-pack of RGBA).

    Args:
        packed: as the export has it.
        size: height and width that the annotation claims and its image has.

    Returns:
        (height, width) bool, where alpha is above half.

    Raises:
        ValueError: the code does not hold four channels of that size.
    """
    height, width = size
    bits = _Bits(packed)
    total, word = bits.read(32), bits.read(5) + 1
    sizes = [bits.read(4) + 1 for _ in range(4)]
    if total != height * width * 4:
        raise ValueError(f"{total} values instead of {height * width * 4}")
    values = np.zeros(total, dtype=np.uint8)
    at = 0
    while at < total:
        same = bits.read(1)
        stop = min(total, at + 1 + bits.read(sizes[bits.read(2)]))
        if same:
            values[at:stop] = bits.read(word) & 0xFF
        else:
            values[at:stop] = [bits.read(word) & 0xFF for _ in range(at, stop)]
        at = stop
    return np.asarray(values.reshape(height, width, 4)[..., 3] > 127)


def encode_brush(mask: NDArray[np.bool_]) -> bytes:
    """The inverse of `decode_brush`: opaque white where the (H, W) mask is set, else nothing."""
    flat = mask.ravel()
    head = f"{flat.size * CHANNELS:032b}{7:05b}" + "".join(f"{w - 1:04b}" for w in WIDTHS)
    ends = np.append(np.flatnonzero(flat[1:] != flat[:-1]) + 1, flat.size)
    starts = np.concatenate(([0], ends[:-1]))
    code = [head]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end > start:
            code += _run((end - start) * CHANNELS, 255 if flat[start] else 0)
    bits = "".join(code)
    padded = bits + "0" * (-len(bits) % 8)
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


def _run(length: int, value: int) -> Iterator[str]:
    """Bits of a run, in pieces that the longest width holds."""
    while length:
        piece = min(length, 1 << WIDTHS[-1])
        which = next(i for i, width in enumerate(WIDTHS) if piece <= 1 << width)
        yield f"1{which:02b}{piece - 1:0{WIDTHS[which]}b}{value:08b}"
        length -= piece


class _Bits:
    """Numbers of any width from bytes, highest bit first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def read(self, width: int) -> int:
        end = self._at + width
        if end > len(self._data) * 8:
            raise ValueError("the run-length code ends too early")
        first, last = self._at // 8, (end + 7) // 8
        value = int.from_bytes(self._data[first:last], "big") >> (last * 8 - end)
        self._at = end
        return value & ((1 << width) - 1)
