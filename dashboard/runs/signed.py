"""Addresses of stored values that are good for a while and for one picture of one run.

A route of the server knows nothing of who is signed in. So an address is handed to those who may
look, carries its end and a signature, and opens one picture; the key dies with the process.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

PATH: Final = "stored"
LIFETIME: Final = 900
"""Seconds."""
_KEY: Final = secrets.token_bytes(32)


def address(run: str, image: str, *, now: float | None = None) -> str:
    """A relative address of the stored values of a run's picture.

    The end is told to the millisecond, so that an address made anew is another one.

    Args:
        run: its name.
        image: as its cases name it.
        now: seconds since 1970, by default the clock's.
    """
    until = f"{(time.time() if now is None else now) + LIFETIME:.3f}"
    asked = {"run": run, "image": image, "until": until}
    return f"{PATH}?" + urlencode({**asked, "sign": _signature(run, image, until)})


def opened(query: Mapping[str, str], *, now: float | None = None) -> tuple[str, str] | None:
    """Run and picture of an address's parameters; None where it was not made here or has ended."""
    run, image, until, sign = (query.get(name, "") for name in ("run", "image", "until", "sign"))
    if not hmac.compare_digest(_signature(run, image, until).encode(), sign.encode()):
        return None
    return (run, image) if float(until) >= (time.time() if now is None else now) else None


def _signature(run: str, image: str, until: str) -> str:
    said = json.dumps([run, image, until]).encode()
    return hmac.new(_KEY, said, hashlib.sha256).hexdigest()
