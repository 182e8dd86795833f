"""`interventions.looks` in a whole audit: of a list the last look counts, and the run says so."""

from __future__ import annotations

from pathlib import Path

import auditor
from tests.fakes.planted import CLASSES, config_of, write_dataset


def test_of_a_list_the_last_look_counts(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=8)
    looks = {"looks": [2, 4, 90], "per_class": 6, "nominated_budget": 0, "swaps": 1}
    run = auditor.audit(config_of(tmp_path, interventions=looks))

    cases, classes = run.cases(), run.classes().set_index("class")
    assert cases[cases["sampled"]].groupby("label").size().to_dict() == dict.fromkeys(CLASSES, 6)
    assert (classes["look"] == 6).all()
    assert (classes["look"] == classes["tested"]).all()
    assert run.manifest["config"]["interventions"]["looks"] == [2, 4, 6]
    assert sum("interventions.looks" in said for said in run.manifest["warnings"]) == 1
