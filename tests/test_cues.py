"""Every kind of cue, planted by construction: confirmed and called by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import escape

import auditor
from auditor.domain.interventions import EDGES, Intervention
from auditor.domain.locations import Area, PatchShares, read_location
from auditor.reports.words import INTERVENTIONS
from auditor.storage.run import Run
from tests.fakes import planted
from tests.fakes.cue_world import TRUTH, write_dataset

pytestmark = pytest.mark.slow

LOOKS = ("border frame", "blur", "colour cast")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("looks")
    write_dataset(folder, per_class=28)
    return folder


def audited(world: Path, out: Path, *, masks: bool) -> Run:
    model = {"factory": "tests.fakes.cue_world:build_network", "layer": "colours"}
    config = planted.config_of(world, model=model, run={"out": out})
    if not masks:
        config["data"].pop("masks")
    return auditor.audit(config)


def by_class(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index("class")


def test_with_masks_every_cue_is_found_and_named(world: Path, tmp_path: Path) -> None:
    run = audited(world, tmp_path / "run", masks=True)
    assert run.hypotheses().empty
    shown = set(run.evidence()["intervention"])
    assert {"cast_other", "frame_other", "blur_other", "salient_removed", "patch_other"} <= shown
    examples = by_class(run.classes()).loc["stamped", "cue_examples"].split()
    for example in examples:
        assert set(EDGES) <= set(run.evidence(example)["intervention"])
    report = (run.path / "report.html").read_text()
    assert str(escape(INTERVENTIONS[Intervention.EDGE_REMOVED])) in report
    classes = by_class(run.classes())
    losses = [name for name in classes if name.endswith("_loss")]
    assert len(losses) == 6
    assert classes[losses].notna().all(axis=None)
    assert (classes["accuracy"] == 1.0).all()
    for name, cue in TRUTH.items():
        row = classes.loc[name]
        if cue is None:
            assert row["verdict"] != "confirmed", name
            continue
        assert (row["verdict"], row["cue"]) == ("confirmed", cue), name
        assert row["cue_strength_low"] > 0.5
        assert row["cue_strength_low"] <= row["cue_strength"] <= row["cue_strength_high"]
        assert len(row["cue_examples"].split()) == 5
        assert json.loads(row["reason_numbers"])["action"] == "action.cue"
    tagged = classes.loc["tagged"]
    where = read_location(tagged["cue_where_code"]).where
    assert isinstance(where, PatchShares)
    assert {Area.TOP_LEFT, Area.BOTTOM_LEFT} <= {area for area, _ in where.shares}
    assert "mark" in tagged["action"]
    for name in ("scene", "tagged", "beside", "framed", "soft", "stamped", "tinted"):
        assert classes.loc[name, "leak_low"] > 0.7, name
        assert classes.loc[name, "leak_use"] == "leaked and used", name
    for name in ("blue", "green", "red"):
        assert classes.loc[name, "leak_rival"] < 0.75, name
    actions = classes.loc[[name for name, cue in TRUTH.items() if cue], "action"]
    assert actions.nunique() == len(actions)


def test_without_masks_a_look_confirms_and_an_unaffected_is_not_flagged(
    world: Path, tmp_path: Path
) -> None:
    run = audited(world, tmp_path / "run", masks=False)
    classes = by_class(run.classes())
    for name, cue in TRUTH.items():
        row = classes.loc[name]
        if cue in LOOKS:
            assert (row["verdict"], row["cue"]) == ("confirmed", cue), name
        if cue is None:
            assert row["verdict"] != "confirmed", name
    first = by_class(run.hypotheses().query("rank == 1"))
    assert first.loc["tagged", "kind"] == "patch"
    assert first.loc["tagged", "standing"] != "open"
    assert "corner" in first.loc["tagged", "place"]
    assert first.loc["tagged", "picture"][:2] == b"\xff\xd8"
    assert (first.loc[["blue", "green", "red"], "standing"] == "open").all()
    for name in ("framed", "soft", "tinted"):
        assert first.loc[name, "kind"] == TRUTH[name]
        assert first.loc[name, "standing"] == "confirmed"
    groups = run.cases()["patch_group"]
    assert set(first["patch_group"].dropna()) <= set(groups)
    assert classes["shortcut_rate"].isna().all()
    assert classes["background_effect"].isna().all()
