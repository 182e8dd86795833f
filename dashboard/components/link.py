"""A button that copies the address of what is shown: a colleague then sees the same."""

from __future__ import annotations

import streamlit as st

from dashboard.components.assets import read
from dashboard.texts.language import _

_mount = st.components.v2.component(
    "auditor.link",
    html='<div class="link"></div>',
    css=read("layers.css", "link.css"),
    js=read("dom.js", "copy_link.js", "link.js"),
)


def show() -> None:
    """Show the button."""
    words = {
        "copy": _("Copy link"),
        "copied": _("Copied."),
        "notCopied": _("Not copied: take it from the browser's address line."),
    }
    _mount(key="link", data={"words": words})
