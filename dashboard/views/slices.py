"""Slices: for which kinds of picture the model fails, and where shortcuts gather."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from auditor.domain.messages import N_
from auditor.wording.numbers import decimal, share
from dashboard import pages
from dashboard.charts import breakdown
from dashboard.charts import groups as group_charts
from dashboard.charts.breakdown import Worst
from dashboard.components import columns
from dashboard.runs import access as run_access
from dashboard.runs.filters import Filters, group_name
from dashboard.session import context, state
from dashboard.texts.language import _
from dashboard.texts.words import plain

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
            _("Kind of group"),
            kinds,
            index=None,
            key=state.COLUMN,
            placeholder=_("Choose one"),
            bind="query-params",
            help=_(
                "What the data says about a picture beside its class, as the hospital or the "
                "camera it comes from."
            ),
        )
    groups = breakdown.class_by_group(now.cases(), column)
    slices = run_access.slices(now.run)
    mine = slices[slices["slice"] == column].reset_index(drop=True)
    _head(breakdown.worst_group(groups), column, mine)
    _chart(groups, column)
    _table(mine, column)


def _none() -> None:
    st.title(_("The data names no groups"), anchor=False)
    st.markdown(
        _(
            "Groups come from further columns of the data's table, as the hospital, the camera or "
            "the kind of scene. Audit a CSV or Parquet table with such columns to see for which "
            "groups the model fails."
        )
    )


def _head(worst: Worst | None, column: str, slices: pd.DataFrame) -> None:
    if worst is None:
        st.title(
            _("Every group of {column} is too small to judge", column=plain(column)), anchor=False
        )
        st.caption(
            _(
                "A group of class and {column} needs {n} pictures.",
                column=plain(column),
                n=breakdown.MIN_GROUP,
            )
        )
        return
    st.title(
        _(
            "Worst group: {label}, {column} {value}",
            label=plain(worst.label),
            column=plain(column),
            value=plain(worst.value),
        ),
        anchor=False,
    )
    words = (
        _(
            "The model answers {right} of its {n:,} pictures right.",
            right=share(worst.right),
            n=worst.images,
        )
        + " "
        + _("Groups with fewer than {n} pictures are left out.", n=breakdown.MIN_GROUP)
    )
    association = slices["association"].dropna()
    if len(association):
        words += " " + _(
            "Class and {column} go together by {value} (0: independent, 1: one gives the "
            "other away).",
            column=plain(column),
            value=decimal(association.iloc[0]),
        )
    st.markdown(words)
    _link(worst, column)


def _link(worst: Worst, column: str) -> None:
    group = group_name(column, worst.value)
    st.page_link(
        pages.GALLERY,
        label=_("See its cases"),
        icon=":material/grid_view:",
        query_params={state.CLASS: worst.label, state.GROUP: group},
    )


def _chart(groups: pd.DataFrame, column: str) -> None:
    st.header(
        _("By class and group"),
        anchor=False,
        help=_(
            "The darker, the larger the share. In brackets and without colour: too few pictures "
            "to judge. Click a cell to see its cases."
        ),
    )
    chosen = st.segmented_control(
        _("Share of"),
        list(group_charts.MEASURES),
        format_func=lambda measure: _(group_charts.MEASURES[measure][0]),
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
    st.header(_("Groups over all classes"), anchor=False, help=_("Pick a row to see its cases."))
    shown = pd.DataFrame(
        {
            _("Group"): slices["value"].to_list(),
            _("Pictures"): slices["images"].to_list(),
            _("Right"): columns.percentages(slices["accuracy"]),
            _("from"): columns.percentages(slices["accuracy_low"]),
            _("to"): columns.percentages(slices["accuracy_high"]),
            _("Behind the rest"): columns.percentages(slices["accuracy_gap"]),
            _("Shortcut rate"): columns.percentages(slices["shortcut_rate"]),
            _("Tested"): slices["tested"].to_list(),
            _("Sure"): [_sure(q) for q in slices["q_value"]],
        }
    )
    picked = st.dataframe(
        shown,
        key="slice table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            _(name): columns.percent(_(name), _(tip)) for name, tip in PERCENTAGES.items()
        }
        | {
            _("Sure"): st.column_config.TextColumn(
                help=_(
                    "Whether the difference to the rest is more than chance, all groups of this "
                    "run considered."
                )
            )
        },
    )
    for index in picked.selection.rows:
        value = str(slices["value"].iloc[index])
        pages.go(pages.GALLERY, Filters(groups=(group_name(column, value),)))


PERCENTAGES = {
    N_("Right"): N_("Share of its pictures that are answered right."),
    N_("from"): N_("Lower end of the 95% interval of the share of right answers."),
    N_("to"): N_("Upper end of the 95% interval of the share of right answers."),
    N_("Behind the rest"): N_(
        "Share of right answers of all other pictures minus that of the group."
    ),
    N_("Shortcut rate"): N_(
        "Share of its tested pictures that are right because of the background."
    ),
}


def _sure(q_value: Any) -> str:
    if pd.isna(q_value):
        return _("cannot be said")
    return _("yes") if q_value <= SURE else _("no")


main()
