"""Maps and scores: one row for each image that could be read, a part at a time."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import pandas as pd
import torch
from torch import Tensor

from auditor.data.chunks import check_columns
from auditor.data.loader import Loaded
from auditor.domain.messages import N_
from auditor.domain.samples import Sample, Skip
from auditor.findings.evidence.population import POPULATION
from auditor.pipeline.background_writer import keep
from auditor.pipeline.not_finite import counted, refuse_many, skip_of
from auditor.pipeline.picture_map_stage import POOLED
from auditor.pipeline.setup import Setup
from auditor.pipeline.worker import Worker
from auditor.ports import Progress
from auditor.saliency.engine import explain
from auditor.scoring.nomination import nominate
from auditor.scoring.rows import case_rows, label_indices
from auditor.scoring.scores import score_maps
from auditor.storage.parts import Parts
from auditor.storage.writer import skipped_frame
from auditor.tensors.batch import Batch
from auditor.tensors.questions import answered as answered_by

BATCHES_A_PART = 16
LIGHT = (
    *POPULATION,
    "image",
    "cam_height",
    "cam_width",
    "object_area",
    "label_probability",
    "animated",
    "mask_digest",
    "perceptual_hash",
    "remarks",
)
"""What later stages know of all images at once; the rest is read a part at a time."""


@dataclass(frozen=True)
class ScoredBlock:
    """What came of a block of samples: rows of the cases table, and the skips."""

    cases: pd.DataFrame
    skips: pd.DataFrame


def score_images(setup: Setup, parts: Parts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Map and score every image. Parts that are done are not done again.

    Returns:
        `LIGHT` columns and slices of one row for each image that could be read, in the order of
        the parts, and the skips.
    """
    samples = setup.samples
    size = BATCHES_A_PART * setup.config.run.batch_size
    starts = dict(enumerate(range(0, len(samples), size)))
    left = [i for i in starts if not (parts.has("skipped", i) and parts.has("cases", i))]
    ends = {i: min(start + size, len(samples)) for i, start in starts.items()}
    setup.progress.stage(N_("saliency maps"), sum(ends[i] - starts[i] for i in left))
    tasks = ((i, samples[starts[i] : ends[i]]) for i in left)

    broken = 0

    def write(i: int, block: ScoredBlock) -> None:
        nonlocal broken
        broken += counted(block.skips)
        refuse_many(broken, len(samples))
        parts.write("skipped", i, block.skips)
        # The rows come last: their part says that the block is done.
        parts.write("cases", i, block.cases)

    keep(setup.engine.each(score_blocks, tasks, setup.progress), write)
    parts.expect("cases", starts)
    return parts.read("cases", LIGHT), parts.read("skipped")


def score_blocks(
    worker: Worker, blocks: Iterable[tuple[int, Sequence[Sample]]], progress: Progress
) -> Iterator[tuple[int, ScoredBlock]]:
    """Maps and scores of numbered blocks; one is read while another is computed.

    Every block but the last is a whole number of batches.
    """
    begun: deque[tuple[int, int]] = deque()

    def samples() -> Iterator[Sample]:
        for index, block in blocks:
            begun.append((index, len(block)))
            yield from block

    stream = worker.loader.load(samples())
    for first in stream:
        index, size = begun.popleft()
        others = islice(stream, -(-size // worker.config.run.batch_size) - 1)
        yield index, _scored_block(worker, chain([first], others), progress)


def _scored_block(worker: Worker, stream: Iterable[Loaded], progress: Progress) -> ScoredBlock:
    frames: list[pd.DataFrame] = []
    skips: list[Skip] = []
    for loaded in stream:
        skips += loaded.skips
        if loaded.batch is not None:
            rows, answered = score_batch(worker, loaded.batch)
            samples = zip(loaded.batch.samples, answered, strict=True)
            skips += [skip_of(sample) for sample, known in samples if not known]
            if any(answered):
                checks = [x for x, known in zip(loaded.checks, answered, strict=True) if known]
                digests = pd.array([_digest(mask) for mask in rows["mask"]], dtype="Int64")
                frames.append(rows.assign(**check_columns(checks), mask_digest=digests))
        progress.advance(len(loaded.skips) + (len(loaded.batch) if loaded.batch else 0))
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"case_id": []})
    return ScoredBlock(rows, skipped_frame(skips))


def score_batch(worker: Worker, batch: Batch) -> tuple[pd.DataFrame, list[bool]]:
    """Rows of the cases table, all that is known before any intervention.

    Returns:
        The rows of the images that the network answers with finite numbers, and which those are.
    """
    classifier, saliency = worker.classifier, worker.config.saliency
    on_device = batch.to(classifier.device)
    labels = label_indices(batch, classifier.classes).to(classifier.device)

    def targets(logits: Tensor, part: slice) -> Tensor:
        predicted = answered_by(logits, labels[part], multilabel=classifier.multilabel)
        chosen = [predicted] if saliency.target == "predicted" else [predicted, labels[part]]
        return torch.stack(chosen, dim=1)

    explanation = explain(classifier, on_device.images, targets, method=saliency.method)
    answered: list[bool] = explanation.finite.tolist()
    if not all(answered):
        known = [i for i, finite in enumerate(answered) if finite]
        if not known:
            return pd.DataFrame(), answered
        batch, on_device = batch.select(known), on_device.select(known)
        explanation = explanation.select(known)
    maps = explanation.maps[:, 0]
    scores = score_maps(maps, on_device.masks, on_device.ignored, on_device.has_mask)
    rows = case_rows(
        batch,
        classes=classifier.classes,
        logits=explanation.logits,
        multilabel=classifier.multilabel,
        maps=maps,
        label_maps=explanation.maps[:, 1] if explanation.maps.shape[1] > 1 else None,
        scores=scores,
        nominated=nominate(scores),
    )
    if explanation.peaks is not None:
        rows = rows.assign(peak=_bytes(explanation.peaks, "<f2"))
    if explanation.pooled is not None:
        rows = rows.assign(**{POOLED: _bytes(explanation.pooled, "<f4")})
    return rows, answered


def _bytes(vectors: Tensor, kind: str) -> list[bytes]:
    """Each row in little-endian floats."""
    return [row.tobytes() for row in vectors.cpu().numpy().astype(kind)]


def _digest(mask: object) -> int | None:
    """Eight bytes that tell masks apart: whole masks of all images would not fit into memory."""
    if not isinstance(mask, str):  # pandas has NaN for null beside other texts
        return None
    return int.from_bytes(hashlib.blake2b(mask.encode(), digest_size=8).digest(), signed=True)
