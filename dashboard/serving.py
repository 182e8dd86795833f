"""The app as it is served: Streamlit behind the door. `streamlit run` finds `app` in this file."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from dashboard import launch
from dashboard.door import Door
from dashboard.late_requests import drop_late_requests
from dashboard.stored_values import ROUTE

drop_late_requests()
app = st.App(
    launch.APP,
    routes=[ROUTE],
    middleware=[Middleware(Door, rules=launch.rules())],
)
