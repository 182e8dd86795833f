"""The interventions of a case side by side, each with what the model made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import images
from dashboard.components.assets import read
from dashboard.intervention_words import FILL_WORDS, INTERVENTION_HELP, INTERVENTION_WORDS

_mount = st.components.v2.component(
    "auditor.strip",
    html='<div class="strip" role="list"></div>',
    css=read("layers.css", "strip.css"),
    js=read("layers.js", "strip.js"),
)


def figures(
    rows: Sequence[Mapping[str, Any]], label: str, donors: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Rows of the evidence as plain values, in the order in which they tell the story.

    Args:
        rows: of the evidence table.
        label: class whose probability is told.
        donors: case_id -> label of the pictures that lent a background.
    """
    order = list(INTERVENTION_WORDS)
    known = [row for row in rows if row["intervention"] in INTERVENTION_WORDS]
    known.sort(key=lambda row: (order.index(row["intervention"]), row["fill"]))
    return [
        {
            "title": INTERVENTION_WORDS[row["intervention"]],
            "help": INTERVENTION_HELP[row["intervention"]],
            "fill": _how(row, donors),
            "probability": row["probability"],
            "picture": images.jpeg_address(bytes(row["picture"])),
            "label": label,
        }
        for row in known
    ]


def show(rows: Sequence[Mapping[str, Any]], label: str, donors: Mapping[str, str]) -> None:
    """Show the pictures with the probability of `label`, the first of them as it is."""
    _mount(key="strip", data=figures(rows, label, donors))


def _how(row: Mapping[str, Any], donors: Mapping[str, str]) -> str:
    fill = FILL_WORDS.get(row["fill"], row["fill"])
    donor = donors.get(row["donor"] or "")
    return ", ".join(part for part in (f"from {donor}" if donor else "", fill) if part)
