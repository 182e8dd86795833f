"""The assignments of a run: the rules in force and, for admins, how to make and end them."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.domain.messages import N_, phrase
from auditor.reviews.assignments import Assignment, Task, Unit
from dashboard.components import notices
from dashboard.runs import access as run_access
from dashboard.runs import assignments
from dashboard.session import access, state
from dashboard.session.context import Context
from dashboard.session.roles import Role, read_roles
from dashboard.texts.language import _, ngettext
from dashboard.texts.words import plain

KEY = "assignment"
DONE = "assigned"
DEALS = ("case", "class", "arbitrate")
ALL, FLAGGED = "all", "flagged"


def show(now: Context) -> None:
    """The rules in force, and the form for a new one."""
    st.header(
        _("Assignments"),
        anchor=False,
        help=_("Which cases go to whom follows from the rule alone, so nobody takes another's."),
    )
    if not now.assigned.rules:
        st.markdown(_("None yet: everybody sees every case."))
    may = now.person.may(Role.ADMIN) and not now.readonly
    for rule in now.assigned.rules:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(rule_in_words(rule), width="stretch")
            if may:
                st.button(
                    _("End"),
                    key=f"end {rule.token}",
                    icon=":material/close:",
                    type="tertiary",
                    help=_("Decisions that were made stay."),
                    on_click=_end,
                    args=(now, rule),
                )
    if (told := state.take(DONE)) is not None:
        st.success(told, icon=":material/assignment_turned_in:")
    if may:
        _form(now)
    elif not now.readonly:
        st.caption(_("Admins make assignments."))


def rule_in_words(rule: Assignment) -> str:
    """A rule in a line or two, as Markdown."""
    shares = "" if len(set(rule.shares)) < 2 else f" ({' : '.join(map(str, rule.shares))})"
    people = f"**{plain(', '.join(rule.people))}**{shares}"
    by = f"  \n:gray[{plain(rule.author)}, {rule.time:%Y-%m-%d %H:%M} UTC]"
    if rule.task is Task.ARBITRATE:
        return _("{people} settle what reviewers differ on", people=people) + by
    what = _("flagged cases") if rule.flagged else _("all cases")
    if rule.classes:
        what += " · " + plain(", ".join(rule.classes))
    dealt = _("dealt by class") if rule.unit is Unit.CLASS else _("dealt case by case")
    each = ngettext("{n} review of each", "{n} reviews of each", rule.each)
    parts = [people, what, dealt, each, *([_("blind")] if rule.blind else ())]
    return " · ".join(parts) + by


def known_people(now: Context) -> list[str]:
    """Whom cases can be given to: the people of the file of roles who may decide; in solo mode
    whoever decided here before."""
    if access.team():
        roles = read_roles(Path(os.environ[access.ROLES_VARIABLE]))
        return sorted(name for name, role in roles.people.items() if role.includes(Role.REVIEWER))
    said = now.decided.ledger.said.values()
    seen = {event.reviewer for events in said for event in events}
    return sorted({*seen, *now.assigned.names.values(), now.person.name})


def _form(now: Context) -> None:
    labels = run_access.classes(now.run)["class"].tolist()
    with (
        st.expander(_("New assignment"), icon=":material/assignment_add:"),
        st.form(KEY, border=False, clear_on_submit=False),
    ):
        st.multiselect(
            _("People"),
            known_people(now),
            key=f"{KEY} people",
            accept_new_options=True,
            placeholder=_("Choose, or type a name"),
        )
        left, middle, right = st.columns(3)
        left.selectbox(
            _("What they do"),
            DEALS,
            format_func={
                "case": _("Review, dealt case by case"),
                "class": _("Review, dealt by class"),
                "arbitrate": _("Settle what reviewers differ on"),
            }.__getitem__,
            key=f"{KEY} deal",
        )
        middle.number_input(
            _("Reviews of each case"), min_value=1, max_value=20, value=1, key=f"{KEY} each"
        )
        right.text_input(
            _("Shares"),
            key=f"{KEY} shares",
            placeholder="1 : 1",
            help=_("As 2 : 1 : 1, in the order of the people. Empty: the same for everybody."),
        )
        left, right = st.columns(2)
        left.selectbox(
            _("Cases"),
            (FLAGGED, ALL),
            format_func={FLAGGED: _("Flagged cases"), ALL: _("All cases")}.__getitem__,
            key=f"{KEY} scope",
        )
        right.multiselect(
            _("Of these classes"),
            labels,
            key=f"{KEY} classes",
            placeholder=_("All classes"),
        )
        st.checkbox(
            _("Blind: verdict and others' decisions are hidden until decided"), key=f"{KEY} blind"
        )
        st.form_submit_button(_("Assign"), type="primary", on_click=_assign, args=(now,))


def _assign(now: Context) -> None:
    with notices.told():
        author = _admin()
        deal = state.widget(f"{KEY} deal") or DEALS[0]
        rule = Assignment(
            run=now.run.name,
            people=tuple(str(name).strip() for name in state.widget(f"{KEY} people") or ()),
            shares=_shares(state.entered(f"{KEY} shares")),
            each=int(state.widget(f"{KEY} each") or 1),
            unit=Unit.CLASS if deal == "class" else Unit.CASE,
            task=Task.ARBITRATE if deal == "arbitrate" else Task.REVIEW,
            classes=tuple(state.widget(f"{KEY} classes") or ()),
            flagged=state.widget(f"{KEY} scope") != ALL,
            blind=bool(state.widget(f"{KEY} blind")),
            author=author,
        )
        _refuse_strangers(rule)
        assignments.store(now.catalog.folder).add(rule)
        state.remember(DONE, _("Assigned. Everybody finds the cases in “My queue”."))


def _end(now: Context, rule: Assignment) -> None:
    with notices.told():
        assignments.store(now.catalog.folder).end(now.run.name, rule.token, _admin())


def _admin() -> str:
    """The name of whoever assigns.

    Raises:
        AuditorError: that is not an admin.
    """
    person = access.current()
    if not person.may(Role.ADMIN):
        raise AuditorError(
            N_("You may not assign cases here."),
            code="dashboard.may_not_assign",
            expected=phrase("the role {role}", role=Role.ADMIN.value),
            got=f"{person.name or 'nobody'}, {person.role.value}",
            remedy=N_("ask whoever runs this page for the role"),
        )
    return person.name


def _refuse_strangers(rule: Assignment) -> None:
    """In team mode cases go to people who may decide."""
    if not access.team():
        return
    roles = read_roles(Path(os.environ[access.ROLES_VARIABLE]))
    strangers = [name for name in rule.people if not roles.of(name).includes(Role.REVIEWER)]
    if strangers:
        raise AuditorError(
            N_("Cases cannot be assigned to people who may not decide."),
            code="dashboard.not_assignable",
            expected=N_("people with the role reviewer or admin"),
            got=", ".join(strangers),
            remedy=N_("give them the role in the file of roles first"),
        )


def _shares(text: str) -> tuple[int, ...]:
    """ "2 : 1" or "2, 1"; () for nothing.

    Raises:
        AuditorError: something in it is no whole number.
    """
    parts = text.replace(",", ":").replace("：", ":").split(":") if text.strip() else []
    if not all(part.strip().isdecimal() for part in parts):
        raise AuditorError(
            N_("These shares cannot be read."),
            code="dashboard.shares",
            expected=N_("whole numbers, as 2 : 1 : 1"),
            got=text,
            remedy=N_("write one number for each person, or leave the field empty"),
        )
    return tuple(int(part) for part in parts)
