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
