"""Light columns over many parts, and rows of some cases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.domain.errors import AuditInterrupted
from auditor.storage import parts as module
from auditor.storage.part_reading import chosen_rows, read_part
from auditor.storage.parts import Parts
from auditor.storage.tables import to_arrow_part


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Four parts: other labels in each, a slice that only some have, one without any row."""
    made = Parts(tmp_path)
    made.write("cases", 0, pd.DataFrame({"case_id": ["a", "b"], "label": ["cat", "dog"]}))
    made.write("cases", 1, pd.DataFrame({"case_id": []}))
    third = {"case_id": ["c"], "label": ["cow"], "slice_site": ["Basel"], "cam": [b"\x01"]}
    made.write("cases", 2, pd.DataFrame(third))
    fourth = {"case_id": ["d", "e"], "label": ["cat", "cow"], "slice_site": ["Ulm", None]}
    made.write("cases", 3, pd.DataFrame(fourth))
    return made


def test_light_columns_of_all_parts(parts: Parts) -> None:
    light = parts.read("cases", ("case_id", "label"))
    assert list(light.columns) == ["case_id", "label", "slice_site"]
    assert light["case_id"].tolist() == list("abcde")
    assert light["label"].tolist() == ["cat", "dog", "cow", "cat", "cow"]
    assert isinstance(light["label"].dtype, pd.CategoricalDtype)
    sites = light["slice_site"].astype(object)
    assert sites.where(sites.notna(), None).tolist() == [
        None,
        None,
        "Basel",
        "Ulm",
        None,
    ]


def test_rows_of_some_cases(parts: Parts) -> None:
    found = parts.find("cases", ["e", "a", "nobody"], ("case_id", "label"))
    assert found["case_id"].tolist() == ["a", "e"]
    assert found["label"].astype(str).tolist() == ["cat", "cow"]
    assert parts.find("cases", ["c"])["cam"].tolist() == [b"\x01"]
    assert parts.find("cases", []).empty
    assert parts.find("trials", ["a"]).empty


def test_parts_that_are_not_there_are_waited_for(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.expect("cases", range(4))
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    with pytest.raises(AuditInterrupted) as error:
        parts.expect("cases", range(5))
    assert error.value.code == "run.parts_missing"
    assert "cases-000004" in error.value.got


def test_taking_parts_away(parts: Parts) -> None:
    parts.write("judged", 0, pd.DataFrame({"case_id": ["a"]}))
    parts.remove("judged")
    assert parts.paths("judged") == []
    assert len(parts.paths("cases")) == 4


def test_shared_texts_are_what_was_written(parts: Parts) -> None:
    first = pd.DataFrame(
        {"case_id": ["a", "a", "b"], "donor": [None, "x", "x"], "p_label": [0.1, np.nan, 0.3]}
    )
    second = pd.DataFrame({"case_id": ["c", "a"], "donor": ["y", None], "p_label": [0.5, 0.6]})
    parts.write("trials", 0, first)
    parts.write("trials", 1, second)
    plain, shared = parts.read("trials"), parts.read_shared("trials")
    assert shared.columns.tolist() == plain.columns.tolist()
    assert {shared[name].dtype for name in ("case_id", "donor")} == {np.dtype(object)}
    assert shared["donor"].tolist() == [None, "x", "x", "y", None]
    assert shared["case_id"].tolist() == ["a", "a", "b", "c", "a"]
    assert len({id(text) for text in shared["case_id"]}) == 3
    pd.testing.assert_series_equal(shared["p_label"], plain["p_label"])
    assert parts.read_shared("no such stage").empty


def test_shared_texts_of_some_columns_and_cases(parts: Parts) -> None:
    parts.write("trials", 0, pd.DataFrame({"case_id": ["a", "b"], "donor": [None, "x"]}))
    parts.write("trials", 1, pd.DataFrame({"case_id": ["c", "a"], "donor": ["y", "x"]}))
    second = pd.DataFrame({"case_id": ["a", "c"], "donor": ["z", "z"]})
    parts.write_arrow("localisation", 0, to_arrow_part("trials", second))
    both = parts.read_shared("trials", "localisation")
    assert both["case_id"].tolist() == ["a", "b", "c", "a", "a", "c"]
    assert both["donor"].tolist() == [None, "x", "y", "x", "z", "z"]
    some = parts.read_shared("trials", "localisation", only={"case_id": ["a"]})
    assert some["donor"].tolist() == [None, "x", "z"]
    one = parts.read_shared("trials", columns=["donor"])
    assert one.columns.tolist() == ["donor"]
    assert one["donor"].tolist() == [None, "x", "y", "x"]
    fewer = parts.read_shared("trials", columns=["donor"], only={"case_id": ["b", "c"]})
    assert fewer.columns.tolist() == ["donor"]
    assert fewer["donor"].tolist() == ["x", "y"]
    assert parts.read_shared("trials", only={"case_id": [], "donor": ["x"]}).empty
    each = list(parts.each_shared("trials", ["case_id"], only={"donor": ["x"]}))
    assert [rows["case_id"].tolist() for rows in each] == [["b"], ["a"]]
    groups = list(parts.row_groups("trials", "localisation"))
    assert [len(each) for each in groups] == [2, 2, 2]


def test_row_groups_of_a_damaged_part_are_not_read(parts: Parts) -> None:
    parts.write("trials", 0, pd.DataFrame({"case_id": ["a"]}))
    parts.path("trials", 0).write_bytes(b"PAR1")
    with pytest.raises(AuditInterrupted) as error:
        list(parts.row_groups("trials"))
    assert error.value.code == "run.part_damaged"


def test_rows_that_are_left_out_leave_no_texts_behind(parts: Parts) -> None:
    """A few rows of a part do not hold the answers of all the others."""
    texts = [f"answer {i}" for i in range(1_000)]
    parts.write("trials", 0, pd.DataFrame({"case_id": texts, "top_classes": texts}))
    frames: list[pd.DataFrame] = []
    for only in ({"case_id": texts}, {"case_id": texts[:1]}):
        read = read_part(parts.path("trials", 0), None, shared=True)
        chosen = chosen_rows(read, None, only)
        kept = chosen["top_classes"].combine_chunks().dictionary
        assert len(kept) == len(only["case_id"])
        frames.append(chosen.to_pandas())
    assert frames[1]["top_classes"].tolist() == texts[:1]
