"""The overview: what is wrong, in one glance and in words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from auditor.domain.messages import N_
from auditor.reports.labels import labels_of_run
from auditor.reports.rows import rows_of
from auditor.storage.csv_text import csv_bytes
from auditor.wording.stored_texts import manifest_texts
from dashboard import pages
from dashboard.charts import cases as charts
from dashboard.components import columns, notices, settle
from dashboard.components.leak_square import leak_and_use
from dashboard.runs import access as run_access
from dashboard.runs.filters import Filters
from dashboard.runs.queries import plain_rows
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.texts import headlines, language
from dashboard.texts.language import _, current
from dashboard.texts.words import (
    action_text,
    class_style,
    cue_text,
    number,
    plain,
    reason_text,
)

USUAL_FLOOR = 0.10
MOST_FLAGGED = 6
PER_ROW = 3
FLAGGED = ("confirmed", "suspected")


def main() -> None:
    """The page."""
    state.enter("overview")
    now = context.current()
    classes = charts.strongest_first(run_access.classes(now.run))
    manifest, summary = now.run.metadata, now.run.results
    st.title(plain(headlines.headline(classes)), anchor=False)
    st.caption(plain(headlines.about(manifest)))
    if summary.saliency_sane is False:
        notices.insane(list(manifest_texts(manifest, manifest.sanity.reasons, current())))
    _tiles(now)
    _flagged(classes)
    _labels(now, classes)
    leak_and_use(classes, summary)
    _chart(now, classes)
    _table(classes)
    _downloads(now)


def _tiles(now: Context) -> None:
    counts, summary = now.run.metadata.counts, now.run.results
    tally, flagged = settle.left_to_review(now)
    tiles = (
        (
            _("Pictures audited"),
            f"{now.run.metadata.audited_pictures:,}",
            _(
                "{n:,} more could not be audited; skipped.csv in the run's folder says why.",
                n=counts.skipped,
            ),
        ),
        (
            _("Accuracy"),
            number(summary.accuracy, True),
            _("Mean over the labels of sensitivity and specificity.")
            if now.run.metadata.multilabel
            else _("Share of pictures answered right."),
        ),
        (
            _("Worst group"),
            number(summary.worst_group_accuracy, True),
            _("Share of right answers in the group where the model does worst."),
        ),
        (
            _("Shortcut rate"),
            number(summary.shortcut_rate, True),
            _("Share of tested pictures that are answered right because of the background."),
        ),
        (
            _("Left to review"),
            f"{tally.left:,}",
            _("Of {n:,} flagged cases, nobody has decided these.", n=tally.total)
            if flagged
            else _("Of {n:,} cases, nobody has decided these.", n=tally.total),
        ),
    )
    for column, (label, value, help_text) in zip(st.columns(len(tiles)), tiles, strict=True):
        column.metric(label, value, help=help_text, border=True)


def _chart(now: Context, classes: pd.DataFrame) -> None:
    st.header(
        _("Does the answer need the background?"),
        anchor=False,
        help=_(
            "Left: how much probability of the right answer is lost when the object stands on "
            "unaffected classes' backgrounds instead of its own class's. Right: how much "
            "probability the class wins when other objects stand on its backgrounds. The line is "
            "the 95% interval; beyond the dotted line a loss counts as a shortcut. Click a dot to "
            "see its cases."
        ),
    )
    floor = now.run.metadata.setting("findings", "effect_floor")
    figure = charts.class_chart(classes, float(USUAL_FLOOR if floor is None else floor))
    chosen = st.plotly_chart(
        figure,
        key="class chart",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False},
    )
    for point in chosen.selection.points:
        _open(point["customdata"][0])
    if len(classes) > charts.MOST_CLASSES:
        st.caption(
            _("The {n} strongest of {total} classes.", n=charts.MOST_CLASSES, total=len(classes))
        )


def _flagged(classes: pd.DataFrame) -> None:
    flagged = classes[classes["verdict"].isin(FLAGGED)]
    if flagged.empty:
        return
    st.header(_("What was found"), anchor=False)
    rows = plain_rows(flagged.head(MOST_FLAGGED))
    for start in range(0, len(rows), PER_ROW):
        places = st.columns(min(PER_ROW, len(rows)))
        for column, row in zip(places, rows[start : start + PER_ROW], strict=False):
            with column.container(border=True, height="stretch"):
                _finding(row)
    if len(flagged) > len(rows):
        st.caption(_("And {n} more in the table below.", n=len(flagged) - len(rows)))


def _labels(now: Context, classes: pd.DataFrame) -> None:
    """Where an image has several labels: what that means, and which go together."""
    manifest, summary = now.run.metadata, now.run.results
    found = labels_of_run(manifest, summary, rows_of(classes), language.current())
    if found is None:
        return
    st.header(_("Labels"), anchor=False)
    st.markdown(plain(found.told))
    st.dataframe(
        pd.DataFrame(
            {
                _("Label"): [line.name for line in found.accuracies],
                _("Sensitivity"): [line.sensitivity for line in found.accuracies],
                _("Specificity"): [line.specificity for line in found.accuracies],
                _("AUROC"): [line.auroc for line in found.accuracies],
            }
        ),
        hide_index=True,
    )
    for line in found.together:
        shown = plain(line.text)
        st.markdown(f"- **{shown}**" if line.possible_cue else f"- {shown}")


def _finding(row: dict[str, Any]) -> None:
    word = class_style(row["verdict"])
    st.markdown(f"**{plain(row['class'])}** {word.badge}")
    st.markdown(plain(reason_text(row)))
    if row["action"] is not None:
        st.markdown("**" + _("What to do.") + "** " + plain(action_text(row)))
    st.page_link(
        pages.GALLERY,
        label=_("See its cases"),
        icon=":material/grid_view:",
        query_params={state.CLASS: row["class"]},
    )


def _table(classes: pd.DataFrame) -> None:
    st.header(_("Classes"), anchor=False, help=_("Pick a row to see its cases."))
    shown = pd.DataFrame(
        {
            _("Verdict"): [
                f"{style.sign} {style.name}" for style in map(class_style, classes["verdict"])
            ],
            _("Class"): classes["class"].to_list(),
            _("Pictures"): classes["images"].to_list(),
            _("Tested"): classes["tested"].to_list(),
            _("Right"): columns.percentages(classes["accuracy"]),
            _("Lost"): columns.percentages(classes["background_effect"]),
            _("Won"): columns.percentages(classes["capture"]),
            _("Map on background"): columns.percentages(classes["nominated_rate"]),
            _("Relies on"): [cue_text(row["cue"]) for row in rows_of(classes)],
            _("Why"): [reason_text(row) for row in rows_of(classes)],
        }
    )
    percent = {_(name): columns.percent(_(name), _(tip)) for name, tip in PERCENTAGES.items()}
    chosen = st.dataframe(
        shown,
        key="class table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            **percent,
            _("Relies on"): st.column_config.TextColumn(width="medium"),
            _("Why"): st.column_config.TextColumn(width="large"),
        },
    )
    for index in chosen.selection.rows:
        _open(classes["class"].iloc[index])


PERCENTAGES = {
    N_("Right"): N_("Share of its pictures that are answered right."),
    N_("Lost"): N_("Probability of the right answer lost on other classes' backgrounds."),
    N_("Won"): N_("Probability that its backgrounds win for other objects."),
    N_("Map on background"): N_("Share of its pictures whose heat map prefers the background."),
}


def _downloads(now: Context) -> None:
    with st.container(horizontal=True):
        st.download_button(
            _("Classes as CSV"),
            lambda: csv_bytes(run_access.classes(now.run)),
            f"{now.run.name}-classes.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            _("All cases as CSV"),
            lambda: csv_bytes(now.cases().all(Filters())),
            f"{now.run.name}-cases.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _open(name: str) -> None:
    pages.go(pages.GALLERY, Filters(classes=(name,)))


main()
