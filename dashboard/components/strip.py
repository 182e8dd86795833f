"""The interventions of a case side by side, each with what the model made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from auditor.domain.interventions import ON_DONOR, SHOW_DONOR, Intervention
from auditor.reports.pictures import pictures_of
from dashboard.components.assets import read
from dashboard.runs import images
from dashboard.texts.intervention_words import FILL_WORDS, INTERVENTION_HELP, INTERVENTION_WORDS
from dashboard.texts.language import _

TELLING = (
    Intervention.BACKGROUND_OTHER,
    Intervention.OBJECT_REMOVED,
    Intervention.BACKGROUND_SAME,
    Intervention.BACKGROUND_REMOVED,
    Intervention.NEUTRAL,
)
"""What shows most where the class has no other cue."""

_mount = st.components.v2.component(
    "auditor.strip",
    html='<div class="strip" role="list"></div>',
    css=read("layers.css", "strip.css"),
    js=read("dom.js", "layers.js", "figure.js", "strip.js"),
)


def figures(
    rows: Sequence[Mapping[str, Any]],
    label: str,
    donors: Mapping[str, str],
    cue: str | None = None,
) -> list[dict[str, Any]]:
    """Rows of the evidence as plain values, in the order in which they tell the story: the picture
    as it is, what shows the cue of its class, the others.

    Args:
        rows: of the evidence table.
        label: class whose probability is told.
        donors: case_id -> label of the pictures that lent something or were given it.
        cue: that its class is said to rely on.
    """
    first = [Intervention.ORIGINAL.value, *pictures_of(cue)]
    order = [*first, *(name for name in INTERVENTION_WORDS if name not in first)]
    known = [row for row in rows if row["intervention"] in INTERVENTION_WORDS]
    known.sort(key=lambda row: (order.index(row["intervention"]), row["fill"]))
    before = _befores(known)
    return [
        {
            "kind": row["intervention"],
            "title": _(INTERVENTION_WORDS[row["intervention"]]),
            "help": _(INTERVENTION_HELP[row["intervention"]]),
            "fill": _how(row, donors),
            "probability": row["probability"],
            "before": before.get(row["intervention"]),
            "picture": images.jpeg_address(bytes(row["picture"])),
            "label": label,
        }
        for row in known
    ]


def telling(shown: Sequence[dict[str, Any]], cue: str | None) -> list[dict[str, Any]]:
    """Of `figures` those that show most, one of each kind: what shows the cue of the class first,
    then the object on another background, its removal, and the controls. Without an outline there
    are none of these: then what moves the probability most."""
    first = [*pictures_of(cue), *TELLING]
    by_kind: dict[str, dict[str, Any]] = {}
    for each in shown:
        by_kind.setdefault(each["kind"], each)
    named = [by_kind[kind] for kind in first if kind in by_kind]
    if named:
        return named
    moved = [each for each in by_kind.values() if each["before"] is not None]
    return sorted(moved, key=lambda each: -abs(each["probability"] - each["before"]))


def show(
    rows: Sequence[Mapping[str, Any]],
    label: str,
    donors: Mapping[str, str],
    cue: str | None = None,
) -> None:
    """Show the pictures with the probability of `label`, the first of them as it is."""
    _mount(key="strip", data=figures(rows, label, donors, cue))


def _befores(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """What each probability is held against: that of the picture as it is; where the picture is
    another case's, that of the same one with its control; nothing for controls of that kind."""
    found = {row["intervention"]: row["probability"] for row in rows}
    alone = {Intervention.ORIGINAL.value, *(control.value for control in ON_DONOR.values())}
    against = {
        name: ON_DONOR.get(name, Intervention.ORIGINAL) for name in found if name not in alone
    }
    return {name: found[control] for name, control in against.items() if control in found}


def _how(row: Mapping[str, Any], donors: Mapping[str, str]) -> str:
    fill = _(FILL_WORDS.get(row["fill"], row["fill"]))
    donor = donors.get(row["donor"] or "")
    onto = row["intervention"] in SHOW_DONOR
    way = _("onto {donor}", donor=donor) if onto else _("from {donor}", donor=donor)
    return ", ".join(part for part in (way if donor else "", fill) if part)
