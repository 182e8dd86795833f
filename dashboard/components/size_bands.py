"""How a class fares by the size of its object."""

from __future__ import annotations

import streamlit as st

from dashboard.charts import breakdown
from dashboard.charts import groups as group_charts
from dashboard.session.context import Context
from dashboard.texts.language import _


def size_bands(now: Context, name: str) -> None:
    st.header(
        _("By size of the object"),
        anchor=False,
        help=_(
            "The class's pictures in three parts, by how much of the picture the object covers. "
            "A cue that only small objects fall for shows here. The lines are 95% intervals."
        ),
    )
    bands = breakdown.size_bands(now.cases(), name)
    if not bands:
        st.markdown(
            _("No picture of this class has an outline of its object, so sizes are unknown.")
        )
        return
    st.plotly_chart(
        group_charts.size_chart(bands),
        key="size chart",
        config={"displayModeBar": False, "scrollZoom": False},
    )
    if sum(band.tested for band in bands) == 0:
        st.caption(_("None of them was tested with changed pictures."))
