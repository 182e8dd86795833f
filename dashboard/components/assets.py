"""The files of a component, joined: Streamlit takes HTML, CSS and JavaScript as text."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def read(*names: str) -> str:
    """The files one after the other."""
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)
