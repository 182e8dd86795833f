"""A perceptually even colour map that colour-blind eyes read too: lightness alone carries it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

INFERNO_ANCHORS: Final = (
    "#000004",
    "#1b0c41",
    "#4a0c6b",
    "#781c6d",
    "#a52c60",
    "#cf4446",
    "#ed6925",
    "#fb9b06",
    "#f7d13d",
    "#fcffa4",
)
"""Inferno at ten even steps (Smith and van der Walt 2015, CC0)."""


def inferno(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Colours of values in 0..1, linear between the anchors.

    Args:
        values: any shape; clipped to 0..1, NaN counts as 0.

    Returns:
        uint8 RGB, one axis more.
    """
    anchors = np.array([_rgb(colour) for colour in INFERNO_ANCHORS])
    steps = np.linspace(0.0, 1.0, len(anchors))
    clean = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0)
    channels = [np.interp(clean, steps, anchors[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


BLUE, RED, UNKNOWN = (33, 102, 172), (178, 24, 43), (150, 150, 150)
"""Ends of ColorBrewer's RdBu, which colour-blind eyes tell apart, and what is not known."""


def signed_colours(z: NDArray[np.floating], *, full: float = 8.0) -> NDArray[np.uint8]:
    """Blue below, white at 0, red above; grey for NaN.

    Args:
        z: any shape.
        full: absolute value at which a colour is full.

    Returns:
        uint8 RGB, one axis more.
    """
    clean = np.clip(np.nan_to_num(z, nan=0.0) / full, -1.0, 1.0)[..., None]
    ends = np.where(clean > 0, np.array(RED), np.array(BLUE))
    mixed = 255.0 + np.abs(clean) * (ends - 255.0)
    coloured = np.where(np.isnan(z)[..., None], np.array(UNKNOWN), mixed)
    return np.asarray(coloured.round(), np.uint8)
