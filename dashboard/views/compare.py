"""Two runs: what changed, beyond the noise, and what could explain it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from auditor.comparison.model import Comparison
from auditor.domain.messages import N_
from auditor.reports import render_comparison_html, render_comparison_markdown
from auditor.reports.changes import ChangedClass, ComparisonView, Moved, changes_of, from_to
from auditor.storage.run import Run
from dashboard import pages
from dashboard.charts import changes as change_chart
from dashboard.components import blind, pairs
from dashboard.runs import access as run_access
from dashboard.runs import compared
from dashboard.runs.filters import Filters
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.texts import language
from dashboard.texts.language import _, ngettext
from dashboard.texts.words import class_style, plain

NOISE = {True: N_("within the noise"), False: N_("more than noise"), None: N_("cannot be told")}
TIPS = {
    "Accuracy": N_("Share of pictures answered right."),
    "Worst group": N_("Share of right answers in the group where the model does worst."),
    "Shortcut rate": N_("Share of tested pictures that are right because of the background."),
}


def main() -> None:
    """The page."""
    state.enter("compare")
    now = context.current()
    others = [run.name for run in now.catalog.runs if _comparable(run, now.run)]
    if not others:
        _alone()
        return
    base = state.bound_choice(state.BASE, others)
    with st.sidebar:
        st.selectbox(
            _("Compare with"),
            others,
            index=None,
            key=state.BASE,
            placeholder=_("Choose one"),
            bind="query-params",
            help=_("The run before; the run above is the one after."),
        )
    before = context.about(run_access.run_named(now.catalog, base), now.catalog, now.person)
    if before.blind_left:
        blind.close(before)
        return
    with st.spinner(_("Comparing the runs…"), show_time=True):
        comparison = compared.comparison(before.run, now.run)
    changes = changes_of(comparison, language.current())
    st.title(plain(changes.sentence), anchor=False)
    since = _(", audited {since}", since=changes.since) if changes.since else ""
    st.caption(
        _(
            "{new} against {base}{since}",
            new=plain(changes.new),
            base=plain(changes.base),
            since=since,
        )
    )
    _tiles(changes)
    _chart(comparison)
    _table(changes)
    pairs.show(now, before.run)
    _turned(changes)
    _explanations(changes)
    _downloads(now, comparison)


def _comparable(run: Run, with_run: Run) -> bool:
    """Whether they are two runs that share a class."""
    classes = [set(each.results.verdicts) for each in (run, with_run)]
    return run.name != with_run.name and bool(classes[0] & classes[1])


def _alone() -> None:
    st.title(_("There is no other run to compare with"), anchor=False)
    st.markdown(
        _(
            "A comparison needs two audits of the same task, as before and after the data was "
            "repaired. Make another one into the same folder with `auditor run`, then come back."
        )
    )


def _tiles(changes: ComparisonView) -> None:
    tips = {_(name): _(tip) for name, tip in TIPS.items()}
    for column, moved in zip(st.columns(len(changes.overall)), changes.overall, strict=True):
        column.metric(
            moved.name,
            from_to(moved),
            delta=_change(moved),
            delta_color="off",
            delta_arrow="off",
            help=f"{tips.get(moved.name, '')} {plain(moved.note)}",
            border=True,
        )


def _change(moved: Moved) -> str:
    return f"{moved.said}, {_(NOISE[moved.difference.noise])}"


def _chart(comparison: Comparison) -> None:
    st.header(
        _("How far each class needs its background, before and after"),
        anchor=False,
        help=_(
            "Probability of the right answer lost on unaffected classes' backgrounds: the hollow "
            "dot before, the full one after. A thick line is a change beyond the noise."
        ),
    )
    st.plotly_chart(
        change_chart.change_chart(comparison.classes),
        key="change chart",
        config={"displayModeBar": False, "scrollZoom": False},
    )


def _table(changes: ComparisonView) -> None:
    if changes.classes:
        st.header(_("Classes that changed"), anchor=False, help=_("Pick a row to see its cases."))
        picked = st.dataframe(
            pd.DataFrame([_line(line) for line in changes.classes]),
            key="change table",
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
        )
        for index in picked.selection.rows:
            pages.go(pages.GALLERY, Filters(classes=(changes.classes[index].change.name,)))
    more = (
        ngettext("{n:,} more class changed.", "{n:,} more classes changed.", changes.classes_left)
        + " "
        if changes.classes_left
        else ""
    )
    same = ngettext("{n:,} class stayed the same.", "{n:,} classes stayed the same.", changes.same)
    st.caption(f"{more}{same}")


def _line(line: ChangedClass) -> dict[str, Any]:
    change = line.change
    return {
        _("What changed"): f"{line.sign} {line.word}",
        _("Class"): change.name,
        _("Before"): _verdict(change.base_verdict),
        _("After"): _verdict(change.new_verdict),
        **{moved.name: _numbers(moved) for moved in line.numbers},
    }


def _numbers(moved: Moved) -> str:
    """82% → 79% · −3% (−5…−1%); without the change where that is undefined."""
    known = moved.difference.change is not None
    return f"{from_to(moved)} · {moved.said}" if known else from_to(moved)


def _verdict(verdict: str | None) -> str:
    if verdict is None:
        return "–"
    return "{0.sign} {0.name}".format(class_style(verdict))


def _turned(changes: ComparisonView) -> None:
    if not changes.turned:
        return
    st.header(_("Pictures in one of the runs only, and others by name"), anchor=False)
    lines = []
    for turned in changes.turned:
        more = turned.total - len(turned.images)
        names = ", ".join(plain(image) for image in turned.images)
        rest = _(" and {n:,} more", n=more) if more else ""
        lines.append(f"- **{turned.total:,} {turned.what}**: {names}{rest}")
    st.markdown("\n".join(lines))


def _explanations(changes: ComparisonView) -> None:
    st.header(
        _("What differs between the audits"),
        anchor=False,
        help=_("Whatever differs here could explain a change, beside the model itself."),
    )
    if not changes.explanations:
        st.markdown(_("Same data, weights, configuration and versions."))
    st.markdown(
        "\n".join(
            f"- **{plain(each.what)}**: {plain(each.base)} → {plain(each.new)}; {plain(each.means)}"
            for each in changes.explanations
        )
    )


def _downloads(now: Context, comparison: Comparison) -> None:
    name = f"{comparison.base}-to-{now.run.name}"
    lang = state.language()
    with st.container(horizontal=True):
        st.download_button(
            _("Comparison as HTML"),
            lambda: render_comparison_html(comparison, lang),
            f"{name}.html",
            "text/html",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            _("As Markdown"),
            lambda: render_comparison_markdown(comparison, lang),
            f"{name}.md",
            "text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )


main()
