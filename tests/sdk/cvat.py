"""CVAT: its package takes the labels; Datumaro, with which CVAT reads and writes, the rest."""

import json
import shutil
import sys
from pathlib import Path

import datumaro
import numpy as np
from cvat_sdk import models
from datumaro.components.annotation import AnnotationType, Label, Mask

folder, back = Path(sys.argv[1]), Path(sys.argv[2])
for label in json.loads((folder / "cvat-labels.json").read_text("utf-8")):
    attributes = [models.AttributeRequest(**each) for each in label["attributes"]]
    models.PatchedLabelRequest(name=label["name"], type=label["type"], attributes=attributes)
task = back.parent / "cvat-task"
task.mkdir()
shutil.copy(folder / "cvat.xml", task / "annotations.xml")
shutil.copytree(folder / "images", task / "images")
assert datumaro.Environment().detect_dataset(str(task)) == ["cvat"]
dataset = datumaro.Dataset.import_from(str(task), "cvat")
labels = dataset.categories()[AnnotationType.label]
confirmed, thing = labels.find("confirmed")[0], labels.find("object")[0]
found = {}
for number, item in enumerate(list(dataset)):
    (mask,) = (each for each in item.annotations if each.type == AnnotationType.mask)
    (case,) = (each for each in item.annotations if each.type == AnnotationType.label)
    pixels = np.array(mask.image)
    found[case.attributes["case_id"]] = int(pixels.sum())
    if number == 0:
        item.annotations.remove(mask)
        pixels[:4, :6] = 1
        item.annotations.append(Mask(pixels, label=thing))
    item.annotations.append(Label(confirmed, attributes={"reviewer": "ada"}))
    dataset.put(item)
written = back.parent / "cvat-back"
dataset.export(str(written), "cvat", save_media=False)
shutil.make_archive(str(back.with_suffix("")), "zip", written)
print(json.dumps(found))
