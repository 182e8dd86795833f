"""A run with every reason, action, cue and hypothesis that can be told, as an audit stores them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd

from auditor.data.fingerprint import changed_warning
from auditor.domain.cues import CUES
from auditor.domain.mask_doubts import MaskDoubt
from auditor.domain.messages import coded
from auditor.domain.reasons import Reason, Value
from auditor.domain.verdicts import ClassVerdict
from auditor.storage.run import Run
from auditor.storage.writer import RunWriter
from auditor.wording import case_reasons, class_actions, class_reasons, hypothesis_reasons
from auditor.wording.case_reasons import case_reason
from auditor.wording.class_actions import class_action
from auditor.wording.class_reasons import class_reason
from auditor.wording.hypothesis_reasons import hypothesis_action, hypothesis_reason
from tests.fakes.runs import make_run

Words = dict[str, Any]

CLASSES = [code for code in class_reasons.TEMPLATES if not code.startswith("note.")]
NOTES = tuple(code for code in class_reasons.TEMPLATES if code.startswith("note."))
CASES = [code for code in case_reasons.TEMPLATES if not code.startswith("note.")]
CASE_NOTES = ("note.shown", "note.not_shown")
ACTIONS = list(class_actions.TEMPLATES)
HYPOTHESES = list(hypothesis_reasons.TEMPLATES)
TEXTS = (
    *class_reasons.TEMPLATES.values(),
    *case_reasons.TEMPLATES.values(),
    *class_actions.TEMPLATES.values(),
    *hypothesis_reasons.TEMPLATES.values(),
    *hypothesis_reasons.ACTIONS.values(),
)


def _effect(name: str, value: float) -> dict[str, Value]:
    return {name: value, f"{name}_low": value - 0.11, f"{name}_high": value + 0.08}


def numbers(name: str, other: str) -> dict[str, Value]:
    """Every number that any template names."""
    effects = ("loss", "won", "beside", "cost", "win", "patch", "part", "suffices", "damage")
    odds = ("odds_cost", "odds_win")
    named = {field for text in TEXTS for _, field, _, _ in Formatter().parse(text) if field}
    return {
        **dict.fromkeys(sorted(named), 0.55),
        "name": name,
        "label": name,
        "predicted": other,
        "other": other,
        "rival": other,
        "what": "the tint of the whole picture",
        "what_part": "the outer edge of the picture",
        "where": "a corner of the picture: top left in 80% of its images",
        "shares": (other, name),
        "who": "anna",
        "day": "2026-03-14",
        "fills": (0.55, 0.05),
        "places": (other,),
        "doubt": MaskDoubt.INVERTED.value,
        "p": 0.003,
        **{key: value for each in effects for key, value in _effect(each, 0.41).items()},
        **{key: value for each in odds for key, value in _effect(each, 2.4).items()},
        **dict.fromkeys(("usual", "before", "flipped", "share", "most"), 0.92),
        **dict.fromkeys(("left", "after", "gain", "nominated", "consistency"), 0.31),
        **dict.fromkeys(("chance", "floor", "bar", "area"), 0.1),
        **dict.fromkeys(("images", "tested", "needed", "groups", "swapped", "donors"), 12),
        **dict.fromkeys(("least", "change", "missing", "more", "each"), 20),
    }


def class_row_words(index: int, row: dict[str, Any], other: str) -> dict[str, Any]:
    """Reason, action and cue of the class at `index`; each code in turn."""
    code, cue = CLASSES[index % len(CLASSES)], CUES[index % len(CUES)]
    action = ACTIONS[index % len(ACTIONS)]
    note = NOTES[index % len(NOTES)]
    values = {**numbers(str(row["class"]), other), "action": action, "notes": (note,)}
    reason = Reason(code, values)
    return {
        "verdict": ClassVerdict(code.partition(".")[0]).value,
        "reason": class_reason(reason),
        "reason_code": code,
        "reason_numbers": reason.to_json(),
        "action": class_action(reason, cue.id.value, None),
        "cue": cue.id.value,
        "cue_where": cue.where,
    }


def case_row_words(index: int, row: dict[str, Any], other: str) -> dict[str, Any]:
    """The reason of the case at `index`; each code in turn."""
    code = CASES[index % len(CASES)]
    values = {**numbers(str(row["label"]), other), "notes": (CASE_NOTES[index % 2],)}
    reason = Reason(code, values)
    return {
        "verdict": code.partition(".")[0],
        "reason": case_reason(reason),
        "reason_code": code,
        "reason_numbers": reason.to_json(),
    }


def hypothesis_row_words(index: int, row: dict[str, Any]) -> dict[str, Any]:
    """Reason and action of the hypothesis at `index`; a few codes each."""
    codes = HYPOTHESES[index * 4 : index * 4 + 4] or HYPOTHESES[:4]
    actions = list(hypothesis_reasons.ACTIONS)
    values = numbers(str(row["class"]), str(row["class"]))
    values |= {"notes": tuple(codes[1:]), "action": actions[index % len(actions)]}
    reason = Reason(codes[0], values)
    return {
        "reason": hypothesis_reason(reason),
        "reason_code": reason.code,
        "reason_numbers": reason.to_json(),
        "action": hypothesis_action(reason),
    }


def make_worded_run(folder: Path, *, classes: int, per_class: int, images: bool = False) -> Run:
    """A finished run whose tables and manifest say everything by codes.

    Args:
        folder: of the run; the run that it is made from is beside its folder of runs.
        classes, per_class, images: as in `make_run`.
    """
    base = make_run(
        folder.parents[1] / f"{folder.name}-base",
        classes=classes,
        per_class=per_class,
        images=images,
        hypotheses=True,
        sane=False,
    )
    table = base.classes()
    other = str(table["class"].iloc[0])
    tables = {
        "classes": _worded(table, lambda i, row: class_row_words(i, row, other)),
        "cases": _worded(base.cases(), lambda i, row: case_row_words(i, row, other)),
        "hypotheses": _worded(base.hypotheses(), hypothesis_row_words),
        "slices": base.slices(),
        "evidence": base.evidence(),
    }
    reasons = (coded("sanity.flat", "every map is flat: nothing in this layer speaks for it"),)
    manifest = replace(
        base.metadata,
        warnings=(changed_warning(("a.jpg", "b.jpg")),),
        sanity=replace(base.metadata.sanity, reasons=reasons),
        lost_classes={other: coded("skip.empty", "empty file")},
        files=None,
        manifest_sha256=None,
    )
    rows = tables["classes"]
    verdicts = dict(zip(rows["class"], rows["verdict"], strict=True))
    with RunWriter.begin(folder, resume=False) as writer:
        summary = {**base.summary, "verdicts": verdicts}
        return writer.finish(tables, base.skipped(), summary, manifest, "<p>report</p>")


def _worded(frame: pd.DataFrame, words: Callable[[int, dict[str, Any]], Words]) -> pd.DataFrame:
    rows = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    told = pd.DataFrame([words(i, row) for i, row in enumerate(rows)], index=frame.index)
    return frame.assign(**{name: told[name] for name in told})
