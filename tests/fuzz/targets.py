"""What is fuzzed: a reader, the files it begins with, and the errors that are an answer.

Every reader may refuse with an error of ours, or with a skip. Anything else is an escape.
"""

from __future__ import annotations

import json
import random
import shutil
import tomllib
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from PIL import Image
from safetensors.torch import save as save_tensors

from auditor.classifiers.checkpoints import read_checkpoint
from auditor.comparison import compare
from auditor.config import AuditConfig
from auditor.data.sources.opening import open_source
from auditor.domain.errors import AuditorError
from auditor.gate import DEFAULT_LIMITS, check_run, documents
from auditor.imagery.decode import UnreadableImage, decode_image, read_header
from auditor.reports import render_html, render_markdown
from auditor.reports.contents import contents_of
from auditor.storage.run import open_run
from auditor.verification import verify
from tests.fakes.resealing import reseal
from tests.fakes.runs import make_run
from tests.fuzz.mutations import damaged

Make = Callable[[Path, random.Random], Path]


@dataclass(frozen=True)
class Target:
    """A reader.

    Attributes:
        make: puts a damaged file, or a folder with one in it, below a folder.
        read: reads it to its end.
    """

    make: Make
    read: Callable[[Path], object]


def _file(seeds: Mapping[str, bytes]) -> Make:
    """One damaged file of a corpus, by its own name."""

    def make(folder: Path, drawn: random.Random) -> Path:
        name = drawn.choice(sorted(seeds))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(damaged(seeds[name], drawn, list(seeds.values())))
        return path

    return make


def _pictures() -> dict[str, bytes]:
    noise = np.random.default_rng(0).integers(0, 256, (13, 17, 3), np.uint8)
    picture = Image.fromarray(noise)
    found = {}
    for name, mode in (
        ("a.jpg", "RGB"),
        ("b.jpg", "CMYK"),
        ("c.png", "P"),
        ("d.png", "RGBA"),
        ("e.webp", "RGB"),
        ("f.tif", "RGB"),
        ("g.bmp", "RGB"),
        ("h.png", "I;16"),
    ):
        file = BytesIO()
        kind = {"jpg": "JPEG", "tif": "TIFF"}.get(name[2:], name[2:].upper())
        deep = picture.convert("L").convert("I;16") if mode == "I;16" else picture.convert(mode)
        deep.save(file, kind)
        found[name] = file.getvalue()
    return found


def _decode(path: Path) -> None:
    for read in (read_header, decode_image):
        try:
            read(path)
        except UnreadableImage:
            continue


def _list(path: Path) -> None:
    for item in open_source(path).items():
        str(item)


def _beside(name: str, seeds: Mapping[str, bytes]) -> Make:
    """A damaged manifest beside pictures that it names."""
    picture = _pictures()["a.jpg"]

    def make(folder: Path, drawn: random.Random) -> Path:
        for place in ("images", "JPEGImages"):
            (folder / place).mkdir(exist_ok=True)
            for picked in ("a", "b"):
                (folder / place / f"{picked}.jpg").write_bytes(picture)
        chosen = drawn.choice(sorted(seeds))
        target = folder / chosen
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(damaged(seeds[chosen], drawn, list(seeds.values())))
        return folder if name == "" else target

    return make


def _coco() -> dict[str, bytes]:
    images = [
        {"id": i, "file_name": f"images/{n}.jpg", "width": 17, "height": 13}
        for i, n in ((1, "a"), (2, "b"))
    ]
    marks: list[dict[str, Any]] = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "area": 25, "iscrowd": 0,
         "segmentation": [[1, 1, 6, 1, 6, 6, 1, 6]]},
        {"id": 2, "image_id": 2, "category_id": 2, "bbox": [0, 0, 17, 13], "area": 9,
         "iscrowd": 1, "segmentation": {"size": [13, 17], "counts": [100, 21, 100]}},
        {"id": 3, "image_id": 2, "category_id": 2, "bbox": [0, 0, 9, 9], "area": 81, "iscrowd": 1,
         "segmentation": {"size": [13, 17], "counts": "dm0"}},
    ]  # fmt: skip
    categories = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]
    tree = {"images": images, "annotations": marks, "categories": categories}
    return {"instances.json": json.dumps(tree).encode()}


VOC = b"""<annotation><filename>a.jpg</filename><size><width>17</width><height>13</height></size>
<object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>6</xmax>
<ymax>6</ymax></bndbox></object></annotation>"""
CSV = b"image,label,mask,box,split,site\r\n"
CSV += b'images/a.jpg,cat,,"1 1 6 6",train,"Ulm, east"\r\nimages/b.jpg,dog,,,,\r\n'
TOML = b"""[data]
path = "images"
split = "train"
[model]
arch = "resnet18"
checkpoint = "weights.pt"
[model.preprocess]
resize = [224, 224]
mean = [0.5, 0.5, 0.5]
[findings]
q = 0.05
[gate]
max_confirmed = 0
"""


