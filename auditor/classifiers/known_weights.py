"""Which architecture of torchvision a state_dict is of, without building any.

`known_weights.json` holds for each a digest of its entries; `python -m
auditor.classifiers.known_weights` writes it anew for the torchvision that is installed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from auditor.classifiers.architectures import Blueprint, blueprint, known_architectures

FILE: Final = Path(__file__).with_suffix(".json")
SIZED: Final = ("pos_embedding", "relative_position")
"""Entries whose shape follows the size of the image: only their names count."""
COUNTER: Final = "num_batches_tracked"


def architecture_of(weights: Mapping[str, Tensor]) -> str | None:
    """The architecture whose entries these are, under any prefix and with any number of classes."""
    for name, known in _index().items():
        first = known["first"]
        for prefix in {key.removesuffix(first) for key in weights if key.endswith(first)}:
            body = (
                (key.removeprefix(prefix), tuple(tensor.shape))
                for key, tensor in weights.items()
                if key.startswith(prefix)
            )
            own = [(key, shape) for key, shape in body if key not in known["heads"]]
            if len(own) >= known["entries"] and _digest(own) == known["digest"]:
                return name
    return None


@cache
def _index() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def entry_of(plan: Blueprint) -> dict[str, Any]:
    """What the index holds of an architecture."""
    body = [(key, tuple(shape)) for key, shape in plan.shapes.items() if key not in plan.heads]
    return {
        "digest": _digest(body),
        "entries": sum(not key.endswith(COUNTER) for key, _ in body),
        "first": body[0][0],
        "heads": list(plan.heads),
    }


def _digest(entries: Iterable[tuple[str, tuple[int, ...]]]) -> str:
    lines = sorted(
        key if any(part in key for part in SIZED) else f"{key} {shape}"
        for key, shape in entries
        if not key.endswith(COUNTER)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def write() -> None:
    """Write the index for the torchvision that is installed."""
    found = {name: entry_of(blueprint(name, (224, 224))) for name in known_architectures()}
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in found.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
