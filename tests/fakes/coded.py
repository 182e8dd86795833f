"""Expected errors by type, code, and the names and numbers that they have to hold; not by words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from auditor.domain.errors import AuditorError
from auditor.domain.messages import Message, codes_of, error_text
from auditor.domain.samples import Skip


def code_of(error: BaseException) -> str:
    """The code of an error, or of the message that it was raised with; "" without one."""
    if isinstance(error, AuditorError):
        return error.code
    text = error_text(error) if isinstance(error, Exception) else ""
    return text.code if isinstance(text, Message) else ""


def skip_codes(skips: Iterable[Skip]) -> list[tuple[str, str]]:
    """(image, code of the reason) of what was skipped."""
    return [(skip.image, *codes_of([skip.reason])) for skip in skips]


def warning_codes(manifest: Mapping[str, Any]) -> list[str]:
    """The codes of a manifest's warnings in their order, "" for one without."""
    known = manifest.get("messages", {})
    return [known.get(text, {}).get("code", "") for text in manifest["warnings"]]


@contextmanager
def raises_coded(
    kind: type[Exception], code: str, *holds: str
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """The block raises an error of that kind with that code.

    Args:
        holds: names and numbers that the whole text of the error has to hold.
    """
    with pytest.raises(kind) as caught:
        yield caught
    assert code_of(caught.value) == code
    text = str(caught.value)
    for each in holds:
        assert each in text, f"{each!r} is not in {text!r}"


def saying(texts: Iterable[str], code: str, *holds: str) -> list[str]:
    """Of several texts those with a code; each has to hold these names and numbers."""
    found = [text for text in texts if isinstance(text, Message) and text.code == code]
    for text in found:
        for each in holds:
            assert each in text, f"{each!r} is not in {text!r}"
    return found
