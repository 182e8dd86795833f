"""Edits of a run folder as somebody makes them who also brings its digests up to date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from auditor.storage.digests import FILES, digests, sealed
from auditor.storage.layout import MANIFEST, RUN_FILES, SIGNATURE


def reseal(folder: Path, **changes: Any) -> None:
    """Bring the digests in the manifest up to date, with `changes` to its other keys."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8")) | changes
    others = [name for name in RUN_FILES if name not in (MANIFEST, SIGNATURE)]
    path.write_text(json.dumps(sealed({**manifest, FILES: digests(folder, others)})))
