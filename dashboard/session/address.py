"""Widgets whose value is in the URL by a stable id, whatever language their options are shown in.

Streamlit's own `bind="query-params"` writes options as they are shown: a link would then hold only
in the language that it was made in. `follow` is called before the widget is made.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.session import state


def follow_one(
    key: str, options: Sequence[str], default: str | None, *, stays: str | None = None
) -> None:
    """Let the widget with that key, of which one option can be chosen, follow the URL and back.

    Args:
        key: of the widget, and the name in the URL.
        options: ids; the URL's other words count as none.
        default: what the URL needs no word for.
        stays: given where the choice goes from page to page, so that a URL without a word changes
            nothing; what to begin with.
    """
    asked = [value for value in st.query_params.get_all(key) if value in options][:1]
    current = state.widget(key)
    if _adopts(key) and (asked or stays is None or current not in options):
        current = asked[0] if asked else stays or default
    if current not in options:
        current = default
    state.set_widget(key, current)
    _write(key, [] if current in (None, default) else [str(current)])


def follow_many(key: str, options: Sequence[str]) -> None:
    """The same for a widget of which any number of options can be chosen."""
    current = [value for value in state.widget(key) or [] if value in options]
    if _adopts(key):
        current = [value for value in st.query_params.get_all(key) if value in options]
    state.set_widget(key, current)
    _write(key, current)


def _adopts(key: str) -> bool:
    """Whether the URL has changed since it was last looked at, and so goes before the widget."""
    forced: frozenset[str] = state.restore(state.FORCED, frozenset())
    if key in forced:
        state.remember(state.FORCED, forced - {key})
        return False
    return state.widget(key) is None or (
        st.query_params.get_all(key) != state.restore(f"url {key}", [])
    )


def _write(key: str, values: list[str]) -> None:
    if st.query_params.get_all(key) != values:
        if values:
            st.query_params[key] = values
        else:
            st.query_params.pop(key, None)
    state.remember(f"url {key}", values)
