"""How much a browser may send at once, before anybody has read it."""

from __future__ import annotations

from typing import Any

import uvicorn

from dashboard.door import MOST_MESSAGE


class BoundedConfig(uvicorn.Config):
    """A server that refuses a message by its announced length, at any `ws_max_size` it is given."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named | {"ws_max_size": MOST_MESSAGE})


def bound_messages() -> None:
    """Let the server that Streamlit starts in this process hold at most `MOST_MESSAGE` a browser.

    Streamlit has one limit for both ways (`server.maxMessageSize`), and pages with a map need
    megabytes. The door sees a message once it is there: without this, whoever can connect makes
    the server hold 64 MB a connection for as long as a message stays unfinished.
    """
    uvicorn.Config = BoundedConfig  # type: ignore[misc]
