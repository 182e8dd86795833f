"""Labels in lists and columns, and the cases that images with several become."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.data.checks.inspection import inspect_source
from auditor.data.label_filter import label_names
from auditor.data.listing import Listing
from auditor.data.questions import NEGATIVES, Questions, questions
from auditor.data.sources.label_columns import split_labels
from auditor.data.sources.opening import open_source
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskFile
from auditor.domain.messages import Message
from auditor.domain.samples import Sample, Skip
from tests.data.making import noise, save
from tests.fakes.coded import saying

CHEST = ("Cardiomegaly", "Effusion")


def manifest(folder: Path, text: str) -> Path:
    for seed, name in enumerate(("a", "b", "c", "d")):
        save(folder / f"{name}.png", noise(8, 8, seed))
    path = folder / "manifest.csv"
    path.write_text(text, encoding="utf-8")
    return path


def cases(listing: Listing, classes: tuple[str, ...] = CHEST, per_class: int = 64) -> Questions:
    names = label_names(listing.classes, classes)
    return questions(listing, names, per_class=per_class, seed=0, skips=[])


def told(found: Questions) -> set[tuple[str, str]]:
    return {(sample.image, sample.label) for sample in found.samples}


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("Cardiomegaly|Effusion", ["Cardiomegaly", "Effusion"]),
        ("a; b ;", ["a", "b"]),
        ('["Pleural Effusion", "x|y"]', ["Pleural Effusion", "x|y"]),
        ("[1, 2]", ["1", "2"]),
        ("one", ["one"]),
        ("", []),
        ("[]", []),
    ],
)
def test_lists_as_they_are_written(cell: str, labels: list[str]) -> None:
    assert split_labels(cell) == labels


@pytest.mark.parametrize("cell", ['["a"', '[{"a": 1}]', '[["a"]]', "[null]"])
def test_what_is_no_list_is_named(cell: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(cell))):
        split_labels(cell)


def test_a_list_of_labels_and_words_for_none(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "image,labels,site\na.png,Cardiomegaly|Effusion,x\nb.png,Effusion,y\nc.png,No Finding,x\n"
        "d.png,,y\n",
    )
    listing = open_source(path)
    assert listing.multilabel
    assert listing.classes == CHEST
    (found,) = saying(listing.warnings, "data.multilabel")
    assert isinstance(found, Message)
    assert re.findall(r"\d+", found) == ["2", "1", "2"]  # labels, with several, with none
    found = cases(listing)
    assert told(found) == {
        ("a.png", "Cardiomegaly"),
        ("a.png", "Effusion"),
        ("b.png", "not Cardiomegaly"),
        ("b.png", "Effusion"),
        *(("c.png", f"not {label}") for label in CHEST),
        *(("d.png", f"not {label}") for label in CHEST),
    }
    assert all(sample.slices[0][0] == "site" for sample in found.samples)
    assert len({sample.case_id for sample in found.samples}) == len(found.samples)
    seen = inspect_source(listing)
    assert seen.images == 4
    assert {each.name: each.images for each in seen.classes} == {"Cardiomegaly": 1, "Effusion": 2}
    assert not seen.identical


def test_a_word_for_none_may_be_a_label_of_the_network(tmp_path: Path) -> None:
    path = manifest(tmp_path, "image,labels\na.png,Effusion\nb.png,No Finding\n")
    found = cases(open_source(path), ("Effusion", "No Finding"))
    assert ("b.png", "No Finding") in told(found)


def test_columns_of_one_and_zero_with_unsure_ones(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "image,Cardiomegaly,Effusion,age,mask,mask_Effusion\na.png,1,1.0,40,m.png,e.png\n"
        "b.png,0,-1.0,50,,\nc.png,,1,60,m.png,\nd.png,,,1,,\n",
    )
    listing = open_source(path)
    assert listing.multilabel
    assert listing.classes == CHEST
    found = cases(listing)
    # b.png may have an effusion or not: it is no case of that label.
    assert ("b.png", "Effusion") not in told(found)
    assert ("b.png", "not Effusion") not in told(found)
    assert ("b.png", "not Cardiomegaly") in told(found)
    assert dict(next(s for s in found.samples if s.image == "c.png").slices) == {"age": "60"}
    masks = {(s.image, s.label): s.mask for s in found.samples}
    own = masks["a.png", "Effusion"]
    assert isinstance(own, MaskFile)
    assert own.path.name == "e.png"
    shared = masks["a.png", "Cardiomegaly"]
    assert isinstance(shared, MaskFile)
    assert shared.path.name == "m.png"
    without = masks["c.png", "not Cardiomegaly"]
    assert isinstance(without, MaskFile)
    assert masks["d.png", "not Effusion"] is None


def test_named_columns_are_the_labels_and_the_others_slices(tmp_path: Path) -> None:
    path = manifest(tmp_path, "image,male,Effusion\na.png,1,1\nb.png,0,0\nc.png,1,0\n")
    listing = open_source(path, labels=True, classes=("Effusion",))
    assert listing.classes == ("Effusion",)
    assert dict(cases(listing, ("Effusion",)).samples[0].slices) == {"male": "1"}
    with pytest.raises(DataError) as caught:
        open_source(path, labels=True, classes=("Pneumonia",))
    assert caught.value.code == "manifest.no_label_column"


def test_another_value_in_a_named_column_is_a_skip(tmp_path: Path) -> None:
    path = manifest(tmp_path, "image,Effusion\na.png,1\nb.png,maybe\n")
    listing = open_source(path, labels=True, classes=("Effusion",))
    skips = [record for record in listing.items() if isinstance(record, Skip)]
    assert [skip.image for skip in skips] == ["b.png"]
    assert "'maybe'" in skips[0].reason


def test_a_list_column_of_parquet_keeps_names_with_blanks(tmp_path: Path) -> None:
    manifest(tmp_path, "")
    rows = {"image": ["a.png", "b.png"], "labels": [["Pleural Effusion", "Mass"], []]}
    pq.write_table(pa.table(rows), tmp_path / "manifest.parquet")
    listing = open_source(tmp_path / "manifest.parquet")
    assert listing.classes == ("Mass", "Pleural Effusion")
    labels = [r.label for r in listing.items() if isinstance(r, Sample)]
    assert labels == ["Mass", "Pleural Effusion", ""]


def test_one_label_an_image_stays_what_it_was(tmp_path: Path) -> None:
    path = manifest(tmp_path, "image,label,flag\na.png,cat,1\nb.png,dog|cat,0\n")
    listing = open_source(path)
    assert not listing.multilabel
    assert listing.classes == ("cat", "dog|cat")
    several = open_source(path, labels=True)
    assert several.multilabel
    assert several.classes == ("cat", "dog")


def test_negatives_are_a_random_sample_that_no_order_changes(tmp_path: Path) -> None:
    names = [f"{i:03}.png" for i in range(60)]
    for name in names:
        (tmp_path / name).touch()
    lines = [f"{name},{'Mass' if i < 5 else ''}" for i, name in enumerate(names)]
    path = tmp_path / "m.csv"

    def drawn(order: list[str], seed: int = 0) -> set[tuple[str, str]]:
        path.write_text("image,labels\n" + "\n".join(order) + "\n", encoding="utf-8")
        listing = open_source(path)
        known = label_names(listing.classes, ("Mass",))
        return told(questions(listing, known, per_class=3, seed=seed, skips=[]))

    found = drawn(lines)
    assert Counter(label for _, label in found) == {"Mass": 5, "not Mass": 3 * NEGATIVES}
    assert drawn(lines[::-1]) == found
    assert drawn(lines, seed=1) != found


def test_labels_that_the_network_lacks_are_told(tmp_path: Path) -> None:
    path = manifest(tmp_path, "image,labels\na.png,Effusion|Nodule\nb.png,Nodule\n")
    found = cases(open_source(path), ("Effusion", "Mass"))
    assert told(found) == {("a.png", "Effusion"), ("b.png", "not Effusion")}
    assert any("Nodule" in each for each in found.warnings)
    assert saying(found.warnings, "data.labels_missing", "1", "Mass")
