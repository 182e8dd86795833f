"""Where what was computed of data is kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_home() -> Path:
    """`AUDITOR_CACHE`, else `shortcut-auditor` in the user's cache folder. It may not exist."""
    given = os.environ.get("AUDITOR_CACHE")
    if given:
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "shortcut-auditor"
