"""What an AppTest shows."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def text(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join(str(part.value) for part in parts)


def icons(app: AppTest) -> list[str]:
    """The icons of everything that is told in a box: they say what kind of notice it is."""
    return [box.icon for box in (*app.error, *app.warning, *app.info, *app.success)]


def components(app: AppTest) -> set[str]:
    """The names of all that is drawn in the browser."""
    names = (getattr(node.proto, "component_name", "") for node in app.main)
    return {name.removeprefix("auditor.") for name in names if name}


def links(app: AppTest) -> list[str]:
    """The labels of links to other pages."""
    return [node.proto.label for node in app.main if node.type == "page_link"]


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
