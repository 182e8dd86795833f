"""Pages that the navigation of mkdocs.yml does not name still get a place in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DECISIONS = "decisions"


def on_config(config: Any) -> Any:
    """Decisions in their order under their own head, other unnamed pages under More."""
    root = Path(config["docs_dir"])
    named = set(_named(config["nav"]))
    left = [
        page.relative_to(root).as_posix()
        for page in sorted(root.rglob("*.md"))
        if page.relative_to(root).as_posix() not in named
    ]
    decisions = [page for page in left if page.startswith(f"{DECISIONS}/")]
    more = [page for page in left if page not in decisions]
    config["nav"] += [{"Decisions": decisions}] if decisions else []
    config["nav"] += [{"More": more}] if more else []
    return config


def _named(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    values = nav.values() if isinstance(nav, dict) else nav
    return [page for value in values for page in _named(value)]
