"""Which rows a report is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.reports import report_cases
from auditor.reports.report_cases import shown_cases
from auditor.storage.tables import to_arrow, write_parquet
from tests.storage.test_sorting import make_cases


@pytest.fixture
def cases(tmp_path: Path) -> pd.DataFrame:
    made = make_cases(100)
    made["label"] = ["cat", "dog"] * 50
    made["verdict"] = ["shortcut", "object", "misled", "object"] * 25
    made["mask_source"] = "none"
    made["severity"] = np.linspace(1, 0, 100)
    write_parquet(to_arrow("cases", made), tmp_path / "cases.parquet", table="cases")
    return made


def classes(**dog: object) -> pd.DataFrame:
    rows = [{"class": "cat", "verdict": "clean"}, {"class": "dog", "verdict": "clean", **dog}]
    return pd.DataFrame(rows)


def test_of_each_class_the_worst_flagged(cases: pd.DataFrame, tmp_path: Path) -> None:
    found, flagged = shown_cases(tmp_path / "cases.parquet", classes())
    assert flagged == 50
    assert found["case_id"].tolist() == cases["case_id"].iloc[0:24:2].tolist()


def test_of_an_flagged_class_all_kinds_and_named_examples(
    cases: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_cases, "OF_A_FLAGGED_CLASS", 5)
    flagged = classes(verdict="suspected", cue_examples="0099 0098")
    found, _ = shown_cases(tmp_path / "cases.parquet", flagged)
    dogs = found[found["label"] == "dog"]["case_id"].tolist()
    assert dogs == [*cases["case_id"].iloc[1:10:2], "0099"]
    assert "0098" in found["case_id"].tolist()
