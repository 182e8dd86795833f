"""Reports: the run as a document, and every table to take away."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from auditor.comparison.last import since_last
from auditor.domain.errors import AuditorError
from auditor.domain.messages import N_
from auditor.export import select, table_bytes
from auditor.export.spreadsheet import writes_spreadsheets
from auditor.reports import pdf_of, render_html, render_markdown
from auditor.reports.contents import contents_of
from auditor.reports.pdf import can_print, has_font
from auditor.schedule.outcome_words import outcome_words
from auditor.schedule.values import Schedule, ScheduledAudit
from auditor.wording.languages import LANGUAGES
from dashboard.components import document, notices
from dashboard.runs import connections
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.texts.language import _, current
from dashboard.texts.words import plain

MOST_AUDITS = 20
WHEN = "D MMM YYYY, HH:mm"
LARGEST_PREVIEW = 8_000_000
TABLES = {
    "findings": (
        N_("Findings"),
        N_("Classes that are not clean: verdict, what they rely on, and why."),
    ),
    "actions": (N_("What to do"), N_("The recommended action for each class that has one.")),
    "classes": (N_("Classes"), N_("All classes with every number and its interval.")),
    "slices": (N_("Groups"), N_("All groups of the data's further columns.")),
    "cases": (N_("Cases"), N_("Every audited picture with all scores.")),
    "reviews": (N_("Reviews"), N_("Every decision and note, oldest first.")),
    "agreement": (N_("Agreement"), N_("How far reviewers agree, class by class.")),
}
EXCEL = "Excel"
FORMATS = {
    "CSV": ("csv", "text/csv"),
    "Parquet": ("parquet", "application/octet-stream"),
    EXCEL: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "JSON Lines": ("jsonl", "application/jsonl"),
}


def main() -> None:
    """The page."""
    state.enter("reports")
    now = context.current()
    st.title(_("Reports"), anchor=False)
    st.caption(_("Everything the audit **{run}** has to hand on.", run=plain(now.run.name)))
    report = now.run.report_path()
    _documents(now, report)
    _tables(now)
    _preview(report)
    _schedules(now)


def _documents(now: Context, report: Path) -> None:
    st.header(
        _("The report"),
        anchor=False,
        help=_("One file with pictures that opens in any browser, without this app or a network."),
    )
    lang = state.language()
    with st.container(horizontal=True):
        if report.is_file():
            st.download_button(
                _("Report as HTML"),
                report.read_bytes,
                f"{now.run.name}-report.html",
                "text/html",
                icon=":material/download:",
                on_click="ignore",
            )
        if can_print():
            st.download_button(
                _("As PDF"),
                partial(_pdf, now, lang),
                f"{now.run.name}-report.pdf",
                "application/pdf",
                icon=":material/picture_as_pdf:",
                on_click="ignore",
                help=_("Made when it is asked for, which takes some seconds."),
            )
        st.download_button(
            _("As Markdown"),
            lambda: render_markdown(contents_of(now.run), since=since_last(now.run), lang=lang),
            f"{now.run.name}-report.md",
            "text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )

    if not can_print():
        st.caption(
            _(
                "A PDF needs `pip install 'shortcut-auditor[pdf]'` and the Pango library where the "
                "dashboard runs."
            )
        )
    elif not has_font(lang):
        st.caption(
            _("The PDF is in English: this machine has no font with the letters of your language.")
        )


def _pdf(now: Context, lang: str) -> bytes:
    """The report as `auditor report --format pdf` prints it."""
    contents, since = contents_of(now.run), since_last(now.run)
    return pdf_of(render_html(contents, since=since, lang=lang if has_font(lang) else LANGUAGES[0]))


def _tables(now: Context) -> None:
    st.header(_("Tables"), anchor=False, help=_("For a spreadsheet, a notebook or a pipeline."))
    offered = [name for name in FORMATS if name != EXCEL or writes_spreadsheets()]
    chosen = st.segmented_control(_("Format"), offered, default="CSV") or "CSV"
    suffix, mime = FORMATS[chosen]
    for what, (name, words) in TABLES.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                _(name),
                partial(_content, now, what, suffix),
                f"{now.run.name}-{what}.{suffix}",
                mime,
                key=f"table {what}",
                icon=":material/download:",
                on_click="ignore",
                width=160,
            )
            st.caption(_(words))


def _content(now: Context, what: str, suffix: str) -> bytes:
    return table_bytes(select(now.run, what), what, f".{suffix}")


def _schedules(now: Context) -> None:
    st.header(
        _("Scheduled audits"),
        anchor=False,
        help=_("Audits that run by the clock, as every night. They are made on the command line."),
    )
    try:
        schedules, history = connections.schedules(now.catalog.folder)
    except AuditorError as error:
        notices.fault(error)
        return
    if not schedules:
        st.markdown(_("None is planned. `auditor schedule add` makes one."))
    else:
        st.dataframe(pd.DataFrame([_planned(each) for each in schedules]), hide_index=True)
    if history:
        st.markdown(_("**What was run**, newest first"))
        latest = list(reversed(history))[:MOST_AUDITS]
        st.dataframe(
            pd.DataFrame([_audit(each) for each in latest]),
            hide_index=True,
            column_config={
                _("Due"): st.column_config.DatetimeColumn(format=WHEN),
                _("Ended"): st.column_config.DatetimeColumn(format=WHEN),
            },
        )


def _planned(schedule: Schedule) -> dict[str, Any]:
    at = schedule.next_due.astimezone(ZoneInfo(schedule.cron.timezone))
    return {
        _("Name"): schedule.name,
        _("When (cron)"): schedule.cron.line,
        _("Next"): f"{at:%Y-%m-%d %H:%M} {schedule.cron.timezone}",
        _("Audit"): schedule.config.name,
        _("Runs kept"): _("all") if schedule.keep is None else str(schedule.keep),
    }


def _audit(audit: ScheduledAudit) -> dict[str, Any]:
    if audit.outcome is None:
        said = _("running, or left unfinished")
    elif audit.outcome.exit_code == 0:
        said = _("done")
    else:
        said = outcome_words(audit.outcome, current()) or _("failed")
    return {
        _("Schedule"): audit.schedule,
        _("Due"): audit.due,
        _("Ended"): audit.ended,
        _("Run"): _("{run} (removed)", run=audit.run) if audit.removed else audit.run,
        _("Outcome"): said,
    }


def _preview(report: Path) -> None:
    if not report.is_file():
        st.info(_("This run has no report.html. Make one with `auditor report`."))
        return
    size = report.stat().st_size
    if size > LARGEST_PREVIEW:
        st.caption(_("The report has {n:.0f} MB: download it to read it.", n=size / 1e6))
        return
    with st.expander(_("Read it here"), icon=":material/article:"):
        document.show(report.read_text(encoding="utf-8", errors="replace"), _("Report of the run"))


main()
