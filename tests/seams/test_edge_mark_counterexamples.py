"""From an audit to counterexamples, for a mark that lies across the object's edge."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import auditor
from auditor.config import AuditConfig
from auditor.counterexamples.inputs import Source, cues_of, mark_boxes, usable
from auditor.counterexamples.recipes import Kind
from auditor.counterexamples.writing import write
from auditor.domain.cues import Cue
from auditor.domain.places import EdgePatch, read_place
from auditor.ports import Silent
from tests.fakes import cue_world, planted


@pytest.mark.slow
def test_a_confirmed_mark_at_the_edge_is_painted_over_where_the_audit_found_it(
    tmp_path: Path,
) -> None:
    cue_world.write_dataset(tmp_path, per_class=20)
    for unused in set(cue_world.CLASSES) - {"stamped", "blue", "green", "red"}:
        shutil.rmtree(tmp_path / "images" / unused)
    model = {"factory": "tests.fakes.cue_world:build_network", "layer": "colours"}
    data = {"classes": list(cue_world.CLASSES)}
    run = auditor.audit(planted.config_of(tmp_path, model=model, data=data))
    found = run.classes().set_index("class")["cue"].dropna().map(Cue)
    assert found["stamped"] == Cue.EDGE_MARK
    trials = run.trials()
    told = trials.loc[trials["intervention"] == "beside_removed", "place"]
    assert all(isinstance(read_place(place), EdgePatch) for place in told)
    config = AuditConfig.from_dict(run.manifest["config"], source="the run's manifest")
    samples = usable(run, config, Source())
    boxes = mark_boxes(run, config, samples, cues_of(run, ["stamped"]))
    assert boxes
    written = write(
        run,
        tmp_path / "made",
        source=Source(),
        classes=["stamped"],
        per_class=4,
        seed=0,
        progress=Silent(),
    )
    assert written.cues == {"stamped": Cue.EDGE_MARK.value}
    origin = pd.read_csv(written.folder / "provenance.csv")
    assert Kind.EDGE_MARK_REMOVED.value in set(origin.loc[origin["label"] == "stamped", "kind"])
