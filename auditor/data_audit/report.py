"""The report of a data audit: one self-contained HTML page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from auditor.domain.data_traits import TRAITS, LeakVerdict, TraitKind
from auditor.domain.samples import Skip
from auditor.reports.html import render
from auditor.wording.catalogue import Translator
from auditor.wording.data_findings import VERDICTS, finding_action, finding_reason, trait_title
from auditor.wording.numbers import ENGLISH, interval

SHOWN, SHOWN_SKIPS = 60, 20
TOLD = (LeakVerdict.GIVES_AWAY, LeakVerdict.POSSIBLE, LeakVerdict.UNDETERMINED)
"""Verdicts whose findings are listed one by one."""


def render_data_report(
    findings: Sequence[Mapping[str, Any]],
    places: Sequence[Mapping[str, Any]],
    skips: Sequence[Skip],
    manifest: Mapping[str, Any],
    _: Translator = ENGLISH,
) -> str:
    """HTML. Names from the data are text: they are escaped wherever they stand.

    Args:
        findings: rows of findings.parquet.
        places: rows of places.parquet.
        skips: inputs that could not be read.
        manifest: of the data audit.
        _: of the reader's language.
    """
    by_verdict = {
        verdict: [row for row in findings if row["verdict"] == verdict.value]
        for verdict in LeakVerdict
    }
    shown = [
        {
            **place,
            "where": _(place["where"]),
            "source": "data:image/png;base64," + b64encode(place["picture"]).decode(),
        }
        for place in places
        if place["where"] is not None
    ]
    return render(
        "data.html.j2",
        _,
        package="auditor.data_audit",
        manifest=manifest,
        sections=[
            (_(VERDICTS[verdict]), [_line(row, _) for row in rows[:SHOWN]], len(rows))
            for verdict, rows in by_verdict.items()
            if rows and verdict in TOLD
        ],
        not_found=len(by_verdict[LeakVerdict.NOT_FOUND]),
        places=shown,
        skips=[(skip.image, _.told(skip.reason)) for skip in skips[:SHOWN_SKIPS]],
        skipped=len(skips),
        meanings=[(_(TRAITS[kind].title), _(TRAITS[kind].meaning)) for kind in TraitKind],
    )


def _line(row: Mapping[str, Any], _: Translator) -> dict[str, Any]:
    return {
        "name": row["class"],
        "by": trait_title(row, _),
        "pairs": interval(row["auroc"], row["auroc_low"], row["auroc_high"]),
        "q": row["q_value"],
        "reason": finding_reason(row, _),
        "action": finding_action(row, _) or "",
    }
