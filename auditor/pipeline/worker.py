"""What one process needs to work on a part: of every process that takes part in an audit, one."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.config import AuditConfig
from auditor.data.loader import Loader
from auditor.interventions.composed_pictures import ComposedPictures
from auditor.tensors.classifier import Classifier


@dataclass(frozen=True)
class Worker:
    """Attributes:
    config: the whole configuration.
    loader: samples to batches, in fixed chunks of `run.batch_size`.
    classifier: the network.
    pictures: what was composed for other networks on the same data; None composes all.
    """

    config: AuditConfig
    loader: Loader
    classifier: Classifier
    pictures: ComposedPictures | None = None
