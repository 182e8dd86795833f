"""One class: what it relies on, where the network looks, for which sizes, and examples."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from auditor.class_reviews import BY_REVIEW
from auditor.domain.messages import N_
from auditor.domain.verdicts import ClassVerdict
from auditor.wording.numbers import formatted, interval_text
from dashboard import pages
from dashboard.charts import breakdown
from dashboard.charts import cases as charts
from dashboard.components import cards, given_away, hypotheses, maps
from dashboard.components.size_bands import size_bands
from dashboard.runs import access as run_access
from dashboard.runs import heat
from dashboard.runs.filters import Filters
from dashboard.runs.queries import plain_rows
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.texts.headlines import listed
from dashboard.texts.language import _
from dashboard.texts.words import (
    FIGURES,
    action_text,
    class_style,
    cue_text,
    place_text,
    plain,
    reason_text,
)

EXAMPLES, PER_CLUSTER, MOST_CLUSTERS = 12, 5, 6


def main() -> None:
    """The page."""
    state.enter("classes")
    now = context.current()
    classes = charts.strongest_first(run_access.classes(now.run))
    name = state.bound_choice(state.NAME, classes["class"].tolist())
    with st.sidebar:
        st.selectbox(
            _("Class"),
            classes["class"].tolist(),
            index=None,
            key=state.NAME,
            placeholder=_("Choose one"),
            bind="query-params",
            help=_("Flagged classes come first."),
        )
    row = plain_rows(classes[classes["class"] == name])[0]
    _head(row)
    _figures(row)
    _cue_examples(now, row)
    hypotheses.show(_hypotheses(now, name), now)
    given_away.show(now, row)
    _maps(now, name)
    size_bands(now, name)
    _clusters(now, name)
    _examples(now, row)


def _head(row: dict[str, Any]) -> None:
    word = class_style(row["verdict"])
    st.title(plain(row["class"]), anchor=False)
    st.markdown(f"{word.badge} {plain(reason_text(row))}{_cue(row)}")
    _told_beside(row)
    if row["action"] is not None:
        st.info("**" + _("What to do.") + "** " + plain(action_text(row)), icon=":material/build:")
    st.page_link(
        pages.GALLERY,
        label=_("Review its cases"),
        icon=":material/grid_view:",
        query_params={state.CLASS: row["class"]},
    )


def _told_beside(row: dict[str, Any]) -> None:
    """Who confirmed it where no audit did, and which classes have the same cue."""
    if row.get("confirmed_by") == BY_REVIEW:
        st.caption(
            _(
                "Confirmed by reviewers: changed pictures prove the effect of the patch, and they "
                "said that it is not the object."
            )
        )
    shared = json.loads(row.get("shares_cue_with") or "[]")
    if shared:
        st.caption(_("Classes with the same cue: {names}.", names=plain(listed(shared))))


def _cue(row: dict[str, Any]) -> str:
    if row["cue"] is None:
        return ""
    place = place_text(row["cue_where"], row.get("cue_where_code"))
    where = _(": {place}", place=plain(place)) if place else ""
    cue = plain(cue_text(row["cue"]))
    if row["verdict"] == ClassVerdict.CONFIRMED.value:
        return "\n\n" + _("It relies on **{cue}**{where}.", cue=cue, where=where)
    return "\n\n" + _("It may rely on **{cue}**{where}.", cue=cue, where=where)


def _cue_examples(now: Context, row: dict[str, Any]) -> None:
    """The cases that the audit named, in its order."""
    found = (row["cue_examples"] or "").split()[:PER_CLUSTER]
    rows = now.cases().named(found)
    if rows.empty:
        return
    st.header(
        _("What shows it best"),
        anchor=False,
        help=_("The cases on which the cue costs or wins most."),
    )
    by_id = {case["case_id"]: case for case in plain_rows(rows)}
    shown = [by_id[name] for name in found if name in by_id]
    cards.show("cue examples", now.run, shown, wanted=_only(row["class"]))


def _hypotheses(now: Context, name: str) -> list[dict[str, Any]]:
    table = run_access.hypotheses(now.run)
    return plain_rows(table[table["class"] == name])


def _figures(row: dict[str, Any]) -> None:
    known = [figure for figure in FIGURES if row.get(figure.column) is not None]
    with st.container(horizontal=True):
        for figure in known:
            value, low, high = (row.get(f"{figure.column}{end}") for end in ("", "_low", "_high"))
            st.metric(
                _(figure.title),
                formatted(value, figure.format),
                delta=interval_text(low, high, figure.format),
                delta_color="off",
                delta_arrow="off",
                help=_(figure.help),
                width=198,
            )
    told = _(
        "{images:,} pictures, {tested:,} of them drawn at random and tested.",
        images=row["images"],
        tested=row["tested"],
    )
    look = row.get("look")
    stopped = _("It was decided after {n:,} objects.", n=look) if look else ""
    st.caption(f"{told} {stopped}".strip())
    undefined = [_(figure.title) for figure in FIGURES if figure not in known]
    if undefined:
        st.caption(_("Undefined here: {names}.", names=", ".join(undefined)))


def _maps(now: Context, name: str) -> None:
    st.header(
        _("Where the model looks"),
        anchor=False,
        help=_(
            "Heat maps of many pictures, averaged: bright where the model's evidence lies. The "
            "lighter the grey below, the oftener an object lies there. Heat in one place where no "
            "objects lie, and only for this class, points to a cue."
        ),
    )
    own, others, wrong = run_access.mean_maps(now.run, name)
    figures = [
        maps.Figure(plain_title(name), _count(own, N_("mean of {n:,} of its pictures")), own),
        maps.Figure(_("All other classes"), _count(others, N_("mean of {n:,} pictures")), others),
    ]
    if wrong is not None:
        figures.append(
            maps.Figure(
                _("Answered wrong"), _count(wrong, N_("mean of {n:,} of its pictures")), wrong
            )
        )
    maps.show("mean maps", figures)


def plain_title(name: str) -> str:
    """A class name for a caption that is text already."""
    return " ".join(name.split())


def _count(mean: heat.MeanMap | None, noun: str) -> str:
    count = 0 if mean is None else mean.maps
    return _(noun, n=count)


def _clusters(now: Context, name: str) -> None:
    found = breakdown.clusters(now.cases(), name)
    if found.empty:
        return
    st.header(
        _("Groups of alike cases"),
        anchor=False,
        help=_(
            "The audit put cases together whose heat lies in the same place on the same kind of "
            "picture. One group often is one cue."
        ),
    )
    for row in plain_rows(found.head(MOST_CLUSTERS)):
        cluster = row["cluster"]
        mine = now.cases().where(
            [("label = ?", [name]), ("cluster = ?", [cluster])], limit=PER_CLUSTER
        )
        st.markdown(
            _(
                "**{cluster}** · {images:,} cases, {shortcuts:,} of them shortcuts, {wrong:,} "
                "answered wrong",
                cluster=plain(cluster),
                images=row["images"],
                shortcuts=row["shortcuts"],
                wrong=row["wrong"],
            )
        )
        left, right = st.columns([1, 5])
        with left:
            mean = heat.mean_map(now.cases(), [("label = ?", [name]), ("cluster = ?", [cluster])])
            maps.show(f"map {cluster}", [maps.Figure(_("Mean"), "", mean)])
        with right:
            cards.show(f"cluster {cluster}", now.run, plain_rows(mine), wanted=_only(name))
    if len(found) > MOST_CLUSTERS:
        st.caption(_("And {n} smaller groups.", n=len(found) - MOST_CLUSTERS))


def _examples(now: Context, row: dict[str, Any]) -> None:
    st.header(_("Its worst cases"), anchor=False)
    wanted = _only(row["class"])
    rows: pd.DataFrame = now.cases().worst(wanted, EXAMPLES)
    cards.show("examples", now.run, plain_rows(rows), wanted=wanted)


def _only(name: str) -> Filters:
    return Filters(classes=(name,))


main()
