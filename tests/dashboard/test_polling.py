"""News of others come when the browser asks (live.js), never by a timer of Streamlit's."""

from __future__ import annotations

from pathlib import Path

import dashboard


def test_no_fragment_runs_by_itself_while_its_page_is_being_left() -> None:
    """Its answer is about a page that is gone: "Bad delta path" in the browser."""
    pages = list(Path(str(dashboard.__file__)).parent.rglob("*.py"))
    assert len(pages) > 30
    assert [page.name for page in pages if "run_every=" in page.read_text(encoding="utf-8")] == []
