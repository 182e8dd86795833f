"""Simulated audits of a label of which an image may have several: its images, and those without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from auditor.domain.multilabel import absent
from tests.fakes.worlds import Kind
from tests.findings.planted import CUE, D, Planted, of_property, zero_maps
from tests.findings.planted_more import BESIDE, COST, WON, edge_marks

WITHOUT = Kind(absent("d"), images=40)


def _labels(*_: pd.DataFrame) -> Mapping[str, Any]:
    return {"labels": ["d"]}


WEAK = replace(CUE, cue=1.2, object=1.5)

LABELS = {
    "a label with a cue": Planted("confirmed.label", (CUE, WITHOUT), more=_labels),
    "a label without": Planted("clean.label", (D, WITHOUT), more=_labels, noise=0.5),
    "a label with little": Planted("suspected.label", (WEAK, WITHOUT), more=_labels),
    "a label of no image": Planted(
        "undetermined.label_no_images", (replace(D, images=0), WITHOUT), more=_labels
    ),
    "a label of all images": Planted(
        "undetermined.label_no_others", (D, replace(WITHOUT, images=0)), more=_labels
    ),
    "a label that few lack": Planted(
        "undetermined.label_too_few_donors",
        (D, replace(WITHOUT, images=4)),
        more=_labels,
        numbers={"donors": 4, "least": 5},
    ),
    "a label of zero maps": Planted(
        "undetermined.label_zero_maps", (D, WITHOUT), zero_maps, more=_labels, noise=0.5
    ),
    "a label told by a cast": Planted(
        "confirmed.label_attribute",
        (CUE, WITHOUT),
        of_property("cast_other", "cast_same", (D, WITHOUT)),
        more=_labels,
    ),
    "a label told by a weak cast": Planted(
        "suspected.label_attribute",
        (replace(CUE, cue=1.0, object=2.0), WITHOUT),
        of_property("cast_other", "cast_same", (D, WITHOUT)),
        more=_labels,
    ),
    "a label told across the edge": Planted(
        "confirmed.label_edge",
        (D, WITHOUT),
        edge_marks,
        numbers={"loss": COST, "beside": BESIDE, "won": WON},
        more=_labels,
    ),
}
"""By what is planted."""
