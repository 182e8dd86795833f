"""What is said of a hypothesis, and in which order several stand: by numbers that are chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.hypotheses import PATCH, REGION, HypothesisStatus
from auditor.domain.interventions import Fill, Intervention
from auditor.domain.locations import Location, OfCue, write_location
from auditor.domain.places import (
    Patch,
    Property,
    PropertyKind,
    Region,
    RegionKind,
    write_place,
)
from auditor.findings.clusters import patches
from auditor.findings.clusters.hypotheses import _ranked, _shown_by_odds, _worth_telling
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.clusters.hypothesis_reasons import reason
from auditor.findings.clusters.map_clusters import (
    MapClusters,
    draw,
    find_clusters,
    nearest,
    vectors_of,
)
from auditor.findings.clusters.patch_groups import PatchGroups, find_groups
from auditor.findings.clusters.patches import Patches
from auditor.findings.clusters.region_hypotheses import of_region_swaps, region_swaps_of
from auditor.findings.evidence.positions import Consistency
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.findings.verdicts.cue_naming import EXPLAINS, NamedCue
from auditor.statistics.effects import Effect
from tests.findings.known_effects import known_effect
from tests.findings.trials import case, table_of, trial

OPEN, SUSPECTED, CONFIRMED = (
    HypothesisStatus.OPEN,
    HypothesisStatus.SUSPECTED,
    HypothesisStatus.CONFIRMED,
)
OWN = Consistency(0.4, 0.05)
FLOOR = 0.25
SETTINGS = FindingsSection(effect_floor=FLOOR, min_images=20)
ONE = Hypothesis(
    kind=PATCH, group="g", standing=OPEN, place=None, where=None, share=0.5, own_place=None,
    carries=False, cost=known_effect(0.4, 0.3, 0.5), win=known_effect(0.2, 0.1, 0.3), examples=(),
)  # fmt: skip
FRAME = replace(ONE, kind=Cue.BORDER_FRAME.value, of_appearance=True, share=1.0)
BLUR = replace(FRAME, kind=Cue.BLUR.value, cost=None)
PART = replace(ONE, kind=REGION, share=1.0)


@pytest.mark.parametrize(
    ("place", "own"),
    [
        (OWN, True),
        (Consistency(0.399, 0.05), False),
        (Consistency(0.4, 0.051), False),
        (None, False),
    ],
)
def test_a_place_of_its_own(place: Consistency | None, own: bool) -> None:
    assert replace(ONE, own_place=place).at_own_place is own


@pytest.mark.parametrize(
    ("cost", "costs"),
    [
        (None, True),
        (known_effect(0.5, 1e-9), True),
        (known_effect(0.5, 0.0), False),
        (Effect(0.5, None, None, None, {}, 1, 1), False),
    ],
)
def test_what_surely_costs_something_in_log_odds(cost: Effect | None, costs: bool) -> None:
    assert replace(ONE, odds_cost=cost).costs_in_odds is costs


def test_one_has_all_of_another_if_it_costs_as_much_and_wins_three_fifths() -> None:
    frame = replace(FRAME, cost=known_effect(0.4), win=known_effect(0.5))
    least = replace(ONE, cost=known_effect(0.4), win=known_effect(EXPLAINS * 0.5))
    assert least.has_all_of(frame)
    assert not replace(least, cost=known_effect(0.39)).has_all_of(frame)
    assert not replace(least, win=known_effect(EXPLAINS * 0.5 - 1e-9)).has_all_of(frame)
    assert not replace(least, cost=None).has_all_of(frame)
    assert not least.has_all_of(replace(frame, win=None))


def test_strength_is_the_share_of_the_class_times_the_cost() -> None:
    assert ONE.strength == pytest.approx(0.2)
    assert replace(ONE, cost=known_effect(-0.4)).strength == 0.0
    assert replace(ONE, cost=None).strength is None
    # What cannot be taken away is worth what it wins.
    assert BLUR.strength == pytest.approx(0.2)
    assert replace(BLUR, win=None).strength is None
    bare = (ONE.odds_shown, ONE.of_appearance, ONE.odds_null, ONE.region)
    assert bare == (False, False, None, None)


def _told(each: Hypothesis, images: int = 100) -> tuple[str, list[str], dict[str, Any]]:
    found = reason("green", each, images, SETTINGS)
    notes = found.numbers["notes"]
    assert isinstance(notes, tuple)
    return found.code, list(notes), dict(found.numbers)


def test_the_numbers_of_a_patch() -> None:
    code, notes, numbers = _told(replace(ONE, own_place=OWN))
    assert code == "hypothesis.patch"
    assert notes == [
        "hypothesis.cost", "hypothesis.win", "hypothesis.place", "hypothesis.little",
    ]  # fmt: skip
    assert (numbers["name"], numbers["share"], numbers["floor"]) == ("green", 0.5, FLOOR)
    assert [numbers[n] for n in ("cost", "cost_low", "cost_high")] == [0.4, 0.3, 0.5]
    assert [numbers[n] for n in ("win", "win_low", "win_high")] == [0.2, 0.1, 0.3]
    assert (numbers["consistency"], numbers["p"]) == (0.4, 0.05)
    # .2 of 100 / .5: those of the class that depend on it.
    assert numbers["change"] == 40
    assert "where" not in numbers
    assert "odds_bar" not in numbers


@pytest.mark.parametrize(("images", "change"), [(100, 40), (101, 41), (50, 20), (10, 20)])
def test_as_many_images_to_change_as_a_verdict_needs(images: int, change: int) -> None:
    assert _told(ONE, images)[2]["change"] == change
    assert _told(replace(ONE, cost=None), images)[2]["change"] == 20


def test_a_patch_at_a_place_with_unknown_cost_and_win() -> None:
    where = Location(OfCue(Cue.CORNER_MARK))
    code, notes, numbers = _told(replace(ONE, where=where, cost=None, win=None))
    assert code == "hypothesis.patch_at"
    assert notes[:2] == ["hypothesis.cost_unknown", "hypothesis.win_unknown"]
    assert notes[-1] == "hypothesis.little"
    assert numbers["where"] == write_location(where)
    assert (numbers["cost"], numbers["win"]) == (None, None)
    assert "cost_low" not in numbers


@pytest.mark.parametrize(
    ("standing", "place", "told"),
    [
        (OPEN, Consistency(0.0, 0.01), "hypothesis.place_shared"),
        (OPEN, Consistency(0.5, 0.051), "hypothesis.place_shared"),
        (OPEN, Consistency(0.3, 0.05), "hypothesis.place_weak"),
        (OPEN, OWN, "hypothesis.place"),
        (SUSPECTED, Consistency(0.0, 0.5), "hypothesis.place_weak"),
    ],
)
def test_what_is_said_of_its_place(
    standing: HypothesisStatus, place: Consistency, told: str
) -> None:
    assert _told(replace(ONE, standing=standing, own_place=place))[1][2] == told


@pytest.mark.parametrize(
    ("changes", "end", "action"),
    [
        ({"standing": CONFIRMED}, "hypothesis.explains", None),
        ({"standing": SUSPECTED, "own_place": OWN}, "hypothesis.mark", "hypothesis.cover"),
        ({"standing": SUSPECTED}, "hypothesis.as_frame", "hypothesis.cover"),
        ({"win": known_effect(FLOOR)}, "hypothesis.as_object", "hypothesis.look"),
        ({"win": known_effect(FLOOR - 1e-9)}, "hypothesis.little", "hypothesis.look"),
        ({"carries": True, "win": known_effect(0.0)}, "hypothesis.as_object", "hypothesis.look"),
        ({"win": None}, "hypothesis.as_object", "hypothesis.look"),
    ],
)
def test_how_the_reason_of_a_patch_ends(
    changes: dict[str, Any], end: str, action: str | None
) -> None:
    _, notes, numbers = _told(replace(ONE, **changes))
    assert notes[-1] == end
    assert numbers["action"] == action


@pytest.mark.parametrize(
    ("each", "code", "end", "action"),
    [
        (FRAME, "hypothesis.property_cost", "hypothesis.chance", "hypothesis.compare"),
        (BLUR, "hypothesis.property", "hypothesis.chance", "hypothesis.compare"),
        (PART, "hypothesis.region", "hypothesis.chance", "hypothesis.look_at_region"),
        (
            replace(FRAME, standing=SUSPECTED),
            "hypothesis.property_cost",
            "hypothesis.partly",
            "hypothesis.compare",
        ),
        (
            replace(FRAME, standing=CONFIRMED, carries=True),
            "hypothesis.property_cost",
            "hypothesis.shown",
            None,
        ),
        (
            replace(PART, carries=True),
            "hypothesis.region",
            "hypothesis.whose_region",
            "hypothesis.look_at_region",
        ),
        (
            replace(FRAME, of_appearance=False, carries=True),
            "hypothesis.property_cost",
            "hypothesis.whose_property",
            "hypothesis.compare",
        ),
    ],
)
def test_regions_and_properties(each: Hypothesis, code: str, end: str, action: str | None) -> None:
    found, notes, numbers = _told(each)
    assert (found, notes, numbers["action"]) == (code, [end], action)
    assert ("what" in numbers) is (each.kind != REGION)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"odds_cost": known_effect(2.0)}, []),
        ({"odds_win": known_effect(2.0)}, ["hypothesis.odds_win"]),
        (
            {"odds_win": known_effect(2.0), "odds_shown": True},
            ["hypothesis.odds_win", "hypothesis.odds_shown"],
        ),
        ({"odds_win": known_effect(2.0), "odds_cost": known_effect(1.0)}, ["hypothesis.odds"]),
    ],
)
def test_log_odds_are_told_where_a_gain_was_asked(changes: dict[str, Any], told: list[str]) -> None:
    for each in (ONE, FRAME, PART):
        notes = _told(replace(each, **changes))[1]
        assert [note for note in notes if "odds" in note] == told
    numbers = _told(replace(ONE, odds_win=known_effect(2.0, 1.5, 2.5), odds_null=1.25))[2]
    assert (numbers["odds_win_low"], numbers["odds_bar"]) == (1.5, 1.25)
    bare = _told(replace(ONE, odds_win=known_effect(2.0)))[2]
    assert bare["odds_bar"] == 1.0
    assert "odds_cost" not in bare


@pytest.mark.parametrize(
    ("each", "told"),
    [
        (replace(ONE, cost=None, win=None), True),
        (replace(FRAME, cost=known_effect(FLOOR), win=None), True),
        (replace(FRAME, cost=known_effect(FLOOR - 1e-9), win=known_effect(0.0)), False),
        (replace(FRAME, cost=None, win=known_effect(FLOOR)), True),
        (replace(PART, cost=known_effect(0.9)), False),
        (replace(PART, carries=True), True),
        (replace(PART, odds_shown=True), True),
    ],
)
def test_which_hypotheses_are_told_at_all(each: Hypothesis, told: bool) -> None:
    assert _worth_telling(each, FLOOR) is told


def test_log_odds_are_tested_over_all_hypotheses_of_the_run() -> None:
    sure = replace(ONE, odds_win=known_effect(5.0, 4.9, 5.1))
    dear = replace(sure, odds_cost=known_effect(0.5, -0.1))
    low = replace(sure, odds_null=5.5)
    found = _shown_by_odds({"x": [ONE, sure], "y": [dear, sure, low]}, 0.05)
    assert [each.odds_shown for each in found["x"]] == [False, True]
    assert [each.odds_shown for each in found["y"]] == [False, True, False]


def test_hypotheses_stand_by_standing_then_proof_then_strength() -> None:
    weak = replace(ONE, share=0.1)
    shown = replace(weak, odds_shown=True)
    carried = replace(weak, carries=True, share=0.2)
    unknown = replace(ONE, cost=None)
    suspected = replace(ONE, standing=SUSPECTED, cost=known_effect(0.01))
    found = _ranked([unknown, weak, ONE, shown, suspected, carried], None)
    assert found == (suspected, carried, shown, ONE, weak, unknown)
    # Equal ones by their kind.
    assert _ranked([replace(PART, share=0.5), ONE], None)[0] == ONE


def test_what_explains_a_proved_property_stands_before_it() -> None:
    frame = replace(FRAME, standing=CONFIRMED)
    named = NamedCue(Cue.CORNER_MARK, Location(OfCue(Cue.CORNER_MARK)), None, ())
    first, second = _ranked([ONE, frame], named)
    assert first == replace(ONE, standing=CONFIRMED)
    assert second == frame
    assert _ranked([ONE, frame], None) == (frame, ONE)
    blur = replace(named, cue=Cue.BLUR)
    assert _ranked([ONE, frame], blur) == (frame, ONE)
    itself = replace(named, cue=Cue.BORDER_FRAME)
    assert _ranked([ONE, frame], itself) == (frame, ONE)
    thing = replace(named, cue=Cue.CO_OCCURRING_OBJECT)
    assert _ranked([ONE, frame], thing)[0].kind == PATCH
    # Nothing is proved yet.
    assert _ranked([ONE, replace(FRAME, standing=OPEN)], named)[0].standing is OPEN
    assert _ranked([], named) == ()


def test_a_patch_that_is_all_of_a_frame_is_suspected_with_it() -> None:
    patch = replace(ONE, carries=True)
    frame = replace(FRAME, standing=SUSPECTED, cost=patch.cost, win=patch.win)
    found = {each.kind: each.standing for each in _ranked([patch, frame], None)}
    assert found == {PATCH: SUSPECTED, frame.kind: SUSPECTED}
    for other in (
        replace(frame, standing=OPEN),
        replace(frame, kind=Cue.BLUR.value),
        replace(frame, cost=known_effect(0.9)),
    ):
        ranked = _ranked([patch, other], None)
        assert next(e for e in ranked if e.kind == PATCH).standing is OPEN
    loose = _ranked([ONE, frame], None)
    assert next(e for e in loose if e.kind == PATCH).standing is OPEN


def _maps(*levels: tuple[int, int], label: str = "x", **more: Any) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "case_id": f"{label}{n:02}",
                "label": label,
                "cam": bytes(each),
                "cam_scale": 1.0,
                **{key: value[n] for key, value in more.items()},
            }
            for n, each in enumerate(levels)
        ]
    )


def test_maps_as_roots_of_shares_and_the_nearest_centre() -> None:
    found = vectors_of(pd.Series([bytes((1, 3)), bytes((0, 0)), bytes((0, 200))]))
    assert found == pytest.approx(np.array([[0.5, np.sqrt(0.75)], [0, 0], [0, 1]]))
    centres = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert list(nearest(np.array([[0.9, 0.2], [0.4, 0.6], [0.5, 0.5]]), centres)) == [0, 1, 0]


def test_the_largest_cluster_is_the_first_and_zero_maps_have_none() -> None:
    cases = _maps(*[(200, 1)] * 9, *[(1, 200)] * 12)
    found = find_clusters(cases)
    named = found.of(cases)
    assert list(named) == ["x 2"] * 9 + ["x 1"] * 12
    assert found.of(cases.assign(cam_scale=0.0)).isna().all()
    assert found.of(cases.assign(label="y")).isna().all()
    assert set(MapClusters({"x": found.centres["x"][:1]}).of(cases)) == {"x 1"}


@pytest.mark.parametrize(("count", "told"), [(19, False), (20, True)])
def test_twenty_maps_of_a_class_are_clustered(count: int, told: bool) -> None:
    assert ("x" in find_clusters(_maps(*[(200, 1)] * count)).centres) is told


@pytest.mark.parametrize(("few", "clusters"), [(4, 1), (5, 2)])
def test_five_maps_make_a_cluster(few: int, clusters: int) -> None:
    found = find_clusters(_maps(*[(200, 1)] * few, *[(1, 200)] * 20))
    assert len(found.centres["x"]) == clusters


def test_only_maps_that_are_not_zero_are_drawn() -> None:
    cases = _maps((1, 1), (1, 2), (2, 1)).assign(cam_scale=[0.0, 0.1, 1.0])
    assert draw(cases, seed=0) == ["x01", "x02"]


def _peaks(*kinds: int) -> list[bytes]:
    return [np.eye(4)[kind].astype("<f2").tobytes() for kind in kinds]


def test_clusters_over_alike_features_are_one_group_the_largest_first() -> None:
    """Two places of one thing (12 and 8), one of another (14)."""
    levels = [(200, 1)] * 12 + [(1, 200)] * 8 + [(100, 100)] * 14
    cases = _maps(*levels, peak=_peaks(*[0] * 20, *[1] * 14))
    found = find_groups(cases, ["x"])
    assert list(found.of(cases)) == ["x patch 1"] * 20 + ["x patch 2"] * 14
    assert PatchGroups({}, {}).of(cases).isna().all()
    assert find_groups(cases, ["y"]).centres == {}
    unknown = cases.assign(peak=[None, *cases["peak"][1:]])
    assert list(found.of(unknown).isna()) == [True] + [False] * 33


@pytest.mark.parametrize(("count", "told"), [(19, False), (20, True)])
def test_twenty_patches_of_a_class_are_grouped(count: int, told: bool) -> None:
    cases = _maps(*[(200, 1)] * count, peak=_peaks(*[0] * count))
    assert ("x" in find_groups(cases, ["x"]).groups) is told


def test_what_fits_nowhere_joins_the_nearest_or_stands_alone() -> None:
    levels = [(200, 1)] * 15 + [(1, 200)] * 15
    few = [*levels, (150, 40), (40, 150)]
    cases = _maps(*few, peak=_peaks(*[0] * 15, *[1] * 15, 0, 1))
    assert list(find_groups(cases, ["x"]).of(cases)[-2:]) == ["x patch 1", "x patch 2"]


def test_patches_of_a_group_and_of_other_classes() -> None:
    maps = pd.concat(
        [
            _maps((1, 3), (3, 1), (1, 1), label="x").assign(patch_group=["g", "g", "h"]),
            _maps((0, 2), (0, 0), label="y").assign(patch_group=None, cam_scale=[1.0, 0.0]),
        ]
    )
    removed = Intervention.SALIENT_REMOVED
    rows = [
        trial("x00", removed, Fill.BLUR, 0.5),
        trial("y00", Intervention.PATCH_OTHER, Fill.NONE, 0.5, donor="x01", donor_group="x01"),
        trial("y00", Intervention.PATCH_OTHER, Fill.NONE, 0.5, donor=None),
    ]
    cases = as_numbers(pd.DataFrame([case(name, name[0]) for name in maps["case_id"]]))
    population = cases.assign(group=["p", "p", "q", "r", "s"])
    found = Patches.of(maps, population, tidy(table_of(rows), cases, seed=0))
    assert list(found.maps["case_id"]) == ["x00", "x01", "x02", "y00"]
    assert list(found.removed["patch_group"]) == ["g"]
    assert list(found.given["patch_group"]) == ["g"]
    # Near-duplicates count once.
    assert found.shares(own="g") == pytest.approx(np.array([[0.5, 0.5]]))
    assert found.shares(own="h") == pytest.approx(np.array([[0.5, 0.5]]))
    assert found.shares(other_than="x") == pytest.approx(np.array([[0.0, 1.0]]))
    assert found.shares(other_than="y").shape == (2, 2)
    assert found.shares(own="z").shape == (0, 1)


def test_of_other_classes_only_so_many_maps_are_read_as_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first clusters, however many classes there are; a cluster without a class's own maps."""
    maps = pd.concat([_maps(*[(n + 1, 9)] * 3, label=f"k{n}") for n in range(8)], ignore_index=True)
    clusters = pd.Series(np.arange(24) // 2, index=maps["case_id"])
    nothing = pd.DataFrame()
    found = Patches(maps.assign(patch_group=None), clusters, nothing, nothing)
    every = {name: found.shares(other_than=name) for name in maps["label"].unique()}
    assert {len(each) for each in every.values()} == {11}
    read: list[int] = []

    def counted(cams: pd.Series) -> Any:
        read.append(len(cams))
        return vectors_of(cams)

    monkeypatch.setattr(patches, "vectors_of", counted)
    monkeypatch.setattr(patches, "MOST_MAPS", 3)
    for name, expected in every.items():
        assert np.array_equal(found.shares(other_than=name), expected[:3])
    assert max(read) <= 6
    # k0's third map shares its cluster with k1's first, which alone counts beside k0.
    assert every["k0"][0] == pytest.approx([2 / 11, 9 / 11])


TOP = Region(RegionKind.TOP, 0.1)
WIDE = Region(RegionKind.TOP, 0.3)
LEFT = Region(RegionKind.LEFT, 0.2)


def _exchanges(place: Any, lost: float, won: float, count: int = 6) -> list[dict[str, Any]]:
    rows = []
    for n in range(count):
        rows.append(
            trial(
                f"x{n}", Intervention.EXCHANGE_OTHER, Fill.NONE, 0.9 - lost + 0.001 * n, label="x",
                donor=f"y{n}", donor_label="y", donor_group=f"y{n}", place=write_place(place),
                p_label_control=0.9, p_donor=0.05, p_donor_control=0.05,
            )
        )  # fmt: skip
        rows.append(
            trial(
                f"y{n}", Intervention.EXCHANGE_GIVEN, Fill.NONE, 0.5, label="y", donor=f"x{n}",
                donor_label="x", donor_group=f"x{n}", place=write_place(place),
                p_label_control=0.5, p_donor=0.1 + won, p_donor_control=0.1,
            )
        )  # fmt: skip
    return rows


def _found(*rows: list[dict[str, Any]]) -> list[Hypothesis]:
    flat = [row for part in rows for row in part]
    cases = [case(f"{label}{n}", label) for label in "xy" for n in range(6)]
    table = tidy(table_of(flat), as_numbers(pd.DataFrame(cases)), seed=0)
    return of_region_swaps(table, "x", beside=(), classes=3, floor=FLOOR, seed=0)


def test_the_smallest_region_that_carries_most_of_it_is_told() -> None:
    (one,) = _found(
        _exchanges(WIDE, 0.6, 0.5), _exchanges(TOP, 0.5, 0.4), _exchanges(LEFT, 0.6, 0.5)
    )
    assert one.region == write_place(TOP)
    assert (one.kind, one.carries, one.standing) == (REGION, True, OPEN)
    assert one.where == Location(TOP)
    assert one.cost is not None
    assert one.win is not None
    assert one.odds_cost is not None
    assert one.odds_win is not None
    assert (one.cost.mean, one.win.mean) == (pytest.approx(0.4975), pytest.approx(0.4))
    # Those that lose most first, at most five.
    assert one.examples == tuple(f"x{n}" for n in range(5))
    assert (one.share, one.group, one.place, one.own_place) == (1.0, None, None, None)


@pytest.mark.parametrize(
    ("lost", "won", "region"),
    [(0.47, 0.4, WIDE), (0.49, 0.4, TOP), (0.6, 0.29, WIDE), (0.6, 0.31, TOP)],
)
def test_most_is_four_fifths_of_the_cost_and_three_fifths_of_the_gain(
    lost: float, won: float, region: Region
) -> None:
    (one,) = _found(_exchanges(WIDE, 0.6, 0.5), _exchanges(TOP, lost, won))
    assert one.region == write_place(region)


def test_where_no_region_carries_the_one_that_moves_most_in_log_odds_is_kept() -> None:
    (one,) = _found(
        _exchanges(WIDE, 0.1, 0.1), _exchanges(TOP, 0.02, 0.1), _exchanges(LEFT, 0.1, 0.01)
    )
    assert one.region == write_place(WIDE)
    assert not one.carries
    assert _found(_exchanges(Patch(0.1, 0.1, 0.2), 0.6, 0.6)) == []
    assert _found([r for r in _exchanges(TOP, 0.6, 0.6) if r["label"] == "x"]) == []
    assert _found() == []


def test_a_single_pair_of_pictures_proves_nothing() -> None:
    (one,) = _found(_exchanges(TOP, 0.6, 0.5, count=1))
    assert not one.carries


def test_a_property_is_told_beside_the_region() -> None:
    exposure, contrast = Property(PropertyKind.EXPOSURE), Property(PropertyKind.CONTRAST)
    region, one = _found(
        _exchanges(TOP, 0.5, 0.4), _exchanges(exposure, 0.5, 0.6), _exchanges(contrast, 0.7, 0.5)
    )
    assert region.kind == REGION
    assert (one.kind, one.region) == (Cue.EXPOSURE.value, None)
    assert one.where == Location(OfCue(Cue.EXPOSURE))
    assert one.carries
    (weak,) = _found(_exchanges(exposure, 0.1, 0.01), _exchanges(contrast, 0.1, 0.1))
    assert (weak.kind, weak.carries) == (Cue.CONTRAST.value, False)
    cases = [case(f"{label}{n}", label) for label in "xy" for n in range(6)]
    table = tidy(table_of(_exchanges(exposure, 0.5, 0.6)), as_numbers(pd.DataFrame(cases)), seed=0)
    hidden = of_region_swaps(table, "x", beside=(Cue.EXPOSURE,), classes=3, floor=FLOOR, seed=0)
    assert hidden == []
    (found,) = region_swaps_of(table, "x", classes=3, floor=FLOOR, seed=0)
    assert found.cue is Cue.EXPOSURE
    # What was given whole in the first round is not asked again.
    cast = _exchanges(Property(PropertyKind.TINT), 0.5, 0.6)
    assert _found(cast) == []
