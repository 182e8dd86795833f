"""Maps and scores: one row for each image that could be read, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pandas as pd
import torch
from torch import Tensor

from auditor.data.chunks import look_columns
from auditor.data.loader import Loaded
from auditor.domain.samples import Skip
from auditor.pipeline.setup import Setup
from auditor.saliency.engine import explain
from auditor.scoring.nomination import nominate
from auditor.scoring.rows import case_rows, label_indices
from auditor.scoring.scores import score_maps
from auditor.storage.writer import RunWriter, skipped_frame
from auditor.tensors.batch import Batch

BATCHES_A_PART = 16


def look(setup: Setup, writer: RunWriter) -> tuple[pd.DataFrame, tuple[Skip, ...]]:
    """One row for each image that could be read. Parts that are done are not done again."""
    size = BATCHES_A_PART * setup.config.run.batch_size
    parts = {
        i: setup.samples[start : start + size]
        for i, start in enumerate(range(0, len(setup.samples), size))
    }
    left = {i: samples for i, samples in parts.items() if not writer.has_part("cases", i)}
    setup.progress.stage("looking", sum(map(len, left.values())))
    stream = setup.loader.load([sample for samples in left.values() for sample in samples])
    for i, samples in left.items():
        chunks = -(-len(samples) // setup.config.run.batch_size)
        _score_part(setup, writer, i, islice(stream, chunks))
    skipped = writer.read_parts("skipped")
    skips = tuple(Skip(*row) for row in skipped.itertuples(index=False))
    return writer.read_parts("cases"), skips


def _score_part(setup: Setup, writer: RunWriter, part: int, stream: Iterator[Loaded]) -> None:
    frames: list[pd.DataFrame] = []
    skips: list[Skip] = []
    for loaded in stream:
        skips += loaded.skips
        if loaded.batch is not None:
            rows = score_batch(setup, loaded.batch)
            frames.append(rows.assign(**look_columns(loaded.looks)))
        setup.progress.advance(len(loaded.skips) + (len(loaded.batch) if loaded.batch else 0))
    writer.write_part("skipped", part, skipped_frame(skips))
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"case_id": []})
    # The rows come last: their part says that the block is done.
    writer.write_part("cases", part, rows)


def score_batch(setup: Setup, batch: Batch) -> pd.DataFrame:
    classifier, saliency = setup.classifier, setup.config.saliency
    on_device = batch.to(classifier.device)
    labels = label_indices(batch, classifier.classes).to(classifier.device)

    def targets(logits: Tensor, part: slice) -> Tensor:
        predicted = logits.argmax(dim=1)
        chosen = [predicted] if saliency.target == "predicted" else [predicted, labels[part]]
        return torch.stack(chosen, dim=1)

    explanation = explain(classifier, on_device.images, targets, method=saliency.method)
    maps = explanation.maps[:, 0]
    scores = score_maps(maps, on_device.masks, on_device.ignored, on_device.has_mask)
    return case_rows(
        batch,
        classes=classifier.classes,
        logits=explanation.logits,
        maps=maps,
        label_maps=explanation.maps[:, 1] if explanation.maps.shape[1] > 1 else None,
        scores=scores,
        nominated=nominate(scores),
    )
