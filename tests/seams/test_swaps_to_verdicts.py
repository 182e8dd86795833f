"""The real chain from changed images to verdicts: tables are fitted to what trials store."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.schema import names
from auditor.findings import Findings, evaluate
from auditor.storage.tables import to_arrow, to_frame
from tests.findings.trials import case
from tests.interventions.making import (
    CENTRE,
    CORNER,
    ColourProbe,
    classifier,
    flat_batch,
    run_all,
    sample,
)

COLOURS = {"lava": (255, 0, 0), "land": (0, 255, 0), "sea": (0, 0, 255)}
BLACK = (0, 0, 0)
EACH = 6


def audited(kinds: tuple[str, ...], *, by_ground: bool) -> Findings:
    """Classes that only their ground tells apart, or only their object, and a network that looks
    at just that; trials go through the table as it is stored."""
    samples = [sample(f"{kind}{i}", kind) for kind in kinds for i in range(EACH)]
    told = [COLOURS[kind] for kind in kinds for _ in range(EACH)]
    plain = [BLACK] * len(told)
    things, grounds = (plain, told) if by_ground else (told, plain)
    channels = [list(COLOURS).index(kind) for kind in kinds]
    network = ColourProbe(CORNER if by_ground else CENTRE, channels)
    trials = run_all(classifier(network, kinds), flat_batch(samples, things, grounds))
    frame = pd.DataFrame(map(asdict, trials), columns=names("trials"))
    cases = pd.DataFrame([case(s.case_id, s.label, nominated=by_ground) for s in samples])
    return evaluate(
        cases,
        to_frame(to_arrow("trials", frame)),
        settings=FindingsSection(min_images=5),
        seed=0,
        classes=kinds,
        null_nominated={},
    )


def test_two_classes_that_only_their_ground_tells_apart_are_a_pair() -> None:
    rows = audited(("land", "sea"), by_ground=True).classes.set_index("class")
    assert list(rows["verdict"]) == ["confirmed", "confirmed"]
    assert (rows.loc["land", "pair_with"], rows.loc["sea", "pair_with"]) == ("sea", "land")
    assert list(rows["background_effect"]) == pytest.approx([0.8, 0.8], abs=0.01)


def test_of_three_classes_each_has_its_own_ground() -> None:
    found = audited(("lava", "land", "sea"), by_ground=True)
    rows = found.classes.set_index("class")
    assert set(rows["verdict"]) == {"confirmed"}
    assert rows["pair_with"].isna().all()
    # A ground is worth log 9 against every other class.
    assert list(rows["sufficiency"]) == pytest.approx([2.197] * 3, abs=0.02)
    assert set(found.cases["verdict"]) == {"shortcut"}


@pytest.mark.parametrize("kinds", [("land", "sea"), ("lava", "land", "sea")])
def test_objects_that_are_looked_at_clear_everybody(kinds: tuple[str, ...]) -> None:
    found = audited(kinds, by_ground=False)
    assert set(found.classes["verdict"]) == {"clean"}
    assert set(found.cases["verdict"]) == {"object"}
