"""The risk scenarios of a dossier: classes and groups with an open finding."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditor.actions import actions_of
from auditor.domain.cues import spec_of
from auditor.domain.verdicts import ClassVerdict
from auditor.reports.contents import RunContents
from auditor.reports.rows import Row, rows_of
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import interval, share
from auditor.wording.reasons import action_of_class, action_of_step, reason_of_class

SLICE_GAP = 0.05
"""Accuracy that a slice must lack against the rest to be listed as at risk, with q at most .05."""


OPEN = (ClassVerdict.CONFIRMED.value, ClassVerdict.SUSPECTED.value, ClassVerdict.UNDETERMINED.value)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A class, a pair or a slice at risk.

    Attributes:
        who: class or slice.
        hazard: what could go wrong.
        method: how it was tested.
        threshold: what counts as acceptable.
        result: with its interval.
        verdict: id of the class's verdict; None for a slice.
        mitigation: what to do.
        again: when to look again.
    """

    who: str
    hazard: str
    method: str
    threshold: str
    result: str
    verdict: str | None
    mitigation: str
    again: str


def class_scenarios(contents: RunContents, _: Translator) -> list[Scenario]:
    floor = contents.manifest.setting("findings", "effect_floor")
    steps = contents.actions
    if steps is None:
        least = contents.manifest.setting("findings", "min_images")
        steps = actions_of(contents.classes, contents.cases, min_images=int(least or 0))
    by_class: dict[str, Row] = {}
    for step in rows_of(steps):
        by_class.setdefault(str(step["class"]), step)
    rows = rows_of(contents.classes[contents.classes["verdict"].isin(OPEN)])
    return [_class_scenario(row, by_class.get(str(row["class"])), floor, _) for row in rows]


def _class_scenario(row: Row, step: Row | None, floor: float | None, _: Translator) -> Scenario:
    spec = spec_of(row.get("cue"))
    name = str(row["class"])
    hazard = (
        _(
            "'{name}' is answered because of {cue}, and missed where it is absent.",
            name=name,
            cue=_(spec.meaning),
        )
        if spec is not None
        else _("'{name}' may be answered because of what is not the object.", name=name)
    )
    told = interval(
        row["background_effect"], row["background_effect_low"], row["background_effect_high"]
    )
    mitigation = action_of_class(row, _) or ("" if step is None else action_of_step(step, row, _))
    return Scenario(
        who=name,
        hazard=hazard,
        method=_("Objects exchanged between backgrounds, with same-class controls."),
        threshold=_("Less than {floor} of probability lost", floor=share(floor)),
        result=f"{told} — {reason_of_class(row, _)}",
        verdict=str(row["verdict"]),
        mitigation=mitigation or _("None proposed."),
        again=_("After each retraining, and when images come from a new source."),
    )


def slice_scenarios(slices: pd.DataFrame, _: Translator) -> list[Scenario]:
    at_risk = slices[(slices["accuracy_gap"] >= SLICE_GAP) & (slices["q_value"] <= 0.05)]
    return [
        Scenario(
            who=f"{row['slice']} = {row['value']}",
            hazard=_("Images of this group are answered wrong more often than others."),
            method=_("Accuracy of the group against the rest, corrected for all groups."),
            threshold=_("A gap below {gap}", gap=share(SLICE_GAP)),
            result=_(
                "Accuracy {accuracy}, {gap} below the rest",
                accuracy=interval(row["accuracy"], row["accuracy_low"], row["accuracy_high"]),
                gap=share(row["accuracy_gap"]),
            ),
            verdict=None,
            mitigation=_("Collect images of this group, or weigh it in training."),
            again=_("After each retraining, and when images come from a new source."),
        )
        for row in rows_of(at_risk)
    ]
