"""The whole files that the fuzzer begins with: small, and of every kind that the readers know."""

from __future__ import annotations

import json
import warnings
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pydicom
import torch
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.uid import RLELossless
from safetensors.torch import save as save_tensors

HEIGHT, WIDTH = 13, 17


def saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    """A picture as a file's bytes."""
    file = BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def noise() -> Image.Image:
    """The same picture of noise every time."""
    values = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    return Image.fromarray(values)


def pictures() -> dict[str, bytes]:
    """Pictures as people have them."""
    picture = noise()
    deep = picture.convert("L").convert("I;16")
    return {
        "a.jpg": saved(picture, "JPEG"),
        "b.jpg": saved(picture.convert("CMYK"), "JPEG"),
        "c.png": saved(picture.convert("P"), "PNG"),
        "d.png": saved(picture.convert("RGBA"), "PNG"),
        "e.webp": saved(picture, "WEBP"),
        "g.bmp": saved(picture, "BMP"),
        "h.png": saved(deep, "PNG"),
        "i.gif": saved(picture.convert("P"), "GIF"),
        "j.pgm": saved(picture.convert("L"), "PPM"),
        "k.jp2": saved(picture, "JPEG2000"),
    }


def tiffs() -> dict[str, bytes]:
    """TIFFs of odd depths, packed in every way, with a second page, in tiles of another program."""
    picture = noise()
    grey = picture.convert("L")
    twice = BytesIO()
    picture.save(twice, "TIFF", save_all=True, append_images=[grey])
    return {
        "rgb.tif": saved(picture, "TIFF"),
        "bits.tif": saved(picture.convert("1"), "TIFF", compression="group4"),
        "deep.tif": saved(grey.convert("I;16"), "TIFF", compression="tiff_lzw"),
        "whole.tif": saved(grey.convert("I"), "TIFF"),
        "float.tif": saved(grey.convert("F"), "TIFF"),
        "cmyk.tif": saved(picture.convert("CMYK"), "TIFF", compression="tiff_deflate"),
        "alpha.tif": saved(picture.convert("LA"), "TIFF", compression="packbits"),
        "jpeg.tif": saved(picture, "TIFF", compression="jpeg"),
        "palette.tif": saved(picture.convert("P"), "TIFF"),
        "pages.tif": twice.getvalue(),
    }


def dicoms() -> dict[str, bytes]:
    """DICOM in grey and in colour, bare of its preamble, with the pixels packed by RLE."""
    grey = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    grey.Rows, grey.Columns = HEIGHT, WIDTH
    grey.PixelData = np.arange(HEIGHT * WIDTH, dtype="<i2").tobytes()
    grey.WindowCenter, grey.WindowWidth = 100, 150
    found = {"grey.dcm": _written(grey)}
    found["bare.dcm"] = found["grey.dcm"][132:]
    colour = pydicom.dcmread(BytesIO(found["grey.dcm"]))
    colour.SamplesPerPixel, colour.PhotometricInterpretation = 3, "RGB"
    colour.PlanarConfiguration, colour.PixelRepresentation = 0, 0
    colour.BitsAllocated = colour.BitsStored = 8
    colour.HighBit = 7
    colour.PixelData = np.asarray(noise()).tobytes() + b"\0"
    found["colour.dcm"] = _written(colour)
    colour.compress(RLELossless)
    found["packed.dcm"] = _written(colour)
    return found


def _written(data: pydicom.Dataset) -> bytes:
    file = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data.save_as(file)
    return file.getvalue()


def coco() -> dict[str, bytes]:
    """Polygons, runs and packed runs."""
    images = [
        {"id": i, "file_name": f"images/{n}.jpg", "width": WIDTH, "height": HEIGHT}
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


def voc() -> dict[str, bytes]:
    """A VOC tree with the class drawn in colours; the list of colours is damaged too."""
    drawn = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    drawn[2:7, 2:7] = (64, 0, 0)
    indices = Image.fromarray((drawn[..., 0] > 0).astype(np.uint8) * 8).convert("P")
    return {
        "Annotations/a.xml": VOC,
        "Annotations/b.xml": VOC.replace(b"a.jpg", b"b.jpg"),
        "SegmentationClass/a.png": saved(Image.fromarray(drawn), "PNG"),
        "SegmentationClass/b.png": saved(indices, "PNG"),
        "labelmap.txt": b"# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:64,0,0::\n",
        "ImageSets/Main/train.txt": b"a\nb\n",
    }


YOLO = {
    "labels/a.txt": b"0 0.5 0.5 0.2 0.2\n1 0.1 0.1 0.1 0.1\n",
    "data.yaml": b"train: images\nval: images\nnc: 2\nnames: [cat, dog]\n",
}
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


def parquet() -> bytes:
    """A manifest."""
    file = BytesIO()
    frame = pd.DataFrame({"image": ["images/a.jpg", "images/b.jpg"], "label": ["cat", "dog"]})
    pq.write_table(pa.Table.from_pandas(frame.assign(box=[None, "1 1 6 6"])), file)
    return file.getvalue()


def hugging_face() -> bytes:
    """Pictures and masks as bytes, labels as numbers whose names are in the metadata."""
    mask = saved(Image.fromarray(np.eye(HEIGHT, WIDTH, dtype=np.uint8) * 255), "PNG")
    picture = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    features = {"label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}
    schema = pa.schema(
        [("image", picture), ("mask", picture), ("label", pa.int64()), ("site", pa.string())],
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )
    rows = [
        {"image": {"bytes": pictures()["a.jpg"], "path": "a.jpg"}, "mask": {"bytes": mask},
         "label": 0, "site": "Ulm"},
        {"image": {"bytes": pictures()["c.png"]}, "mask": None, "label": 1, "site": None},
    ]  # fmt: skip
    file = BytesIO()
    # Without a dictionary or packing, so that damage reaches values too.
    pq.write_table(pa.Table.from_pylist(rows, schema), file, compression="none")
    return file.getvalue()


def checkpoints() -> dict[str, bytes]:
    """Weights in every container."""
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
