"""FiftyOne: every field and sample is taken by its own classes. Datasets need a MongoDB server: not
tried here."""

import json
import sys
from pathlib import Path

from bson import json_util
from fiftyone.core.odm import get_field_kwargs
from fiftyone.core.sample import Sample

folder, back = Path(sys.argv[1]), Path(sys.argv[2])
content = json.loads((folder / "fiftyone.json").read_text("utf-8"))
for field in content["sample_fields"].values():
    get_field_kwargs(field)
found, samples = {}, []
for number, stored in enumerate(content["samples"]):
    sample = Sample.from_dict(stored)
    assert set(content["sample_fields"]) <= set(sample.field_names)
    assert sample.heat_map.map.max() > 0
    assert sample.verdict.label
    found[sample.case_id] = int(sample.object_mask.mask.sum())
    if number == 0:
        mask = sample.object_mask.mask.copy()
        mask[:4, :6] = 1
        sample.object_mask.mask = mask
    sample["decision"], sample["reviewer"] = "confirmed", "ada"
    samples.append(json.loads(json_util.dumps(sample.to_mongo_dict())))
back.write_text(json.dumps({"samples": samples}), "utf-8")
print(json.dumps(found))
