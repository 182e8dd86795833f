"""Label Studio's brush strokes as pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
