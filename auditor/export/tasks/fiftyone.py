"""A FiftyOne dataset as one JSON file, for `fiftyone.Dataset.from_json(file, rel_dir=DATA)`.

Arrays are as FiftyOne stores them: zlib over NumPy's own format, as extended JSON's binary.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auditor.domain.review_tasks import OBJECT
from auditor.export.tasks.records import ReviewTask

_LABEL: Final = "fiftyone.core.fields.EmbeddedDocumentField(fiftyone.core.labels.{})"
_TEXT: Final = "fiftyone.core.fields.StringField"
_NUMBER: Final = "fiftyone.core.fields.FloatField"
FIELDS: Final = {
    "ground_truth": _LABEL.format("Classification"),
    "prediction": _LABEL.format("Classification"),
    "verdict": _LABEL.format("Classification"),
    "object_mask": _LABEL.format("Segmentation"),
    "heat_map": _LABEL.format("Heatmap"),
    "case_id": _TEXT,
    "reason": _TEXT,
    "severity": _NUMBER,
    "question": _TEXT,
    "mask_doubt": _TEXT,
    "mask_from": _TEXT,
    "decision": _TEXT,
    "reviewer": _TEXT,
    "note": _TEXT,
}
"""Fields of a sample beside FiftyOne's own; the last three are for the reviewer to fill."""
OBJECT_VALUE: Final = 1


def fiftyone_json(tasks: Sequence[ReviewTask], name: str) -> str:
    """The dataset; its name in FiftyOne is `shortcut-auditor NAME`."""
    content = {
        "name": f"shortcut-auditor {name}",
        "media_type": "image",
        "num_samples": len(tasks),
        "sample_fields": FIELDS,
        "info": {"made_by": "shortcut-auditor", "run": name},
        "mask_targets": {"object_mask": {str(OBJECT_VALUE): OBJECT}},
        "samples": [_sample(task) for task in tasks],
    }
    return json.dumps(content, ensure_ascii=True) + "\n"


def _sample(task: ReviewTask) -> dict[str, Any]:
    return {
        "filepath": task.image,
        "tags": [task.question.id],
        "ground_truth": _class(task.label),
        "prediction": _class(task.predicted) | {"confidence": task.confidence},
        "verdict": _class(task.verdict) | {"confidence": task.severity},
        "object_mask": _mask(task.mask),
        "heat_map": _heat(task.heat),
        "case_id": task.case_id,
        "reason": task.reason,
        "severity": task.severity,
        "question": task.question.id,
        "mask_doubt": task.mask_doubt,
        "mask_from": task.mask_from,
        "decision": None,
        "reviewer": None,
        "note": None,
    }


def _class(label: str) -> dict[str, Any]:
    return {"_cls": "Classification", "tags": [], "label": label}


def _mask(mask: NDArray[np.bool_] | None) -> dict[str, Any] | None:
    if mask is None:
        return None
    pixels = mask.astype(np.uint8) * OBJECT_VALUE
    return {"_cls": "Segmentation", "tags": [], "mask": _binary(pixels)}


def _heat(heat: NDArray[np.uint8] | None) -> dict[str, Any] | None:
    if heat is None:
        return None
    return {"_cls": "Heatmap", "tags": [], "map": _binary(heat), "range": [0.0, 255.0]}


def _binary(values: NDArray[np.uint8]) -> dict[str, Any]:
    stream = BytesIO()
    np.save(stream, values, allow_pickle=False)
    packed = zlib.compress(stream.getvalue())
    return {"$binary": {"base64": b64encode(packed).decode("ascii"), "subType": "00"}}
