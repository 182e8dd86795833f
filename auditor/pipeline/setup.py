"""Everything an audit needs, in one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from auditor.config import AuditConfig
from auditor.data.loader import Loader
from auditor.domain.manifest import Manifest
from auditor.domain.samples import Sample, Skip
from auditor.ports import Engine, Progress
from auditor.storage.run import Run
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier


@dataclass(frozen=True)
class Setup:
    """Everything an audit needs, chosen by `wiring`.

    Attributes:
        config: the whole configuration.
        samples: what to audit, in a stable order, labels known to the model.
        skips: inputs that were turned away before any image was opened.
        loader: samples to batches, in fixed chunks of `run.batch_size`.
        classifier: the network.
        engine: where parts are made.
        provenance: what the manifest says of data, network and configuration.
        render_report: the report of a run whose tables are written, as HTML.
        progress: who hears how far it is.
        others: images of the dataset's other splits, to look for leaks.
        changed: names of images whose files changed since the audit began.
        random_labels: loads the same network as it was trained on shuffled labels; None where the
            configuration names no such checkpoint.
    """

    config: AuditConfig
    samples: Sequence[Sample]
    skips: tuple[Skip, ...]
    loader: Loader
    classifier: Classifier
    engine: Engine
    provenance: Manifest
    render_report: Callable[[Run], str]
    progress: Progress
    others: tuple[Sample, ...] = ()
    changed: Callable[[], Sequence[str]] = tuple
    random_labels: Callable[[], Classifier | None] = lambda: None

    def find(self, case_ids: Collection[str]) -> dict[str, Sample]:
        """Some cases' samples by case_id, in the order of the samples."""
        return {each.case_id: each for each in self.samples if each.case_id in case_ids}

    def batches(self, samples: Sequence[Sample]) -> Iterator[Batch]:
        """What can be read of some samples; progress is told of all."""
        for loaded in self.loader.load(samples):
            self.progress.advance(len(loaded.skips) + (len(loaded.batch) if loaded.batch else 0))
            if loaded.batch is not None:
                yield loaded.batch

    def load(self, samples: Sequence[Sample]) -> Batch:
        """Some samples, known to be readable, as one batch."""
        loaded = self.loader.load(samples)
        return Batch.concatenate([each.batch for each in loaded if each.batch is not None])
