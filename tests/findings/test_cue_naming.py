"""A cast lies over the objects, too; a coloured background does not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from auditor.domain.cues import Cue
from auditor.domain.interventions import Fill, Intervention
from auditor.domain.locations import Location, OfBackground, OfCue
from auditor.findings.evidence.trial_table import TrialRows, tidy
from auditor.findings.frames import as_numbers
from auditor.findings.verdicts.named_cue import tinted
from tests.findings.trials import case, table_of, trial

THING, GREY, WARM = (120, 100, 90), (120, 120, 120), (146, 116, 82)
GREEN = (60, 160, 60)


def _table(on_object: tuple[int, ...], behind: tuple[int, ...]) -> TrialRows:
    rows: list[dict[str, Any]] = []
    for number in range(4):
        for label, colours in (("boat", (on_object, behind)), ("cat", (THING, GREY))):
            place = " ".join(str(value) for colour in colours for value in colour)
            name = f"{label}{number}"
            rows.append(
                trial(name, Intervention.GREY_WORLD, Fill.NONE, 0.9, label=label, place=place)
            )
    cases = [case(row["case_id"], row["label"]) for row in rows]
    return tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0)


@pytest.mark.parametrize(
    ("on_object", "behind", "cast"),
    [((146, 97, 61), WARM, True), (THING, GREEN, False), (THING, WARM, False)],
    ids=["cast", "green ground", "warm ground"],
)
def test_the_objects_tell_a_cast_from_a_coloured_background(
    on_object: tuple[int, ...], behind: tuple[int, ...], cast: bool
) -> None:
    told = (Cue.COLOUR_CAST, Location(OfCue(Cue.COLOUR_CAST)))
    ground = (Cue.BACKGROUND, Location(OfBackground(Cue.COLOUR_CAST)))
    assert tinted(_table(on_object, behind), "boat") == (told if cast else ground)


@pytest.mark.parametrize(
    ("on_object", "cue"), [((146, 97, 61), Cue.COLOUR_CAST), (THING, Cue.BACKGROUND)]
)
def test_among_objects_of_many_colours_it_is_said_that_nobody_can_tell(
    on_object: tuple[int, ...], cue: Cue
) -> None:
    rows = _table(on_object, WARM).rows
    motley = rows["case_id"].map(
        {f"cat{i}": f"{90 + 20 * i} 100 {120 - 20 * i} 120 120 120" for i in range(4)}
    )
    table = TrialRows(rows.assign(place=motley.fillna(rows["place"])))
    named, where = tinted(table, "boat")
    assert named is cue
    assert where.unsure


@pytest.mark.parametrize(
    ("varies", "cue"), [(15, Cue.COLOUR_CAST), (1, Cue.BACKGROUND)], ids=["varied", "alike"]
)
def test_where_objects_cannot_tell_a_tint_over_varied_scenes_is_a_cast(
    varies: int, cue: Cue
) -> None:
    places = {
        f"cat{i}": f"{90 + 20 * i} 100 {120 - 20 * i} {110 + 9 * i} 120 120" for i in range(4)
    }
    places |= {f"boat{i}": f"120 100 90 {150 + varies * i} 116 {90 - varies * i}" for i in range(4)}
    rows = _table(THING, WARM).rows
    table = TrialRows(rows.assign(place=rows["case_id"].map(places)))
    assert tinted(table, "boat")[0] is Cue.BACKGROUND
    named, where = tinted(table, "boat", carried=True)
    assert named is cue
    assert where.unsure


def test_a_green_ground_is_none_though_its_tint_carries_the_effect() -> None:
    assert tinted(_table(THING, GREEN), "boat", carried=True)[0] is Cue.BACKGROUND


def test_without_colours_a_cast_is_taken_for_a_cast() -> None:
    table = _table(THING, GREEN)
    blind = TrialRows(table.rows.assign(place=None))
    unsure = Location(OfCue(Cue.COLOUR_CAST), unsure=True)
    assert tinted(blind, "boat") == (Cue.COLOUR_CAST, unsure)
