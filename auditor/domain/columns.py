"""A column of a table of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "float", "int", "bool", "bytes"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, meaning, and whether null is allowed."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = True


def required(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, nullable=False)
