"""CSV and Parquet manifests, as people really write them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.data.sources import table
from auditor.data.sources.opening import open_source
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskBox, MaskFile, MaskUnion
from auditor.domain.messages import codes_of
from auditor.domain.samples import Sample, Skip
from tests.data.making import noise, save
from tests.fakes.coded import saying, skip_codes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png", "sub/c d.png", "ü.png"):
        save(tmp_path / name, noise(4, 4))
    return tmp_path


def _write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "manifest.csv"
    path.write_bytes(text.encode(encoding))
    return path


def _samples(path: Path, **options: object) -> list[Sample]:
    return [record for record in open_source(path, **options).items() if isinstance(record, Sample)]


def _skips(path: Path) -> list[Skip]:
    return [record for record in open_source(path).items() if isinstance(record, Skip)]


def test_every_column(folder: Path) -> None:
    path = _write(
        folder,
        "image,label,mask,box,split,duplicate_group,site,scanner\n"
        "b.png,dog,m/b.png,1 1 2 2,val,g1,Basel,\n"
        "a.png,cat,,0 0 3 3,train,,,X1\n",
    )
    cat, dog = _samples(path)
    assert (cat.image, cat.label, cat.path) == ("a.png", "cat", folder / "a.png")
    assert (cat.mask, cat.split, cat.duplicate_group) == (MaskBox(0, 0, 3, 3), "train", None)
    assert cat.slices == (("scanner", "X1"),)
    assert (dog.mask, dog.duplicate_group) == (MaskFile(folder / "m/b.png"), "g1")
    assert dog.slices == (("site", "Basel"),)
    assert open_source(path).kind == "manifest"


def test_labels_are_text_as_written(folder: Path) -> None:
    path = _write(folder, "image,label\na.png,007\nb.png,NA\nü.png,1.0\nsub/c d.png,null\n")
    assert [sample.label for sample in _samples(path)] == ["007", "NA", "null", "1.0"]
    assert open_source(path).classes == ("007", "1.0", "NA", "null")


def test_a_byte_order_mark_windows_lines_quotes_and_blank_lines(folder: Path) -> None:
    path = _write(
        folder, '\ufeffimage , label\r\n"sub\\c d.png","a ""cat"", big"\r\n\r\n./ü.png,x\r\n'
    )
    assert [(s.image, s.label) for s in _samples(path)] == [
        ("sub/c d.png", 'a "cat", big'),
        ("ü.png", "x"),
    ]


def test_absolute_paths_below_the_manifest_have_the_same_name(folder: Path) -> None:
    path = _write(folder, f"image,label\n{folder / 'a.png'},cat\n")
    assert _samples(path)[0].image == "a.png"


def test_absolute_paths_elsewhere(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = save(tmp_path_factory.mktemp("other") / "a.png", noise(4, 4))
    sample = _samples(_write(folder, f"image,label\n{elsewhere},cat\n"))[0]
    assert sample.image == elsewhere.as_posix()
    assert sample.path == elsewhere


def test_rows_that_cannot_be_audited_are_skips(folder: Path) -> None:
    path = _write(
        folder,
        "image,label,box\n"
        "a.png,cat,\n"
        "./a.png,cat,\n"  # the same image and label
        "b.png,,\n"
        ",cat,\n"
        "b.png,dog,1 2 3\n"
        "b.png,dog,,surplus\n"
        "ü.png\n",  # fewer cells than the header
    )
    assert skip_codes(_skips(path)) == [
        ("a.png", "skip.twice"),
        ("b.png", "skip.no_label"),
        ("b.png", "skip.box_numbers_of"),
        ("b.png", "skip.surplus"),
        ("row 5", "skip.no_image"),
        ("ü.png", "skip.no_label"),
    ]
    for skip, told in zip(_skips(path), ("cat", "4", "'1 2 3'", "7", "5", "8"), strict=True):
        assert told in skip.reason
    assert len(list(open_source(path).items())) == 7


def test_one_image_with_two_labels_is_audited_twice_and_said(folder: Path) -> None:
    path = _write(folder, "image,label\na.png,cat\na.png,dog\n")
    assert [sample.label for sample in _samples(path)] == ["cat", "dog"]
    assert saying(open_source(path).warnings, "data.several_labels", "1", "a.png")


def test_a_split_keeps_the_classes_of_all(folder: Path) -> None:
    path = _write(folder, "image,label,split\na.png,cat,val\nb.png,dog,train\n")
    source = open_source(path, split="val")
    assert [record.image for record in source.items()] == ["a.png"]
    assert source.classes == ("cat", "dog")
    with pytest.raises(DataError) as error:
        open_source(path, split="test")
    assert error.value.code == "manifest.no_row"
    assert "train, val" in error.value.got


def test_only_the_named_slices(folder: Path) -> None:
    path = _write(folder, "image,label,site,scanner\na.png,cat,Basel,X1\n")
    assert _samples(path, slices=["scanner"])[0].slices == (("scanner", "X1"),)
    assert _samples(path, slices=[])[0].slices == ()
    with pytest.raises(DataError) as error:
        open_source(path, slices=["colour"])
    assert error.value.code == "manifest.missing_column"
    assert "'site', 'scanner'" in error.value.got


def test_mirrored_masks_fill_what_the_manifest_leaves_open(folder: Path) -> None:
    masks = folder / "masks"
    for name in ("a.png", "sub/c d.png"):
        save(masks / name, noise(4, 4))
    path = _write(folder, "image,label,mask\na.png,cat,own.png\nsub/c d.png,cat,\n")
    assert [sample.mask for sample in _samples(path, masks=masks)] == [
        MaskFile(folder / "own.png"),
        MaskFile(masks / "sub/c d.png"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "got"),
    [
        ("", "manifest.missing_column", "none"),
        ("picture,class\na.png,cat\n", "manifest.missing_column", "'picture', 'class'"),
        ("image;label\na.png;cat\n", "manifest.missing_column", "'image;label'"),
        ("image,label\n", "manifest.no_row", "0 rows"),
        ("image,label,label\na.png,cat,dog\n", "manifest.unreadable", "label more than once"),
        ('image,label\n"a.png,cat\n', "manifest.unreadable", "unexpected end"),
        ("image,label\nelsewhere/x.png,cat\n", "manifest.no_images", "first 1"),
    ],
)
def test_a_manifest_that_cannot_be_used(folder: Path, text: str, code: str, got: str) -> None:
    with pytest.raises(DataError) as error:
        open_source(_write(folder, text))
    assert error.value.code == code
    assert got in error.value.got


def test_another_encoding_is_a_fault(folder: Path) -> None:
    with pytest.raises(DataError) as error:
        open_source(_write(folder, "image,label\nü.png,cat\n", encoding="latin-1"))
    assert error.value.code == "manifest.unreadable"
    assert "UTF-8" in error.value.got


def test_parquet_says_the_same_as_csv(folder: Path) -> None:
    frame = pd.DataFrame(
        {
            "image": ["a.png", "b.png"],
            "label": [7, 12],
            "box": [[0.0, 0.0, 2.0, 2.0], None],
            "site": pd.Categorical(["Basel", None]),
        }
    )
    frame.to_parquet(folder / "m.parquet")
    seven, twelve = _samples(folder / "m.parquet")
    assert (seven.label, seven.mask, seven.slices) == (
        "7",
        MaskBox(0, 0, 2, 2),
        (("site", "Basel"),),
    )
    assert (twelve.label, twelve.mask, twelve.slices) == ("12", None, ())
    csv = _write(folder, 'image,label,box,site\na.png,7,"0.0 0.0 2.0 2.0",Basel\nb.png,12,,\n')
    assert _samples(csv) == [seven, twelve]


def test_a_broken_parquet_is_a_fault(folder: Path) -> None:
    (folder / "m.parquet").write_bytes(b"PAR1 no table PAR1")
    with pytest.raises(DataError) as caught:
        open_source(folder / "m.parquet")
    assert caught.value.code == "manifest.unreadable"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_understood_or_a_data_error(folder: Path, content: bytes) -> None:
    path = folder / "manifest.csv"
    path.write_bytes(b"image,label\na.png,cat\n" + content)
    with suppress(DataError):
        listed = list(open_source(path).items())
        assert any(isinstance(record, Sample) and record.image == "a.png" for record in listed)


def test_several_rows_of_one_image_are_united(folder: Path) -> None:
    path = _write(
        folder,
        "image,label,box\na.png,cat,0 0 1 1\na.png,cat,3 3 4 4\nb.png,dog,0 0 2 2\n"
        "b.png,dog,0 0 2 2\n",
    )
    cat, dog = _samples(path)
    assert cat.mask == MaskUnion((MaskBox(0, 0, 1, 1), MaskBox(3, 3, 4, 4)))
    assert dog.mask == MaskBox(0, 0, 2, 2)
    assert codes_of(skip.reason for skip in _skips(path)) == ["skip.twice"]
    assert saying(open_source(path).warnings, "data.several_rows")


def test_boxes_as_shares_of_the_image(folder: Path) -> None:
    path = _write(folder, "image,label,box\na.png,cat,0 0 0.5 1\nb.png,dog,0.5 0 1 1\n")
    cat, dog = _samples(path)
    assert (cat.mask, dog.mask) == (
        MaskBox(0, 0, 0.5, 1, relative=True),
        MaskBox(0.5, 0, 1, 1, relative=True),
    )
    assert saying(open_source(path).warnings, "data.relative_boxes")
    path = _write(folder, "image,label,box\na.png,cat,0 0 0.5 1\nb.png,dog,0 0 3 3\n")
    assert not any(s.mask.relative for s in _samples(path))  # type: ignore[union-attr]


@pytest.mark.parametrize("names", ["xmin,ymin,xmax,ymax", "x_min,y_min,x_max,y_max", "x0,y0,x1,y1"])
def test_a_box_in_four_columns(folder: Path, names: str) -> None:
    path = _write(folder, f"image,label,{names},site\na.png,cat,1,0,3,2,B\nb.png,dog,,,,,C\n")
    cat, dog = _samples(path)
    assert (cat.mask, dog.mask) == (MaskBox(1, 0, 3, 2), None)
    assert cat.slices == (("site", "B"),)


def test_a_parquet_file_cannot_claim_more_rows_than_it_has_room_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "FEW_ROWS", 1000)
    path = folder / "m.parquet"
    pd.DataFrame({"image": ["a.png"] * 200_000, "label": "cat"}).to_parquet(path)
    with pytest.raises(DataError) as caught:
        open_source(path)
    assert caught.value.code == "manifest.unreadable"
