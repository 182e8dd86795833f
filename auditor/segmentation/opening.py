"""Which segmenter a value of `data.auto_mask` names: every form is listed here, once."""

from __future__ import annotations

from auditor.domain.auto_masks import parse_form
from auditor.segmentation.segmenters import Segmenter


def open_segmenter(text: str, device: str) -> Segmenter | None:
    """The segmenter that a text names; None for grabcut, which needs no network.

    Args:
        text: of `data.auto_mask`.
        device: "cpu" or "cuda".

    Raises:
        AuditorError: it cannot be had, with the remedy.
    """
    form = parse_form(text)
    match form.kind:
        case "torchvision":
            from auditor.segmentation.torchvision_networks import TorchvisionSegmenter

            return TorchvisionSegmenter.load(form.name, form.weights, device)
        case "onnx":
            from auditor.segmentation.onnx_networks import OnnxSegmenter

            return OnnxSegmenter.load(form.name, device)
        case "function":
            from auditor.segmentation.functions import FunctionSegmenter

            return FunctionSegmenter.load(form.name)
        case _:
            return None
