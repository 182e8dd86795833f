"""Labels as people write them: Unicode forms, blanks, numbers."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from auditor.data.label_filter import known_samples, label_names
from auditor.data.labels import label_warnings
from auditor.data.sources.opening import open_source
from auditor.domain.samples import Sample, Skip
from tests.data.making import noise, sample, save
from tests.fakes.coded import saying

COMPOSED = "Käfer"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def test_labels_that_are_nearly_alike_are_told_with_their_counts() -> None:
    counts = {"cat": 12, "Cat": 3, "cat ": 1, COMPOSED: 2, DECOMPOSED: 4, "dog": 9}
    (said,) = label_warnings(counts, counts)
    assert "'Cat' (3), 'cat' (12), 'cat ' (1)" in said
    assert f"'{DECOMPOSED}' (4), '{COMPOSED}' (2)" in said
    assert "dog" not in said


def test_one_unicode_form_from_the_folder_to_the_model(tmp_path: Path) -> None:
    save(tmp_path / DECOMPOSED / "a.png", noise(4, 4))
    save(tmp_path / "cat" / "b.png", noise(4, 4))
    source = open_source(tmp_path)
    assert source.classes == (COMPOSED, "cat")
    skips: list[Skip] = []
    for name in (COMPOSED, DECOMPOSED):
        labels = label_names(source.classes, ["cat", name])
        found = {s.label: s for s in known_samples(source.items(), labels, skips)}
        assert found.keys() == {"cat", name}
        assert found[name].path.exists()
    assert not skips


def test_both_forms_in_one_manifest_are_one_class(tmp_path: Path) -> None:
    for name in "ab":
        save(tmp_path / f"{name}.png", noise(4, 4))
    path = tmp_path / "m.csv"
    path.write_text(f"image,label\na.png,{COMPOSED}\nb.png,{DECOMPOSED}\n", encoding="utf-8")
    source = open_source(path)
    assert source.classes == (COMPOSED,)
    assert {r.label for r in source.items() if isinstance(r, Sample)} == {COMPOSED}
    assert saying(source.warnings, "data.alike_labels")


def test_folders_of_numbers_have_their_order_told(tmp_path: Path) -> None:
    for number in range(12):
        save(tmp_path / str(number) / "a.png", noise(4, 4))
    (said,) = open_source(tmp_path).warnings
    assert "0, 1, 10, 11..." in said
    assert "0, 1, 2, 3..." in said
    assert list(label_warnings({}, ["01", "02", "10"])) == []
    assert list(label_warnings({}, ["1", "2", "cat"])) == []


def test_numbers_are_places_among_the_models_names() -> None:
    names = ["cat", "cow", "dog"]
    labels = label_names(["0", "2"], names)
    skips: list[Skip] = []
    records = [sample(Path("a.png"), "2"), sample(Path("b.png"), "0")]
    found = list(known_samples(records, labels, skips))
    assert [s.label for s in found] == ["dog", "cat"]
    assert [s.case_id for s in found] == [r.case_id for r in records]
    assert len(list(labels.warnings())) == 1


@pytest.mark.parametrize("data", [["0", "3"], ["0", "cat"], ["1", "x"], []])
def test_what_is_no_list_of_places_is_left_alone(data: list[str]) -> None:
    labels = label_names(data, ["cat", "cow", "dog"])
    assert not labels.ids
    skips: list[Skip] = []
    assert list(known_samples([sample(Path("a.png"), "0")], labels, skips)) == []
    assert len(skips) == 1
