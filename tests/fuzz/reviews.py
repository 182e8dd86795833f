"""Files of decisions that other tools write, brought back to a run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from auditor.review_imports.importing import import_reviews
from auditor.storage.run import open_run
from tests.fakes.runs import make_run
from tests.review_imports.test_import_reviews import BRUSH


def review_files(home: Path) -> dict[str, bytes]:
    """One file of each format, about the cases of a run that is made below `home`."""
    run = make_run(home / "run", classes=2, per_class=6, images=False)
    row = run.cases().iloc[0]
    case, image = str(row["case_id"]), str(row["image"])
    height, width = int(row["image_height"]), int(row["image_width"])
    choice = {"type": "choices", "value": {"choices": ["confirmed"]}}
    brush = {"type": "brushlabels", "original_height": height, "original_width": width,
             "value": {"rle": BRUSH}}  # fmt: skip
    polygon = {"type": "polygonlabels", "value": {"points": [[1, 1], [50, 1], [50, 60]]}}
    box = {"type": "rectanglelabels", "value": {"x": 1, "y": 2, "width": 30, "height": 40}}
    note = {"type": "textarea", "value": {"text": ["a note"]}}
    told = {"completed_by": {"email": "a@b.c"}, "created_at": "2026-01-02T03:04:05Z"}
    tasks = [
        {"id": 1, "data": {"case_id": case}, "annotations": [told | {"result": [choice, note]}]},
        {"id": 2, "data": {"image": f"/data/local-files/?d={image}"},
         "annotations": [told | {"result": [polygon, box]}, {"result": [brush]}]},
    ]  # fmt: skip
    lines = {"polylines": [{"points": [[[0.1, 0.1], [0.5, 0.1], [0.5, 0.6]]]}]}
    samples = {
        "samples": [{"filepath": image, "tags": ["confirmed"], "note": "a", "object_mask": lines}]
    }
    runs = f"0,{width * height}"
    xml = f"""<annotations><image id="0" name="{image}" width="{width}" height="{height}">
<tag label="confirmed"><attribute name="reviewer">ada</attribute></tag>
<polygon label="object" points="1,1;9,1;9,9"/><box xtl="1" ytl="1" xbr="9" ybr="9"/>
<mask rle="{runs}" left="0" top="0" width="{width}" height="{height}"/></image></annotations>"""
    table = "case_id,image,label,decision,reviewer,note,time\r\n"
    table += f'{case},,,confirmed,ada,"a, b",2026-01-02T03:04:05+01:00\r\n'
    table += f",{image},,dismissed,,,\r\n"
    return {
        "a.csv": table.encode(),
        "b.json": json.dumps(tasks).encode(),
        "c.json": json.dumps(samples).encode(),
        "d.xml": xml.encode(),
    }


def bring_back(home: Path) -> Callable[[Path], None]:
    """Import a file into the run, masks too."""

    def read(path: Path) -> None:
        masks = path.parent / "masks"
        shutil.rmtree(masks, ignore_errors=True)
        import_reviews(open_run(home / "run", lazily=True), path, masks_out=masks)

    return read
