"""The forms of `data.auto_mask`: who makes a mask where none was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from auditor.domain.errors import DataError

FORMS: Final = ("grabcut", "torchvision:NAME[:WEIGHTS]", "onnx:FILE", "module:function")
TRUSTED_IOU: Final = 0.7
"""Automatic masks whose median overlap with drawn ones is below this confirm nothing."""


@dataclass(frozen=True, slots=True)
class Form:
    """A parsed `data.auto_mask`.

    Attributes:
        kind: grabcut, torchvision, onnx or function.
        name: of the network, the file, or "module:function".
        weights: file of a torchvision network's weights, or None.
    """

    kind: str
    name: str = ""
    weights: str | None = None

    @property
    def file(self) -> str | None:
        """The network's file that is named; None where none is."""
        return self.name if self.kind == "onnx" else self.weights


def check_form(text: str | None, option: str = "--auto-mask") -> None:
    """Refuse what is none of the forms; None asks for no masks.

    Raises:
        DataError: it is none of them.
    """
    if text is None:
        return
    try:
        parse_form(text)
    except ValueError as error:
        raise DataError(
            "Nobody makes masks by that name.",
            code="data.unknown_auto_mask",
            expected=str(error).removeprefix("expected "),
            got=f"{option} {text}",
            remedy="name one of these forms",
        ) from None


def parse_form(text: str) -> Form:
    """What a text asks for.

    Raises:
        ValueError: it is none of the forms.
    """
    kind, _, rest = text.partition(":")
    if text == "grabcut":
        return Form("grabcut")
    if kind == "torchvision" and rest:
        name, _, weights = rest.partition(":")
        return Form("torchvision", name, weights or None)
    if kind == "onnx" and rest:
        return Form("onnx", rest)
    if kind and rest and all(part.isidentifier() for part in [*kind.split("."), rest]):
        return Form("function", text)
    raise ValueError(f"expected {', '.join(FORMS)}")
