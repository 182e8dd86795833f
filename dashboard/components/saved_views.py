"""Filters with a name, in the sidebar: every reviewer finds them again, and each has an address."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.reviews.views import LONGEST_NAME, SavedView
from dashboard import pages
from dashboard.components import notices, score_filters
from dashboard.runs import access as run_access
from dashboard.runs import connections
from dashboard.runs.filters import Filters, group_name
from dashboard.session import access, filtering, state
from dashboard.session.context import Context
from dashboard.texts.language import _, told
from dashboard.texts.words import SCORE_BY_COLUMN, plain

NAME, FAULT = "name of view", "fault of view"


def open_linked(now: Context) -> None:
    """Set the filters of the view that the URL names; called before the filters are made."""
    name = filtering.take_view()
    if name is None or isinstance(now.store, AuditorError):
        return
    found = {view.name: view for view in connections.views(now.catalog.folder).all()}.get(name)
    if found is None:
        state.remember(FAULT, _("There is no saved view {name}.", name=name))
        return
    wanted = filtering.of_parameters(found.filters)
    fitting = _fitting(now, wanted)
    if fitting != wanted:
        state.remember(
            FAULT, _("This run lacks something that the view {name} asks for.", name=name)
        )
    filtering.put_filters(fitting)


def show(now: Context) -> None:
    """The saved views, and a way to save the filters as they are."""
    if isinstance(now.store, AuditorError):
        return
    if (fault := state.take(FAULT)) is not None:
        st.warning(plain(fault), icon=":material/bookmark:")
    store = connections.views(now.catalog.folder)
    with st.popover(_("Saved views"), icon=":material/bookmark:", type="tertiary"):
        listed = store.all()
        if not listed:
            st.caption(_("None yet. Set filters, give them a name, and the team finds them here."))
        for view in listed:
            _row(now, view)
        if now.readonly:
            return
        with st.form("view", clear_on_submit=True, border=False):
            st.text_input(_("Name for the filters as they are"), key=NAME, max_chars=LONGEST_NAME)
            st.form_submit_button(_("Save view"), on_click=_save, args=(now,))


def _row(now: Context, view: SavedView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            pages.GALLERY,
            label=plain(view.name),
            query_params={state.RUN: now.run.name, state.VIEW: view.name},
            help=_(
                "Saved by {name}, {time:%Y-%m-%d}. The link can be shared.",
                name=plain(view.reviewer),
                time=view.time,
            ),
            width="stretch",
        )
        if not now.readonly:
            st.button(
                "",
                key=f"remove view {view.name}",
                icon=":material/delete:",
                type="tertiary",
                help=_("Remove this view for everybody"),
                on_click=_remove,
                args=(now, view.name),
            )


def _save(now: Context) -> None:
    name = state.entered(NAME).strip()
    try:
        view = SavedView(name, filtering.parameters(filtering.filters()), access.decider())
        connections.views(now.catalog.folder).save(view)
    except AuditorError as error:
        state.remember(FAULT, _("The view was not saved: {why}", why=told(error.problem)))


def _remove(now: Context, name: str) -> None:
    with notices.told():
        access.decider()
        connections.views(now.catalog.folder).remove(name)


def _fitting(now: Context, wanted: Filters) -> Filters:
    """What of a filter this run can be asked for."""
    slices = run_access.slices(now.run)
    groups = {group_name(*pair) for pair in zip(slices["slice"], slices["value"], strict=True)}
    low, high, score = wanted.low, wanted.high, wanted.score
    bounds = now.cases().bounds(score) if score in SCORE_BY_COLUMN and score else None
    if bounds is None or low is None or high is None:
        low, high, score = None, None, None
    else:
        first, last = score_filters.ends(bounds)
        low, high = min(max(low, first), last), max(min(high, last), first)
    return replace(
        wanted,
        classes=_among(wanted.classes, set(run_access.classes(now.run)["class"])),
        verdicts=_among(wanted.verdicts, run_access.verdicts(now.run)),
        reviews=_among(wanted.reviews, set(state.REVIEW_CHOICES)),
        groups=_among(wanted.groups, groups),
        sort=wanted.sort if wanted.sort in now.cases().columns() else None,
        score=score,
        low=low,
        high=high,
    )


def _among(values: tuple[str, ...], known: Set[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value in known)
