"""The report of a repair: before and after, round by round, and the recipe as a script."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from auditor.domain.verdicts import CLASS_VERDICTS
from auditor.repairs.effect_floor import effect_floor
from auditor.repairs.method_names import ALLOWED_LOSS, METHOD_LABEL, Method
from auditor.repairs.outcome_words import chosen_words, end_words
from auditor.repairs.records import Audited, Repair
from auditor.reports.html import render as render_template
from auditor.wording.catalogue import Translator, translator
from auditor.wording.numbers import ENGLISH, UNDEFINED, interval, share

REPORT, SCRIPT = "report.html", "retrain.py"


def write_report(repair: Repair, folder: Path, *, lang: str = "en") -> None:
    """`report.html` and `retrain.py` beside the checkpoints."""
    (folder / REPORT).write_text(render(repair, translator(lang)), encoding="utf-8")
    script = files("auditor.repairs").joinpath("templates", "retrain.py.txt").read_text("utf-8")
    (folder / SCRIPT).write_text(script, encoding="utf-8")


def render(repair: Repair, _: Translator = ENGLISH) -> str:
    """HTML; names from the data are text."""
    audits = [repair.before, *(r.after for r in repair.rounds if r.after is not None)]
    classes = sorted({name for audited in audits for name in audited.confirmed})
    return render_template(
        "repair.html.j2",
        _,
        package="auditor.repairs",
        repair=repair,
        gone=repair.gone,
        why=end_words(repair, _),
        audits=[(_("before"), repair.before), *_named(repair, _)],
        classes=classes,
        verdict=lambda audited, name: _verdict(audited, name, _),
        effect=lambda audited, name: _interval(audited.effects.get(name)),
        capture=lambda audited, name: _interval(audited.capture.get(name)),
        drawing=lambda name: _drawing(audits, name),
        rounds=[(each, chosen_words(each, _)) for each in repair.rounds],
        method=lambda name: _(METHOD_LABEL[Method(name)]),
        loss=share(ALLOWED_LOSS),
        floor=effect_floor(repair),
        share=share,
    )


def _named(repair: Repair, _: Translator) -> list[tuple[str, Audited]]:
    return [
        (_("after round {n}", n=each.number), each.after)
        for each in repair.rounds
        if each.after is not None
    ]


def _verdict(audited: Audited, name: str, _: Translator) -> str:
    spec = CLASS_VERDICTS.get(audited.verdicts.get(name, ""))
    return UNDEFINED if spec is None else _(spec.label)


def _interval(values: Sequence[float | None] | None) -> str:
    """`31% (25–38%)`; a dash where nothing is known."""
    if values is None:
        return UNDEFINED
    low, middle, high = values
    return interval(middle, low, high)


def _drawing(audits: Sequence[Audited], name: str) -> list[dict[str, Any]]:
    """Places of dots and whiskers in percent of a drawing that shows 0 to 1."""
    rows = []
    for number, audited in enumerate(audits):
        values = audited.effects.get(name)
        if values is None or any(value is None for value in values):
            continue
        low, middle, high = (100 * min(1.0, max(0.0, float(value or 0.0))) for value in values)
        rows.append({"y": 14 + 18 * number, "low": low, "middle": middle, "high": high})
    return rows
