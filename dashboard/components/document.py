"""A document that is read in the page and can do nothing there."""

from __future__ import annotations

import streamlit as st

from dashboard.components.assets import read

_mount = st.components.v2.component(
    "auditor.document",
    html='<div class="document"></div>',
    css=read("document.css"),
    js=read("document.js"),
)


def show(html: str, title: str) -> None:
    """Show `html` in a frame without scripts, forms, or access to the app around it."""
    _mount(key="document", data={"html": html, "title": title})
