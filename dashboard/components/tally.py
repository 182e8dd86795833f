"""How much is left, and that everything so far is saved."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.components.assets import read
from dashboard.runs.queries import Tally

_mount = st.components.v2.component(
    "auditor.tally",
    html=read("tally.html"),
    css=read("layers.css", "tally.css"),
    js=read("tally.js"),
)


def show(tally: Tally, handled: dict[str, int]) -> None:
    """`handled`: sender -> number of its last event that is done, which the sender is told."""
    data: dict[str, Any] = {"total": tally.total, "left": tally.left, "handled": handled}
    _mount(key="tally", data=data)
