"""An experiment tracker, as far as a run is told to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Tracker(Protocol):
    """What is told to an experiment tracker. The names are ours; each tracker has its own rules."""

    def numbers(self, values: Mapping[str, float]) -> None:
        """Finite numbers by name; `class/NAME/number` for those of a class."""

    def facts(self, values: Mapping[str, str]) -> None:
        """Texts by name: verdicts, digests, what the gate says."""

    def files(self, folder: Path) -> None:
        """Every file of a flat folder."""

    def close(self) -> str:
        """End the tracker's run; where it can be found, in words."""
