"""The layers of a case as the browser takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from auditor.domain.manifest import Manifest
from dashboard.runs import images
from dashboard.texts.language import told


def layer_values(case: Mapping[str, Any], manifest: Manifest, side: int) -> dict[str, Any]:
    """Plain values; why there is no picture in the reader's language."""
    found = images.layers(case, manifest, side)
    missing = None if found.missing is None else told(found.missing)
    return asdict(found) | {"missing": missing}
