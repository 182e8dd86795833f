"""The audit of the data: what gives a class away before any model is asked."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pandas as pd
import streamlit as st

from auditor.data_audit.gate import check_data_run
from auditor.domain.data_traits import LeakVerdict
from auditor.storage.data_runs import REPORT, DataRun
from auditor.wording.data_findings import (
    VERDICTS,
    finding_action,
    finding_reason,
    trait_title,
)
from auditor.wording.numbers import interval, share
from dashboard import launch
from dashboard.runs import access as run_access
from dashboard.runs import data_audits
from dashboard.runs.queries import plain_rows
from dashboard.session import context, state
from dashboard.texts.language import _, current
from dashboard.texts.words import plain

MOST_ROWS, MOST_MAPS, A_ROW, MOST_GROUPS = 200, 24, 4, 20
COLOURS = {
    LeakVerdict.GIVES_AWAY: "red",
    LeakVerdict.POSSIBLE: "orange",
    LeakVerdict.NOT_FOUND: "green",
    LeakVerdict.UNDETERMINED: "gray",
}


def main() -> None:
    """The page."""
    state.enter("data")
    catalog = run_access.catalog(launch.runs_folder())
    found = data_audits.audits(catalog.folder)
    own = data_audits.of_run(context.current().run) if catalog.runs else None
    if own is not None and own.path not in [each.path for each in found]:
        found = [own, *found]
    if not found:
        _none()
        return
    names = [each.path.name for each in found]
    first = found[0] if own is None else own
    ordered = [first.path.name, *(name for name in names if name != first.path.name)]
    name = state.bound_choice(state.DATA, ordered)
    with st.sidebar:
        st.selectbox(
            _("Audit of data"),
            ordered,
            index=None,
            key=state.DATA,
            placeholder=_("Choose one"),
            bind="query-params",
            help=_("That of the chosen run's data comes first."),
        )
    _show(next(each for each in found if each.path.name == name), own)


def _none() -> None:
    st.title(_("No audit of the data yet"), anchor=False)
    st.markdown(
        _(
            "What besides the object gives a class away (borders, corners, tint, files, metadata) "
            "can be asked before there is a model: {command}. Its folder belongs beside the runs.",
            command="`auditor data DATA --out RUNS/NAME`",
        )
    )


def _show(audit: DataRun, own: DataRun | None) -> None:
    rows = data_audits.findings(audit)
    given = sorted(set(rows.loc[rows["verdict"] == LeakVerdict.GIVES_AWAY.value, "class"]))
    st.title(
        _("{names}: the data give them away", names=plain(", ".join(given[:6])))
        if given
        else _("Nothing surely gives a class away"),
        anchor=False,
    )
    _about(audit, is_own=own is not None and own.path == audit.path)
    _gate(audit)
    _findings(rows)
    _maps(data_audits.places(audit))
    _contradictions(audit)
    _report(audit)


def _about(audit: DataRun, *, is_own: bool) -> None:
    counts = audit.manifest.get("counts", {})
    told = _(
        "{n:,} independent pictures of {classes:,} classes were read, {copies:,} copies left out; "
        "{masks:,} have an outline of their object.",
        n=counts.get("independent", 0),
        classes=len(audit.manifest.get("classes", ())),
        copies=counts.get("copies", 0),
        masks=counts.get("with_mask", 0),
    )
    if is_own:
        told += " " + _("These are the data of the chosen run: its class pages show use beside it.")
    st.caption(told)


def _gate(audit: DataRun) -> None:
    gate = check_data_run(audit)
    said = current().told
    lines = [("✓" if check.holds else "✗") + " " + plain(said(check.told)) for check in gate.checks]
    title = _("The gate holds") if gate.holds else _("The gate fails")
    box = st.success if gate.holds else st.warning
    box(f"**{title}**\n\n" + "\n".join(f"- {line}" for line in lines))


def _findings(rows: pd.DataFrame) -> None:
    for verdict in (LeakVerdict.GIVES_AWAY, LeakVerdict.POSSIBLE):
        mine = plain_rows(rows[rows["verdict"] == verdict.value])
        if not mine:
            continue
        st.header(f"{_(VERDICTS[verdict])} ({len(mine):,})", anchor=False)
        st.dataframe(
            pd.DataFrame([_line(row) for row in mine[:MOST_ROWS]]),
            hide_index=True,
            row_height=88,
            column_config={
                _("What was found"): st.column_config.TextColumn(width=300),
                _("What to do"): st.column_config.TextColumn(width=320),
            },
        )
    left = int(rows["verdict"].isin([LeakVerdict.NOT_FOUND, LeakVerdict.UNDETERMINED]).sum())
    st.caption(
        _(
            "{n:,} further pairs of a class and a trait are no better than chance or have too few "
            "pictures.",
            n=left,
        )
    )


def _line(row: dict[str, Any]) -> dict[str, str]:
    words = current()
    return {
        _("Class"): row["class"],
        _("By"): trait_title(row, words),
        _("Pairs told apart"): interval(row["auroc"], row["auroc_low"], row["auroc_high"]),
        _("What was found"): finding_reason(row, words),
        _("What to do"): finding_action(row, words) or "",
    }


def _maps(rows: pd.DataFrame) -> None:
    shown = plain_rows(rows.sort_values("share", ascending=False).head(MOST_MAPS))
    if not shown:
        return
    st.header(
        _("Where classes differ"),
        anchor=False,
        help=_(
            "Left the mean of the class's pictures, right where it differs from other classes at a "
            "fixed place: red is brighter, blue darker, grey the object or nothing known. Beside "
            "it the share of strong cells, and the largest share by chance."
        ),
    )
    for start in range(0, len(shown), A_ROW):
        for column, row in zip(st.columns(A_ROW), shown[start : start + A_ROW], strict=False):
            with column:
                _map(row)


def _map(row: dict[str, Any]) -> None:
    where = "" if row["where"] is None else f" · {plain(_(row['where']))}"
    st.markdown(f"**{plain(row['class'])}**{where}")
    words = {"mean": _("Mean of its pictures"), "picture": _("Where it differs")}
    known = [name for name in words if row.get(name) is not None]
    # The browser decodes them: nothing is made here of the size that they claim.
    pictures = [f"data:image/png;base64,{b64encode(bytes(row[name])).decode()}" for name in known]
    st.image(pictures, width=120, alt=[f"{row['class']}: {words[name]}" for name in known])
    st.caption(
        _(
            "{share} of cells differ, {null} by chance",
            share=share(row["share"]),
            null=share(row["null"]),
        )
    )


def _contradictions(audit: DataRun) -> None:
    groups = audit.manifest.get("contradictions") or []
    if not groups:
        return
    st.header(_("Equal pictures with different labels"), anchor=False)
    for group in groups[:MOST_GROUPS]:
        st.markdown("- " + ", ".join(plain(str(name)) for name in group))


def _report(audit: DataRun) -> None:
    path = audit.path / REPORT
    if path.is_file():
        st.download_button(
            _("Report of the data audit"),
            path.read_bytes(),
            file_name=f"{audit.path.name}.html",
            mime="text/html",
            icon=":material/download:",
        )


main()
