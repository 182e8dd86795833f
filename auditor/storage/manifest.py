"""Manifest and summary of a run between their types and JSON; `auditor.domain` has the types."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from auditor.domain.bounds import MOST_SIDE
from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_, stored
from auditor.domain.preprocess import Preprocess
from auditor.domain.summary import Summary

PACKAGES = {
    "auditor": "shortcut-auditor",
    "torch": "torch",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "pillow": "pillow",
}
MANIFEST_TYPE: Final = TypeAdapter(Manifest)
SUMMARY_TYPE: Final = TypeAdapter(Summary)
LATE: Final = ("files", "manifest_sha256")
"""Keys that are known when every other file is written."""


def manifest_values(manifest: Manifest) -> dict[str, Any]:
    """The manifest as plain JSON values, `LATE` keys only where they are known."""
    messages = {**manifest.messages, **_messages(manifest)}
    values: dict[str, Any] = json_values({**asdict(manifest), "messages": messages})
    return {key: value for key, value in values.items() if key not in LATE or value is not None}


def read_manifest(values: Mapping[str, Any]) -> Manifest:
    """The typed manifest of a run; keys that are null or missing have their defaults.

    Raises:
        ValueError: a key holds another type than `auditor.domain.manifest` says, or a geometry
            that no image can have.
    """
    manifest: Manifest = _validated(MANIFEST_TYPE, values)
    if manifest.preprocess is not None:
        _check_preprocess(manifest.preprocess)
    return manifest


def read_summary(values: Mapping[str, Any]) -> Summary:
    """The typed summary of a run. Raises as `read_manifest`."""
    summary: Summary = _validated(SUMMARY_TYPE, values)
    return summary


def preprocess_of(manifest: Manifest) -> Preprocess:
    """The network's input geometry of a run.

    Raises:
        RunError: the manifest does not say.
    """
    if manifest.preprocess is None:
        raise RunError(
            N_("The run does not say how images become the network's input."),
            code="run.no_preprocess",
            expected=N_("preprocess in its manifest"),
            got=N_("none"),
            remedy=N_("audit again with this version"),
        )
    return manifest.preprocess


def timestamp(moment: datetime | None = None) -> str:
    """A moment (now if not given) as the manifest's `created`: ISO 8601 in UTC."""
    aware = (moment or datetime.now(UTC)).astimezone(UTC)
    return aware.isoformat(timespec="milliseconds")


def _validated(adapter: TypeAdapter[Any], values: Mapping[str, Any]) -> Any:
    """Values held to the types of a dataclass, strictly: no text becomes a number."""
    known = {key: value for key, value in values.items() if value is not None}
    try:
        return adapter.validate_json(json.dumps(known), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where} is {first['input']!r:.40}: {first['msg'].lower()}") from None


def _check_preprocess(found: Preprocess) -> None:
    resize = found.resize if isinstance(found.resize, tuple) else (found.resize,)
    sides = [side for side in (*resize, found.crop) if side is not None]
    channels = len(found.mean)
    finite = all(map(math.isfinite, (*found.mean, *found.std)))
    if (
        not all(0 < side <= MOST_SIDE for side in sides)
        or channels not in (1, 3)
        or len(found.std) != channels
        or not finite
    ):
        raise ValueError(f"preprocess is {found!r:.80}")


def _messages(manifest: Manifest) -> dict[str, dict[str, str]]:
    """Code and values of those texts that can be said in another language."""
    lost = (why for why in manifest.lost_classes.values() if why is not None)
    texts = (*manifest.warnings, *lost, *manifest.sanity.reasons)
    codes = {str(text): stored(text) for text in texts}
    return {
        text: {"code": found[0], "values": found[1]}
        for text, found in codes.items()
        if found is not None
    }


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a result; none of them is imported."""
    found = {"python": platform.python_version()}
    for name, distribution in PACKAGES.items():
        try:
            found[name] = version(distribution)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def json_values(value: Any) -> Any:
    """Plain JSON values: tuples as lists, numpy scalars as numbers, NaN and infinities as null."""
    if isinstance(value, Mapping):
        return {str(key): json_values(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [json_values(inner) for inner in value]
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (int, float, bool, type(None))):
        return value
    # A file name need not be text: what UTF-8 cannot hold is written as an escape.
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def json_text(value: Any) -> str:
    """As it stands in a run folder: readable, names unescaped, strict JSON."""
    return json.dumps(json_values(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
