"""Croissant descriptions are read as MLCommons' own library reads them, and nothing outside."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import mlcroissant
import numpy as np
import pytest
from PIL import Image

from auditor.data.sources.opening import open_source
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskFile
from auditor.domain.samples import Sample, Skip
from auditor.publishing.croissant import CONTEXT

LABELS = {"a": "cow", "b": "horse", "c": "cow"}
TABLE = "file,species,part,site\na.png,cow,train,north\nb.png,horse,test,south\nc.png,cow,train,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, label in LABELS.items():
        for place in (f"images/{label}", "masks"):
            (tmp_path / place).mkdir(parents=True, exist_ok=True)
        shade = ord(name)
        Image.new("RGB", (8, 6), (shade, 0, 0)).save(tmp_path / f"images/{label}/{name}.png")
        Image.fromarray(np.eye(6, 8, dtype=bool)).save(tmp_path / f"masks/{name}.png")
    (tmp_path / "table.csv").write_text(TABLE)
    return tmp_path


def files(name: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": name,
        "name": name,
        "encodingFormat": "image/png",
        "includes": f"{name}/*.png",
    }


def table(folder: Path) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": "table.csv",
        "name": "table.csv",
        "contentUrl": "table.csv",
        "encodingFormat": "text/csv",
        "sha256": hashlib.sha256((folder / "table.csv").read_bytes()).hexdigest(),
    }


def of_files(node: str, name: str, pattern: str | None = None) -> dict[str, Any]:
    change = {} if pattern is None else {"transform": {"regex": pattern}}
    return {"fileSet": {"@id": node}, "extract": {"fileProperty": name}} | change


def of_table(column: str) -> dict[str, Any]:
    return {"fileObject": {"@id": "table.csv"}, "extract": {"column": column}}


def field(name: str, kind: str | list[str], source: dict[str, Any], **more: Any) -> dict[str, Any]:
    about = {"@type": "cr:Field", "@id": f"records/{name}", "name": name, "dataType": kind}
    return about | {"source": source} | more


def write(folder: Path, distribution: list[Any], fields: list[Any]) -> Path:
    path = folder / "set.json"
    content = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "set",
        "distribution": distribution,
        "recordSet": [{"@type": "cr:RecordSet", "@id": "records", "name": "r", "field": fields}],
    }
    path.write_text(json.dumps(content))
    return path


IMAGE = field("image", "sc:ImageObject", of_files("images", "content"))
BY_FOLDER = field("label", "sc:Text", of_files("images", "fullpath", "images/([^/]+)/"))


def shapes(folder: Path) -> dict[str, Path]:
    key = {"references": of_table("file")}
    joined = [
        IMAGE,
        field("key", "sc:Text", of_files("images", "filename"), **key),
        field("kind", ["sc:Text", "cr:Label"], of_table("species")),
    ]
    masked = [
        IMAGE,
        BY_FOLDER,
        field("mask", "sc:ImageObject", of_files("masks", "content")),
        field(
            "key",
            "sc:Text",
            of_files("images", "filename"),
            references=of_files("masks", "filename"),
        ),
    ]
    found = {}
    for name, distribution, fields in (
        ("folders", [files("images")], [IMAGE, BY_FOLDER]),
        ("table", [files("images"), table(folder)], joined),
        ("masks", [files("images"), files("masks")], masked),
    ):
        found[name] = write(folder, distribution, fields).rename(folder / f"{name}.json")
    return found


@pytest.mark.parametrize("shape", ["folders", "table", "masks"])
def test_images_and_labels_are_those_of_mlcroissant(folder: Path, shape: str) -> None:
    path = shapes(folder)[shape]
    listing = open_source(path)
    ours = {
        (Image.open(each.path).convert("RGB").getpixel((0, 0)), each.label)
        for each in listing.items()
        if isinstance(each, Sample)
    }
    label = "records/kind" if shape == "table" else "records/label"
    theirs = {
        (record["records/image"].convert("RGB").getpixel((0, 0)), record[label].decode())
        for record in mlcroissant.Dataset(jsonld=str(path)).records("records")
    }
    assert ours == theirs
    assert len(ours) == 3
    assert (listing.kind, listing.classes) == ("Croissant", ("cow", "horse"))


def test_masks_are_joined_by_what_the_description_references(folder: Path) -> None:
    (folder / "masks" / "b.png").unlink()
    listing = open_source(shapes(folder)["masks"])
    masks = {each.image: each.mask for each in listing.items() if isinstance(each, Sample)}
    assert masks == {
        "images/cow/a.png": MaskFile(folder / "masks/a.png"),
        "images/horse/b.png": None,
        "images/cow/c.png": MaskFile(folder / "masks/c.png"),
    }


def test_splits_and_further_columns(folder: Path) -> None:
    fields = [
        IMAGE,
        field("key", "sc:Text", of_files("images", "filename"), references=of_table("file")),
        field("label", "sc:Text", of_table("species")),
        field("part", ["sc:Text", "cr:Split"], of_table("part")),
        field("site", "sc:Text", of_table("site")),
    ]
    path = write(folder, [files("images"), table(folder)], fields)
    listing = open_source(path, split="train")
    samples = [each for each in listing.items() if isinstance(each, Sample)]
    assert [(each.image, each.slices) for each in samples] == [
        ("images/cow/a.png", (("site", "north"),)),
        ("images/cow/c.png", ()),
    ]
    assert [each.image for each in listing.others] == ["images/horse/b.png"]
    assert listing.classes == ("cow", "horse")
    with pytest.raises(DataError):
        open_source(path, split="nowhere")


def test_a_table_alone_names_its_images(folder: Path) -> None:
    (folder / "table.csv").write_text("path,label\nimages/cow/a.png,cow\n,cow\nimages/x.png,\n")
    fields = [
        field("image", "sc:ImageObject", of_table("path")),
        field("label", "sc:Text", of_table("label")),
    ]
    found = list(open_source(write(folder, [table(folder)], fields)).items())
    assert [type(each) for each in found].count(Skip) == 2
    assert [each.image for each in found if isinstance(each, Sample)] == ["images/cow/a.png"]


def test_an_archive_is_read_where_it_was_unpacked(folder: Path) -> None:
    archive = {"@type": "cr:FileObject", "@id": "zip", "contentUrl": "unpacked.zip"}
    archive |= {"name": "zip", "encodingFormat": "application/zip"}
    path = write(
        folder, [archive, files("images") | {"containedIn": {"@id": "zip"}}], [IMAGE, BY_FOLDER]
    )
    (folder / "unpacked").mkdir()
    (folder / "images").rename(folder / "unpacked" / "images")
    images = {each.image for each in open_source(path).items()}
    assert images == {f"unpacked/images/{label}/{name}.png" for name, label in LABELS.items()}


@pytest.mark.parametrize(
    ("distribution", "fields"),
    [
        ([], []),
        ([files("images")], [IMAGE]),
        ([files("images")], [BY_FOLDER]),
        ([files("nowhere")], [field("image", "sc:ImageObject", of_files("nowhere", "content"))]),
        ([files("images")], [IMAGE, field("label", "sc:Text", of_files("images", "lines"))]),
        ([files("images")], [IMAGE, field("label", "sc:Text", of_files("images", "content", "("))]),
        ([files("images")], [IMAGE, field("label", "sc:Text", of_files("other", "content"))]),
        ([files("images")], [IMAGE, field("label", "sc:Text", of_table("species"))]),
        ([{"@type": "cr:FileSet"}], [IMAGE, BY_FOLDER]),
        (["images"], [IMAGE, BY_FOLDER]),
    ],
)
def test_what_is_no_dataset_of_images_is_refused(
    folder: Path, distribution: list[Any], fields: list[Any]
) -> None:
    with pytest.raises(DataError) as caught:
        open_source(write(folder, distribution, fields))
    assert caught.value.code == "croissant.not_read"


@pytest.mark.parametrize(
    "place", ["../outside.csv", "/etc/passwd", "http://example.org/table.csv", "a/../../b.csv"]
)
def test_nothing_outside_the_folder_is_read(folder: Path, place: str) -> None:
    fields = [
        field("image", "sc:ImageObject", of_table("file")),
        field("label", "sc:Text", of_table("species")),
    ]
    with pytest.raises(DataError) as caught:
        open_source(write(folder, [table(folder) | {"contentUrl": place}], fields))
    assert caught.value.code == "croissant.not_read"


def test_no_record_leads_out_of_the_folder(folder: Path) -> None:
    (folder / "table.csv").write_text("file,species\n../../secret.png,cow\n")
    fields = [
        field("image", "sc:ImageObject", of_table("file")),
        field("label", "sc:Text", of_table("species")),
    ]
    with pytest.raises(DataError):
        open_source(write(folder, [table(folder)], fields))


def test_a_table_of_another_digest_is_refused(folder: Path) -> None:
    path = shapes(folder)["table"]
    (folder / "table.csv").write_text(TABLE.replace("horse", "cow"))
    with pytest.raises(DataError) as caught:
        open_source(path)
    assert "sha256" in caught.value.got


def test_a_coco_file_is_still_one(tmp_path: Path) -> None:
    path = tmp_path / "coco.json"
    path.write_text('{"images": [], "annotations": [], "categories": []}')
    with pytest.raises(DataError) as caught:
        open_source(path)
    assert caught.value.code == "data.empty"
