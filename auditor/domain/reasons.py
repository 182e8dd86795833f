"""Why a verdict was reached: a code and its numbers. `auditor.wording` makes the text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.domain.bounds import is_text

Value = str | float | int | bool | None | tuple[str, ...] | tuple[float, ...]
"""Names, codes and ids are texts; numbers are stored as numbers and formatted when read."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One stated fact, without words.

    Attributes:
        code: id of a message template, stable across versions (column `reason_code`).
        numbers: the values that the template names (column `reason_numbers`, JSON).
    """

    code: str
    numbers: Mapping[str, Value] = field(default_factory=dict)

    def to_json(self) -> str:
        """The numbers as JSON text with sorted keys; NaN is refused."""
        return json.dumps(dict(self.numbers), ensure_ascii=False, sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, code: str, numbers: str | None) -> Reason:
        """The reason that a row stores; no numbers for null.

        Raises:
            ValueError: the text is no JSON object, nested too deeply, none that UTF-8 holds, or
                has a number that is none.
        """
        try:
            values = json.loads(numbers) if numbers else {}
        except RecursionError:
            values = None
        text = json.dumps(values, ensure_ascii=False, allow_nan=False)
        if not isinstance(values, dict) or not is_text(text):
            raise ValueError(f"expected a JSON object of numbers, got {numbers!r:.80}")
        return cls(code, {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
