"""What interventions run on, chosen and tried once before the long work."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from torch import Tensor

from auditor.domain.samples import Sample
from auditor.pipeline.provenance import ACCELERATION
from auditor.pipeline.worker import Worker
from auditor.storage.begin import IDENTITY
from auditor.storage.layout import PARTS
from auditor.tensors.acceleration import (
    Acceleration,
    Asked,
    capabilities,
    checked,
    decide,
    off,
)
from auditor.tensors.classifier import Classifier

WORTH_CONVERTING = 64
"""Images of an audit from which OpenVINO's conversion (2 to 5 s of a processor) pays."""


def accelerate(
    worker: Worker,
    samples: Sequence[Sample],
    *,
    kept: Asked | None,
    unanimous: Callable[[str], bool],
) -> tuple[Worker, Acceleration]:
    """The worker with an accelerated network where `run.accelerate` and the machine give one.

    Args:
        worker: of this process.
        samples: of the audit; the first that can be read are the agreement check's batch.
        kept: under `auto` what the unfinished run that is resumed was begun with, None for a new
            one.
        unanimous: whether all processes of the job chose the same, given what this one chose.
    """
    config = worker.config
    if not config.interventions.enabled:
        return worker, off("interventions are off")
    if not worker.classifier.repeatable:
        return worker, off("the network answers differently each time")
    asked = kept or config.run.accelerate
    found = capabilities(worker.classifier)
    if asked == "auto" and len(samples) < WORTH_CONVERTING:
        found = replace(found, openvino=None)
    chosen = decide(asked, found)
    if kept is not None:
        chosen = replace(chosen, reason="the run was begun with it", by_name=False)
    classifier = worker.classifier
    if chosen.kind != "off":
        loaded = worker.loader.load(samples[: config.run.batch_size])
        batch = next((each.batch for each in loaded if each.batch is not None), None)
        if batch is None:
            chosen = off("none of the first images could be read")
        else:
            classifier, chosen = _tried(classifier, batch.images, chosen)
    if not unanimous(chosen.words()):
        return worker, off("the processes of this job chose differently")
    return replace(worker, classifier=classifier), chosen


def _tried(
    classifier: Classifier, images: Tensor, chosen: Acceleration
) -> tuple[Classifier, Acceleration]:
    """As chosen; OpenVINO in float32 where its bfloat16 does not agree; else plain float32."""
    found, used = checked(classifier, images, chosen)
    if used.failed and chosen.kind == "openvino" and chosen.precision != "float32":
        slower = replace(chosen, precision="float32", reason=used.reason)
        found, used = checked(classifier, images, slower)
    return found, used


def kept_acceleration(run: Path) -> Asked | None:
    """What an unfinished run was begun with, None where nothing is noted."""
    try:
        noted = json.loads((run / PARTS / IDENTITY).read_text(encoding="utf-8"))
        kind = str(noted[ACCELERATION]).partition(" ")[0]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return next((known for known in get_args(Asked) if known == kind), None)
