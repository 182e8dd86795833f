"""Label Studio's own package: valid interface, tasks and annotations; its brush code is ours."""

import json
import sys
from pathlib import Path

import numpy as np
from label_studio_sdk.converter.brush import decode_rle, mask2rle
from label_studio_sdk.label_interface import LabelInterface

folder, back = Path(sys.argv[1]), Path(sys.argv[2])
interface = LabelInterface((folder / "label-studio-interface.xml").read_text("utf-8"))
interface.validate()
found, annotated = {}, []
for number, task in enumerate(json.loads((folder / "label-studio.json").read_text("utf-8"))):
    assert interface.validate_task({"data": task["data"]})
    (prediction,) = task["predictions"]
    assert interface.validate_prediction(prediction, return_errors=True) == []
    (stroke,) = prediction["result"]
    size = stroke["original_height"], stroke["original_width"]
    pixels = decode_rle(stroke["value"]["rle"]).reshape(*size, 4)[..., 3]
    found[task["data"]["case_id"]] = int((pixels > 0).sum())
    if number == 0:
        pixels = np.array(pixels)
        pixels[:4, :6] = 255
        stroke["value"]["rle"] = mask2rle(pixels)
    choice = {
        "id": "c",
        "type": "choices",
        "from_name": "decision",
        "to_name": "image",
        "value": {"choices": ["confirmed"]},
    }
    annotation = {"result": [stroke, choice]}
    assert interface.validate_annotation(annotation)
    about = {"completed_by": {"email": "ada"}, "updated_at": "2026-05-01T12:00:00Z"}
    annotated.append({"id": number, "data": task["data"], "annotations": [annotation | about]})
back.write_text(json.dumps(annotated), "utf-8")
print(json.dumps(found))
