"""What an AppTest shows."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def text(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join(str(part.value) for part in parts)


def component(app: AppTest, name: str) -> dict[str, object] | list[dict[str, object]]:
    """What was sent to the browser."""
    found = [
        node.proto
        for node in app.main
        if getattr(node.proto, "component_name", "") == f"auditor.{name}"
    ]
    assert found, f"{name} is not on the page"
    return json.loads(found[0].json)


def scope(app: AppTest, name: str = "gallery") -> dict[str, object]:
    """What the browser's session was told."""
    sent = component(app, name)
    assert isinstance(sent, dict)
    found = sent["scope"]
    assert isinstance(found, dict)
    return found


def cards(app: AppTest) -> list[dict[str, object]]:
    """The cards that were handed to the browser in this rerun."""
    delivery = component(app, "delivery")
    assert isinstance(delivery, dict)
    chunks = delivery["message"]["chunks"]  # type: ignore[index, call-overload]
    return [card for chunk in chunks for card in chunk["cards"]]  # type: ignore[union-attr]


def verdicts(app: AppTest) -> set[str]:
    """The verdicts of those cards, in words."""
    return {str(card["verdict"]["name"]) for card in cards(app)}  # type: ignore[index, call-overload]
