"""Readers meet anything: no input may crash a run, hang it, or run away with its memory.

`FUZZ_EXAMPLES=5000 python -m pytest tests/data/test_fuzz.py` looks longer, and elsewhere each time.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.data import get_testdata_file

from auditor.data.listing import Listing
from auditor.data.masks.reading import MaskFault, read_mask
from auditor.data.pixels import read_pixels
from auditor.data.sources.opening import open_source
from auditor.domain.errors import DataError
from auditor.domain.samples import Sample, Skip
from auditor.imagery.decode import (
    MAX_PIXELS,
    UnreadableImage,
    decode_image,
    read_header,
)
from auditor.imagery.mask_image import decode_mask
from tests.data.making import noise
from tests.imagery.test_deep_tiff import tiff

ROOT = Path(__file__).parents[2]
LONGER = "FUZZ_EXAMPLES" in os.environ
fuzzed = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "40")),
    derandomize=not LONGER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _encoded(kind: str, mode: str = "RGB") -> bytes:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    options: dict[str, Any] = {"exif": exif} if kind in ("JPEG", "PNG", "WEBP", "TIFF") else {}
    Image.fromarray(noise(17, 23)).convert(mode).save(file, kind, **options)
    return file.getvalue()


def _deep(bits: int, **options: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return tiff(Path(folder) / "a.tif", bits, **options).read_bytes()


def _pictures() -> bytes:
    """A Parquet file of pictures as Hugging Face writes them."""
    rows = [{"bytes": _encoded("PNG"), "path": None}, {"bytes": b"", "path": None}]
    table = pa.table({"image": rows, "label": [1, 0], "mask": rows[::-1]})
    told = {"info": {"features": {"label": {"_type": "ClassLabel", "names": ["a", "b"]}}}}
    sink = BytesIO()
    metadata = {b"huggingface": json.dumps(told).encode()}
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), sink)
    return sink.getvalue()


SEEDS = {
    "a.jpg": _encoded("JPEG"),
    "b.jpg": _encoded("JPEG", "CMYK"),
    "c.png": _encoded("PNG", "P"),
    "d.png": _encoded("PNG", "RGBA"),
    "e.webp": _encoded("WEBP"),
    "f.tif": _encoded("TIFF"),
    "g.bmp": _encoded("BMP"),
    "h.gif": _encoded("GIF", "P"),
    "i.ppm": _encoded("PPM"),
    "j.jp2": _encoded("JPEG2000"),
    "k.dcm": Path(str(get_testdata_file("CT_small.dcm"))).read_bytes(),
    "l.dcm": Path(str(get_testdata_file("MR_small_jp2klossless.dcm"))).read_bytes(),
    "m.ima": Path(str(get_testdata_file("image_dfl.dcm"))).read_bytes(),
    "IM0001": Path(str(get_testdata_file("MR_small_RLE.dcm"))).read_bytes(),
    "n.tif": _deep(10, compression=8),
    "o.tif": _deep(12, big=True),
}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file's name and its bytes, a few of them changed, cut off, doubled or put elsewhere."""
    name = draw(st.sampled_from(sorted(SEEDS)))
    content = bytearray(SEEDS[name])
    for _ in range(draw(st.integers(0, 6))):
        # Headers decide most: half of all damage is done there.
        end = draw(st.sampled_from((min(64, len(content)), len(content))))
        at = draw(st.integers(0, max(0, end - 1)))
        match draw(st.sampled_from(("set", "cut", "double", "insert"))):
            case "set":
                content[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
            case "cut":
                del content[at:]
            case "double":
                content[at:at] = content[at : at + 40]
            case _:
                content[at:at] = draw(st.binary(max_size=8))
    return draw(st.sampled_from((name, f"x{Path(name).suffix}", "x.jpg", "x.png"))), bytes(content)


def _survives(read: Callable[[Path], Any], path: Path) -> Any:
    try:
        return read(path)
    except UnreadableImage as fault:
        said = fault.reason
    assert said
    assert "\n" not in said
    return None


@fuzzed
@given(damaged())
def test_damaged_files_are_read_or_have_a_reason(file: tuple[str, bytes]) -> None:
    name, content = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        header = _survives(read_header, path)
        pixels = _survives(decode_image, path)
        if pixels is not None:
            height, width = pixels.shape[:2]
            assert (pixels.dtype, pixels.shape) == (np.uint8, (height, width, 3))
            assert height * width <= MAX_PIXELS
            if header is not None:
                assert (header.height, header.width) == (height, width)
            tensor = _survives(read_pixels, path)
            assert tensor is None or tuple(tensor.shape) == (3, height, width)
        planes = _survives(decode_mask, path)
        if planes is not None:
            assert not (planes[0] & planes[1]).any()


@fuzzed
@given(st.binary(max_size=300))
def test_any_bytes_under_any_name(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("x.jpg", "x.png", "x.dcm", "x.tif", "x"):
            path = Path(folder) / name
            path.write_bytes(content)
            for read in (read_header, decode_image, decode_mask, read_pixels):
                _survives(read, path)


def _all_of(listing: Listing) -> None:
    for record in listing.items():
        assert isinstance(record, Sample | Skip)
        if isinstance(record, Sample) and record.mask is not None:
            try:
                mask, ignored = read_mask(record.mask, (17, 23), fit=True)
            except MaskFault:
                continue
            assert mask.shape == ignored.shape == (17, 23)


def _opens(path: Path, **options: Any) -> None:
    try:
        listing = open_source(path, **options)
    except DataError:
        return
    _all_of(listing)


CELLS = st.one_of(
    st.sampled_from(("a.jpg", "cat", "0 0 5 5", "", "image", "label", "nan nan 1 1", "../a.jpg")),
    st.text(max_size=12),
)


@fuzzed
@given(st.lists(st.lists(CELLS, max_size=7), max_size=6), st.binary(max_size=20))
def test_any_manifest(rows: list[list[str]], tail: bytes) -> None:
    header = "image,label,mask,box,split,duplicate_group,site\n"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.jpg").write_bytes(SEEDS["a.jpg"])
        path = Path(folder) / "m.csv"
        for start in (header, ""):
            text = start + "\n".join(",".join(row) for row in rows)
            path.write_bytes(text.encode("utf-8", "surrogatepass") + tail)
            _opens(path)
        path.with_suffix(".parquet").write_bytes(tail)
        _opens(path.with_suffix(".parquet"))


@fuzzed
@given(st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=3)), max_size=4))
def test_any_parquet_file_of_pictures(changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(_pictures())
    for at, written in changes:
        start = at % len(content)
        content[start : start + len(written)] = written
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setenv("AUDITOR_CACHE", folder)
        path = Path(folder) / "a.parquet"
        path.write_bytes(content)
        _opens(path)


VALUES = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
        st.sampled_from((0, 1, -1, 17, 23, 2**40, "a.jpg", "1", [], {}, [0, 0, 5, 5, 5, 0])),
    ),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(
            st.sampled_from(("id", "size", "counts", "bbox", "name", "segmentation")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def _coco() -> dict[str, Any]:
    square = [2, 2, 9, 2, 9, 9, 2, 9]
    shape = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [2, 2, 7, 7], "area": 49}
    return {
        "images": [{"id": 1, "file_name": "a.jpg", "height": 17, "width": 23}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            shape | {"segmentation": [square], "iscrowd": 0},
            shape | {"segmentation": {"size": [17, 23], "counts": [40, 51, 300]}, "iscrowd": 1},
            shape | {"segmentation": {"size": [17, 23], "counts": "Xa0"}},
        ],
    }


@fuzzed
@given(st.lists(st.tuples(st.integers(0, 30), VALUES), max_size=3), st.booleans())
def test_any_coco_file(changes: list[tuple[int, Any]], whole: bool) -> None:
    content: Any = _coco()
    for at, value in changes:
        entries = [entry for part in content.values() for entry in part]
        places = [(entry, key) for entry in entries for key in entry]
        entry, key = places[at % len(places)]
        entry[key] = value
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.jpg").write_bytes(SEEDS["a.jpg"])
        path = Path(folder) / "c.json"
        text = json.dumps(content)
        path.write_text(text if whole else text[: len(text) * 2 // 3])
        _opens(path)


@fuzzed
@given(st.lists(st.tuples(st.integers(0, 400), st.text(max_size=10)), max_size=4))
def test_any_voc_annotation(changes: list[tuple[int, str]]) -> None:
    text = (
        "<annotation><object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax>"
        "<ymax>8</ymax></bndbox></object></annotation>"
    )
    for at, inserted in changes:
        start = at % (len(text) + 1)
        text = text[:start] + inserted + text[start + len(inserted) // 2 :]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("JPEGImages", "Annotations"):
            (root / name).mkdir()
        (root / "JPEGImages" / "a.jpg").write_bytes(SEEDS["a.jpg"])
        (root / "Annotations" / "a.xml").write_bytes(text.encode("utf-8", "surrogatepass"))
        _opens(root)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_no_damaged_header_takes_the_memory(tmp_path: Path) -> None:
    """Sizes in headers are overwritten with large numbers; 4 GiB must do, torch left out."""
    draw = random.Random(0)
    for i in range(120):
        name = sorted(SEEDS)[i % len(SEEDS)]
        content = bytearray(SEEDS[name])
        for _ in range(3):
            at = draw.randrange(min(len(content), 160))
            content[at] = draw.choice((0x7F, 0xFF, 0x10, 0x80))
        (tmp_path / f"{i:03}{Path(name).suffix}").write_bytes(content)
    code = (
        "import resource, sys, pathlib\n"
        "from auditor.imagery.decode import UnreadableImage, decode_image\n"
        "from auditor.imagery.mask_image import decode_mask\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    for read in (decode_image, decode_mask):\n"
        "        try: read(path)\n"
        "        except UnreadableImage as fault: assert 'memory' not in fault.reason, path\n"
        "print('survived')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=300,
    )
    assert done.stdout.strip() == "survived", done.stderr[-2000:]
