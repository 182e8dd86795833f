"""Whoever signs out is signed out, whatever the page does at that moment."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from dashboard.components import account
from dashboard.session.access import Person
from dashboard.session.roles import Role
st.button("another run")
account.show(Person("Rosa", Role.REVIEWER, signed_in=True))
"""


def test_signing_out_is_said_until_the_browser_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[None] = []
    monkeypatch.setattr(st, "logout", lambda: told.append(None))
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not told
    [leave] = [button for button in app.button if button.icon == ":material/logout:"]
    leave.click().run()
    assert len(told) == 1
    app.button[0].click().run()
    assert len(told) == 2
