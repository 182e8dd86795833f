"""Salient-object networks as ONNX files, such as U2-Net and IS-Net (extra `onnx`)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.domain.errors import ModelError
from auditor.domain.preprocess import IMAGENET_MEAN, IMAGENET_STD
from auditor.segmentation.segmenters import Mask, Picture

SIDE = 320
"""Where the file leaves the size open: that of U2-Net."""
HALF = 0.5


@dataclass(frozen=True)
class OnnxSegmenter:
    """The first output is a map: of one channel the probability (or logit) of being object, of
    several the scores of classes, the background first.

    Attributes:
        session: of onnxruntime.
        size: height and width of its input.
        identity: of the file.
    """

    session: Any
    size: tuple[int, int]
    identity: str

    @classmethod
    def load(cls, file: str, device: str) -> OnnxSegmenter:
        """Open a file.

        Raises:
            ModelError: onnxruntime is not there, or the file is no network of one picture.
        """
        try:
            import onnxruntime
        except ModuleNotFoundError:
            raise ModelError(
                "ONNX masks need the extra `onnx`.",
                code="extra.onnx",
                expected="the package onnxruntime",
                got="it is not installed",
                remedy="pip install 'shortcut-auditor[onnx]'",
            ) from None
        wanted = ["CUDAExecutionProvider"] if device == "cuda" else []
        usable = [p for p in wanted if p in onnxruntime.get_available_providers()]
        try:
            content = Path(file).read_bytes()
            session = onnxruntime.InferenceSession(
                content, providers=[*usable, "CPUExecutionProvider"]
            )
            shape = session.get_inputs()[0].shape
            if len(shape) != 4 or shape[1] not in (3, "C", None):
                raise ValueError(f"its input is of shape {shape}, not (N, 3, H, W)")
        except Exception as error:  # noqa: BLE001 - onnxruntime has no tree of errors
            raise ModelError(
                "The segmentation network cannot be opened.",
                code="masks.network_unreadable",
                expected="an ONNX file whose input is (N, 3, H, W) and whose first output is a map",
                got=f"{file}: {str(error).splitlines()[0]}",
                remedy="correct data.auto_mask = 'onnx:FILE'",
            ) from None
        height, width = (n if isinstance(n, int) else SIDE for n in shape[2:])
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(session, (height, width), f"onnx:{digest}")

    def masks(self, pictures: Sequence[Picture], labels: Sequence[str]) -> list[Mask | None]:
        """See `Segmenter`; labels are not asked for."""
        del labels
        return [self._mask(picture) for picture in pictures]

    def _mask(self, picture: Picture) -> Mask | None:
        height, width = self.size
        small = Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR)
        values = np.asarray(small, np.float32) / 255
        values = (values - np.array(IMAGENET_MEAN)) / np.array(IMAGENET_STD)
        given = values.transpose(2, 0, 1)[None].astype(np.float32)
        name = self.session.get_inputs()[0].name
        answer = np.asarray(self.session.run(None, {name: given})[0], np.float32)
        chance = _chance(answer.reshape(-1, *answer.shape[-2:]))
        grey = Image.fromarray((chance * 255).astype(np.uint8))
        large = grey.resize((picture.shape[1], picture.shape[0]), Image.Resampling.BILINEAR)
        mask = np.asarray(large) > 255 * HALF
        return mask if mask.any() else None


def _chance(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w) probability of being object, from (channels, h, w)."""
    if len(maps) > 1:
        return np.asarray(maps.argmax(axis=0) > 0, np.float32)
    single = maps[0]
    if single.min() < 0 or single.max() > 1:
        return np.asarray(1 / (1 + np.exp(-np.clip(single, -30, 30))), np.float32)
    return np.asarray(single, np.float32)