def _table() -> bytes:
    file = BytesIO()
    frame = pd.DataFrame({"image": ["images/a.jpg", "images/b.jpg"], "label": ["cat", "dog"]})
    pq.write_table(pa.Table.from_pandas(frame.assign(box=[None, "1 1 6 6"])), file)
    return file.getvalue()


def _checkpoints() -> dict[str, bytes]:
    weights = {"conv.weight": torch.ones(4, 3, 3, 3), "fc.bias": torch.zeros(2)}
    found = {"c.safetensors": save_tensors(weights)}
    for name, value in (
        ("a.pt", weights),
        ("b.pth", {"state_dict": weights, "classes": ["a", "b"]}),
    ):
        file = BytesIO()
        torch.save(value, file)
        found[name] = file.getvalue()
    old = BytesIO()
    torch.save(weights, old, _use_new_zipfile_serialization=False)
    return found | {"d.pt": old.getvalue()}


def _run_folders(home: Path) -> Make:
    """A run of which one file is damaged and, half of the time, all digests are made to fit."""
    template = make_run(home / "template", classes=4, per_class=6, hypotheses=True).path

    def make(folder: Path, drawn: random.Random) -> Path:
        run = Path(shutil.copytree(template, folder / "run"))
        name = drawn.choice(
            (
                "manifest.json",
                "summary.json",
                "skipped.csv",
                "cases",
                "classes",
                "slices",
                "evidence",
                "hypotheses",
            )
        )
        if name.endswith(("json", "csv")):
            (run / name).write_bytes(damaged((run / name).read_bytes(), drawn, [b"{}", b"[]"]))
        elif drawn.random() < 0.3:
            path = run / f"{name}.parquet"
            path.write_bytes(damaged(path.read_bytes(), drawn, [b"PAR1"]))
        else:
            _spoil(run / f"{name}.parquet", drawn)
        if drawn.random() < 0.7:
            # It may be no object any more.
            with suppress(ValueError, RecursionError, AttributeError, TypeError):
                reseal(run)
        return run

    return make


def _spoil(path: Path, drawn: random.Random) -> None:
    """A cell that no audit writes, in a table that is whole."""
    table = pq.read_table(path)
    if not len(table):
        return
    place = drawn.randrange(table.num_columns)
    field = table.schema.field(place)
    values = table.column(place).to_pylist()
    row = drawn.randrange(len(values))
    odd: tuple[Any, ...] = (None,)
    if pa.types.is_string(field.type):
        odd = ("", "\x00", "a" * 100_000, '{"size": [999999, 999999], "counts": "0"}', "{", "nan",
               '{"size": 5, "counts": "0"}', "[" * 5000, "<b>", "0.1 0.2", "-1")  # fmt: skip
    elif pa.types.is_floating(field.type):
        odd = (float("nan"), float("inf"), -1.0, 1e308, 5e-324)
    elif pa.types.is_integer(field.type):
        odd = (-1, 0, 2**31, 2**62)
    elif pa.types.is_binary(field.type):
        odd = (b"", b"\x00", b"x" * 100_000)
    values[row] = drawn.choice(odd)
    loose = pa.field(field.name, field.type, metadata=field.metadata)
    pq.write_table(table.set_column(place, loose, pa.array(values, field.type)), path)


def _read_run(base: Path) -> Callable[[Path], None]:
    def read(path: Path) -> None:
        uses = (
            lambda: render_html(contents_of(open_run(path))),
            lambda: render_markdown(contents_of(open_run(path))),
            lambda: documents.junit(check_run(open_run(path), DEFAULT_LIMITS, open_run(base))),
            lambda: compare(open_run(path), open_run(base)).to_dict(),
            lambda: open_run(path).show(open_run(path).cases()["case_id"].iloc[0]),
        )
        # One of the slow ones an input, the same for the same input.
        chosen = zlib.crc32((path / "manifest.json").read_bytes()) % len(uses)
        for use in (lambda: contents_of(open_run(path)), lambda: verify(path), uses[chosen]):
            try:
                use()
            except AuditorError:
                continue

    return read


def _read_config(path: Path) -> None:
    config = AuditConfig.load(path)
    tomllib.loads(config.to_toml())


def targets(home: Path) -> dict[str, Target]:
    """Every reader by name; `home` is for what they begin with."""
    return {
        "images": Target(_file(_pictures()), _decode),
        "coco": Target(_beside("file", _coco()), _list),
        "voc": Target(_beside("", {"Annotations/a.xml": VOC}), _list),
        "csv": Target(_beside("file", {"manifest.csv": CSV}), _list),
        "parquet": Target(_beside("file", {"manifest.parquet": _table()}), _list),
        "toml": Target(_file({"audit.toml": TOML}), _read_config),
        "checkpoints": Target(_file(_checkpoints()), read_checkpoint),
        "runs": Target(_run_folders(home), _read_run(home / "template")),
    }
