"""What is said when there is nothing to show, or when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from auditor.domain.errors import AuditorError
from dashboard.runs.access import RunCatalog
from dashboard.session.access import Person
from dashboard.session.roles import Role
from dashboard.texts.language import _
from dashboard.texts.language import told as told_text
from dashboard.texts.words import plain


def fault(error: AuditorError) -> None:
    """A problem with what was expected, what was got and the remedy."""
    st.error(
        f"**{plain(told_text(error.problem))}**\n\n"
        + "\n".join(
            (
                "- " + _("expected: {text}", text=plain(told_text(error.expected))),
                "- " + _("got: {text}", text=plain(told_text(error.got))),
                "",
                _("What to do: {text}", text=plain(told_text(error.remedy))),
            )
        ),
        icon=":material/error:",
    )


@contextmanager
def told() -> Iterator[None]:
    """Show a problem of the reader's data in words; fragments need it around them, too."""
    try:
        yield
    except AuditorError as error:
        fault(error)


def no_run(catalog: RunCatalog) -> None:
    """The folder holds no run yet."""
    st.title(_("No audit here can be opened") if catalog.broken else _("No audit to look at yet"))
    st.markdown(
        _("This page shows what an audit found. Runs are looked for in")
        + f"\n\n`{_code(str(catalog.folder))}`\n\n"
        + _(
            "Make one with `auditor demo`, which audits the pictures that come with the program, "
            "or with `auditor run` on your own, then reload this page."
        )
    )
    broken(catalog)


def unknown_run(name: str, catalog: RunCatalog) -> None:
    """The URL names a run that is not there."""
    st.title(_("There is no such run"))
    st.markdown(_("No run here is called **{name}**. These are:", name=plain(name)))
    for known in catalog.names():
        st.page_link("views/gallery.py", label=plain(known), query_params={"run": known})
    broken(catalog)


def broken(catalog: RunCatalog) -> None:
    """Folders that look like runs and cannot be opened."""
    for entry in catalog.broken:
        with st.expander(
            _("{name} cannot be opened", name=plain(entry.path.name)), icon=":material/warning:"
        ):
            fault(entry.error)


def saving(store: object, failure: str | None, person: Person) -> None:
    """Whatever keeps decisions from being saved."""
    if isinstance(store, AuditorError):
        no_reviews(store)
    elif failure is not None:
        st.error(
            _("The last decision was not saved: {why}", why=plain(failure)), icon=":material/error:"
        )
    if not person.may(Role.REVIEWER):
        st.caption(_("You look as a viewer: deciding needs the role reviewer."))


def no_reviews(error: AuditorError) -> None:
    """Decisions cannot be saved; all else works."""
    st.warning(_("Decisions cannot be saved at the moment; looking works."), icon=":material/lock:")
    with st.expander(_("Why")):
        fault(error)


def insane(reasons: list[str]) -> None:
    """The heat maps of this run failed their own check."""
    said = "".join(f"\n- {plain(reason)}" for reason in reasons)
    st.warning(
        _(
            "**The heat maps of this run cannot be trusted.** They failed the check that is made "
            "before every audit, so verdicts that rest on them are weak. Interventions do not "
            "need them."
        )
        + said,
        icon=":material/warning:",
    )


def _code(text: str) -> str:
    return text.replace("`", "'")
