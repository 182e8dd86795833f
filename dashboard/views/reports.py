"""Reports: the run as a document, and every table to take away."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.export import select, table_bytes
from auditor.reports import render_markdown
from auditor.reports.contents import contents_of
from auditor.schedule.values import Schedule, ScheduledAudit
from dashboard import context, state
from dashboard.components import document, notices
from dashboard.context import Context
from dashboard.runs import access as run_access
from dashboard.words import plain

REPORT = "report.html"
MOST_AUDITS = 20
WHEN = "D MMM YYYY, HH:mm"
LARGEST_PREVIEW = 8_000_000
TABLES = {
    "findings": ("Findings", "Classes that are not clean: verdict, what they rely on, and why."),
    "actions": ("What to do", "The recommended action for each class that has one."),
    "classes": ("Classes", "All classes with every number and its interval."),
    "slices": ("Groups", "All groups of the data's further columns."),
    "cases": ("Cases", "Every audited picture with all scores."),
    "reviews": ("Reviews", "Every decision and note, oldest first."),
    "agreement": ("Agreement", "How far reviewers agree, class by class."),
}
FORMATS = {
    "CSV": ("csv", "text/csv"),
    "Parquet": ("parquet", "application/octet-stream"),
    "Excel": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "JSON Lines": ("jsonl", "application/jsonl"),
}


def main() -> None:
    """The page."""
    state.enter("reports")
    now = context.current()
    st.title("Reports", anchor=False)
    st.caption(f"Everything the audit **{plain(now.run.name)}** has to hand on.")
    report = now.run.path / REPORT
    _documents(now, report)
    _tables(now)
    _preview(report)
    _schedules(now)


def _documents(now: Context, report: Path) -> None:
    st.header(
        "The report",
        anchor=False,
        help="One file with pictures that opens in any browser, without this app or a network.",
    )
    with st.container(horizontal=True):
        if report.is_file():
            st.download_button(
                "Report as HTML",
                report.read_bytes,
                f"{now.run.name}-report.html",
                "text/html",
                icon=":material/download:",
                on_click="ignore",
            )
        st.download_button(
            "As Markdown",
            lambda: render_markdown(contents_of(now.run)),
            f"{now.run.name}-report.md",
            "text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )


def _tables(now: Context) -> None:
    st.header("Tables", anchor=False, help="For a spreadsheet, a notebook or a pipeline.")
    chosen = st.segmented_control("Format", list(FORMATS), default="CSV") or "CSV"
    suffix, mime = FORMATS[chosen]
    for what, (name, words) in TABLES.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                name,
                partial(_content, now, what, suffix),
                f"{now.run.name}-{what}.{suffix}",
                mime,
                key=f"table {what}",
                icon=":material/download:",
                on_click="ignore",
                width=160,
            )
            st.caption(words)


def _content(now: Context, what: str, suffix: str) -> bytes:
    return table_bytes(select(now.run, what), what, f".{suffix}")


def _schedules(now: Context) -> None:
    st.header(
        "Scheduled audits",
        anchor=False,
        help="Audits that run by the clock, as every night. They are made on the command line.",
    )
    try:
        schedules, history = run_access.schedules(now.catalog.folder)
    except AuditorError as error:
        notices.fault(error)
        return
    if not schedules:
        st.markdown("None is planned. `auditor schedule add` makes one.")
    else:
        st.dataframe(pd.DataFrame([_planned(each) for each in schedules]), hide_index=True)
    if history:
        st.markdown("**What was run**, newest first")
        latest = list(reversed(history))[:MOST_AUDITS]
        st.dataframe(
            pd.DataFrame([_audit(each) for each in latest]),
            hide_index=True,
            column_config={
                "Due": st.column_config.DatetimeColumn(format=WHEN),
                "Ended": st.column_config.DatetimeColumn(format=WHEN),
            },
        )


def _planned(schedule: Schedule) -> dict[str, Any]:
    at = schedule.next_due.astimezone(ZoneInfo(schedule.cron.timezone))
    return {
        "Name": schedule.name,
        "When (cron)": schedule.cron.line,
        "Next": f"{at:%a %d %B %Y, %H:%M} {schedule.cron.timezone}",
        "Audit": schedule.config.name,
        "Runs kept": "all" if schedule.keep is None else str(schedule.keep),
    }


def _audit(audit: ScheduledAudit) -> dict[str, Any]:
    if audit.outcome is None:
        said = "running, or left unfinished"
    elif audit.outcome.exit_code == 0:
        said = "done"
    else:
        said = audit.outcome.message or "failed"
    return {
        "Schedule": audit.schedule,
        "Due": audit.due,
        "Ended": audit.ended,
        "Run": f"{audit.run} (removed)" if audit.removed else audit.run,
        "Outcome": said,
    }


def _preview(report: Path) -> None:
    if not report.is_file():
        st.info("This run has no report.html. Make one with `auditor report`.")
        return
    size = report.stat().st_size
    if size > LARGEST_PREVIEW:
        st.caption(f"The report has {size / 1e6:.0f} MB: download it to read it.")
        return
    with st.expander("Read it here", icon=":material/article:"):
        document.show(report.read_text(encoding="utf-8", errors="replace"), "Report of the run")


main()
