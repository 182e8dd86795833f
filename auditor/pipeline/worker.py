"""What one process needs to work on a part: of every process that takes part in an audit, one."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.config import AuditConfig
from auditor.data.loader import Loader
from auditor.tensors.classifier import Classifier


@dataclass(frozen=True)
class Worker:
    """Attributes:
    config: the whole configuration.
    loader: samples to batches, in fixed chunks of `run.batch_size`.
    classifier: the network.
    """

    config: AuditConfig
    loader: Loader
    classifier: Classifier
