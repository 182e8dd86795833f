"""COCO's own API reads images, annotations and masks."""

import json
import sys
from pathlib import Path

from pycocotools import mask as api
from pycocotools.coco import COCO

folder, back = Path(sys.argv[1]), Path(sys.argv[2])
content = json.loads((folder / "coco.json").read_text("utf-8"))
sys.stdout, out = sys.stderr, sys.stdout  # it talks
data = COCO(str(folder / "coco.json"))
assert len(data.getImgIds()) == len(content["images"])
found = {}
for number, image in enumerate(content["images"]):
    (entry,) = data.loadAnns(data.getAnnIds(imgIds=[image["id"]]))
    pixels = data.annToMask(entry)
    assert pixels.shape == (image["height"], image["width"])
    assert list(api.toBbox(entry["segmentation"])) == entry["bbox"]
    assert int(api.area(entry["segmentation"])) == entry["area"]
    assert data.loadCats(entry["category_id"])[0]["name"] == image["label"]
    found[image["case_id"]] = int(pixels.sum())
    written = next(each for each in content["annotations"] if each["id"] == entry["id"])
    if number == 0:
        edited = pixels.copy(order="F")
        edited[:4, :6] = 1
        code = api.encode(edited)
        written["segmentation"] = {"size": code["size"], "counts": code["counts"].decode()}
    written["attributes"] |= {"decision": "confirmed", "reviewer": "ada"}
back.write_text(json.dumps(content), "utf-8")
print(json.dumps(found), file=out)
