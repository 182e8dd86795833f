"""The report of a repair: before and after, round by round, and the recipe as a script."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from auditor.repairs.methods import ALLOWED_LOSS
from auditor.repairs.records import Audited, Repair

REPORT, SCRIPT = "report.html", "retrain.py"
ENDS = {
    "gone": "Nothing is confirmed any more.",
    "no better": "It ended because no method made the answers depend less on the cues without"
    f" costing more than {ALLOWED_LOSS:.0%} of accuracy on pictures that none was trained on.",
    "rounds used up": "It ended because the rounds were used up; ask for more with --rounds.",
}
"""Why a repair ended, in words."""


def write_report(repair: Repair, folder: Path) -> None:
    """`report.html` and `retrain.py` beside the checkpoints."""
    (folder / REPORT).write_text(render(repair), encoding="utf-8")
    script = files("auditor.repairs").joinpath("templates", "retrain.py.txt").read_text("utf-8")
    (folder / SCRIPT).write_text(script, encoding="utf-8")


def render(repair: Repair) -> str:
    """HTML; names from the data are text."""
    audits = [repair.before, *(r.after for r in repair.rounds if r.after is not None)]
    classes = sorted({name for audited in audits for name in audited.confirmed})
    return (
        _environment()
        .get_template("repair.html.j2")
        .render(
            repair=repair,
            gone=repair.gone,
            why=ENDS.get(repair.ended or "", ""),
            audits=[("before", repair.before), *_named(repair)],
            classes=classes,
            effect=lambda audited, name: _interval(audited.effects.get(name)),
            capture=lambda audited, name: _interval(audited.capture.get(name)),
            drawing=lambda name: _drawing(audits, name),
            style=Markup(_style()),  # noqa: S704 - our own file
        )
    )


def _named(repair: Repair) -> list[tuple[str, Audited]]:
    return [
        (f"after round {each.number}", each.after)
        for each in repair.rounds
        if each.after is not None
    ]


def _interval(values: Sequence[float | None] | None) -> str:
    """`31% (25–38%)`; a dash where nothing is known."""
    if values is None or any(value is None for value in values):
        return "–"
    low, middle, high = (f"{100 * (value or 0.0):.0f}" for value in values)
    return f"{middle}% ({low}–{high}%)"


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


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(
            lambda name: files("auditor.repairs").joinpath("templates", name).read_text("utf-8")
        ),
    )


def _style() -> str:
    return files("auditor.reports").joinpath("templates", "style.css").read_text("utf-8")
