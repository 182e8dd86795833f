"""Slices: for which kinds of picture the model fails, and where shortcuts gather."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import context, pages, state
from dashboard.charts import breakdown
from dashboard.charts import groups as group_charts
from dashboard.charts.breakdown import Worst
from dashboard.components import columns
from dashboard.runs import access as run_access
from dashboard.runs.filters import Filters, group_name
from dashboard.words import plain

SURE = 0.05


def main() -> None:
    """The page."""
    state.enter("slices")
    now = context.current()
    kinds = now.cases().slice_columns()
    if not kinds:
        _none()
        return
    column = state.bound_choice(state.COLUMN, kinds)
    with st.sidebar:
        st.selectbox(
            "Kind of group",
            kinds,
            index=None,
            key=state.COLUMN,
            bind="query-params",
            help="What the data says about a picture beside its class, as the hospital or the "
            "camera it comes from.",
        )
    groups = breakdown.class_by_group(now.cases(), column)
    slices = run_access.slices(now.run)
    mine = slices[slices["slice"] == column].reset_index(drop=True)
    _head(breakdown.worst_group(groups), column, mine)
    _chart(groups, column)
    _table(mine, column)


def _none() -> None:
    st.title("The data names no groups", anchor=False)
    st.markdown(
        "Groups come from further columns of the data's table, as the hospital, the camera or the "
        "kind of scene. Audit a CSV or Parquet table with such columns to see for which groups "
        "the model fails."
    )


def _head(worst: Worst | None, column: str, slices: pd.DataFrame) -> None:
    if worst is None:
        st.title(f"Every group of {plain(column)} is too small to judge", anchor=False)
        st.caption(f"A group of class and {plain(column)} needs {breakdown.MIN_GROUP} pictures.")
        return
    st.title(
        f"Worst group: {plain(worst.label)}, {plain(column)} {plain(worst.value)}", anchor=False
    )
    words = (
        f"The model answers {worst.right:.0%} of its {worst.images:,} pictures right. "
        f"Groups with fewer than {breakdown.MIN_GROUP} pictures are left out."
    )
    association = slices["association"].dropna()
    if len(association):
        words += (
            f" Class and {plain(column)} go together by {association.iloc[0]:.2f} "
            "(0: independent, 1: one gives the other away)."
        )
    st.markdown(words)
    _link(worst, column)


def _link(worst: Worst, column: str) -> None:
    group = group_name(column, worst.value)
    st.page_link(
        pages.GALLERY,
        label="See its cases",
        icon=":material/grid_view:",
        query_params={state.CLASS: worst.label, state.GROUP: group},
    )


def _chart(groups: pd.DataFrame, column: str) -> None:
    st.header(
        "By class and group",
        anchor=False,
        help="The darker, the larger the share. In brackets and without colour: too few pictures "
        "to judge. Click a cell to see its cases.",
    )
    chosen = st.segmented_control(
        "Share of",
        list(group_charts.MEASURES),
        format_func=lambda measure: group_charts.MEASURES[measure][0],
        default="wrong",
        label_visibility="collapsed",
    )
    picked = st.plotly_chart(
        group_charts.group_chart(groups, chosen or "wrong"),
        key="group chart",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False},
    )
    for point in picked.selection.points:
        if point.get("customdata"):
            label, value = point["customdata"]
            pages.go(pages.GALLERY, Filters(classes=(label,), groups=(group_name(column, value),)))


def _table(slices: pd.DataFrame, column: str) -> None:
    if slices.empty:
        return
    st.header("Groups over all classes", anchor=False, help="Pick a row to see its cases.")
    shown = pd.DataFrame(
        {
            "Group": slices["value"].to_list(),
            "Pictures": slices["images"].to_list(),
            "Right": columns.percentages(slices["accuracy"]),
            "from": columns.percentages(slices["accuracy_low"]),
            "to": columns.percentages(slices["accuracy_high"]),
            "Behind the rest": columns.percentages(slices["accuracy_gap"]),
            "Shortcut cases": columns.percentages(slices["shortcut_rate"]),
            "Tested": slices["tested"].to_list(),
            "Sure": [_sure(q) for q in slices["q_value"]],
        }
    )
    picked = st.dataframe(
        shown,
        key="slice table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={name: columns.percent(name, tip) for name, tip in PERCENTAGES.items()}
        | {
            "Sure": st.column_config.TextColumn(
                help="Whether the difference to the rest is more than chance, all groups of this "
                "run considered."
            )
        },
    )
    for index in picked.selection.rows:
        value = str(slices["value"].iloc[index])
        pages.go(pages.GALLERY, Filters(groups=(group_name(column, value),)))


PERCENTAGES = {
    "Right": "Share of its pictures that are answered right.",
    "from": "Lower end of the 95% interval of the share of right answers.",
    "to": "Upper end of the 95% interval of the share of right answers.",
    "Behind the rest": "Share of right answers of all other pictures minus that of the group.",
    "Shortcut cases": "Share of its tested pictures that are right because of the background.",
}


def _sure(q_value: Any) -> str:
    if pd.isna(q_value):
        return "cannot be said"
    return "yes" if q_value <= SURE else "no"


main()
