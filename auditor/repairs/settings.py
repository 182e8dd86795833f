"""What a repair is asked to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from auditor.files import absolute
from auditor.repairs.records import RECIPE, RECIPE_VERSION
from auditor.storage.run import Run

STEPS = 600
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    data, masks, split: the training data.
    auto_mask: who makes the masks that are missing, as `data.auto_mask` of an audit.
    rounds: at most so many.
    steps: of every retraining.
    seed: of every draw.
    limit: pictures at most, or None.
    compared: the first round also trains what a repair is compared with.
    """

    data: Path
    masks: Path | None = None
    split: str | None = None
    auto_mask: str | None = None
    rounds: int = ROUNDS
    steps: int = STEPS
    seed: int = 0
    limit: int | None = None
    compared: bool = True

    def identity(self, run: Run) -> dict[str, Any]:
        """What a repair that goes on must have in common; more rounds may be asked for."""
        told = {k: None if v is None else str(v) for k, v in asdict(self).items()}
        del told["rounds"]
        # As seen from anywhere: the same words in another folder may be other data.
        places = {"data": self.data, "masks": self.masks, "run": run.path}
        told |= {k: None if v is None else str(absolute(v)) for k, v in places.items()}
        return told | {RECIPE: RECIPE_VERSION}
