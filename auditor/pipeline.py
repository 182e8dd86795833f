"""The order of the stages, and nothing else. Only this file knows it.

samples -> maps and scores -> sample and trials -> verdicts -> evidence -> a whole run
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from auditor.config import AuditConfig
from auditor.data.loader import Loaded, Loader
from auditor.domain.errors import DataError
from auditor.domain.samples import Sample, Skip
from auditor.domain.schema import names
from auditor.findings.judgement import Judgement, judge
from auditor.interventions.design import choose
from auditor.interventions.evidence import Evidence, render
from auditor.interventions.showcase import showcase, worst_cases
from auditor.interventions.trials import count_trials, run_trials, trials_of
from auditor.measuring import Stopwatch, peak_memory
from auditor.ports import Progress
from auditor.saliency.engine import explain
from auditor.saliency.sanity import Sanity, check_sanity
from auditor.scoring.nomination import nominate
from auditor.scoring.null import null_nomination_rates
from auditor.scoring.rows import case_rows, label_indices
from auditor.scoring.scores import score_maps
from auditor.storage.contents import RunContents
from auditor.storage.manifest import build_manifest
from auditor.storage.run import Run
from auditor.storage.writer import RunWriter, skipped_frame
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier

BATCHES_A_PART = 16
SANITY_IMAGES = 16
EVIDENCE_AT_ONCE = 16
FEW_SKIPS = 5


@dataclass(frozen=True)
class Setup:
    """Everything an audit needs, chosen by `wiring`.

    Attributes:
        config: the whole configuration.
        samples: what to audit, in a stable order, labels known to the model.
        skips: inputs that were turned away before any image was opened.
        loader: samples to batches, in fixed chunks of `run.batch_size`.
        classifier: the network.
        provenance: what the manifest says of data, network and configuration.
        render_report: the report of a run's contents, as HTML.
        progress: who hears how far it is.
    """

    config: AuditConfig
    samples: Sequence[Sample]
    skips: tuple[Skip, ...]
    loader: Loader
    classifier: Classifier
    provenance: Mapping[str, Any]
    render_report: Callable[[RunContents], str]
    progress: Progress


def audit(setup: Setup, writer: RunWriter) -> Run:
    """Run every stage and write the whole run.

    Raises:
        DataError: no image could be read, or any was skipped under `data.strict`.
    """
    watch = Stopwatch()
    with watch.of("sanity"):
        sanity = _sane(setup)
    with watch.of("saliency"):
        cases, read_skips = _explain_and_score(setup, writer)
    skips = (*setup.skips, *read_skips)
    _refuse(setup, cases, skips)
    with watch.of("interventions"):
        cases, trials = _intervene(setup, writer, cases)
    with watch.of("findings"):
        setup.progress.stage("judging", None)
        judgement = _judge(setup, cases, trials)
    with watch.of("evidence"):
        evidence = _evidence(setup, judgement, trials)
    counts = {
        "images": len(setup.samples) + len(setup.skips),
        "audited": len(cases),
        "skipped": len(skips),
    }
    contents = RunContents(
        manifest=_manifest(setup, counts, sanity, watch.seconds),
        summary={**judgement.summary, "saliency_sane": sanity.sane},
        cases=judgement.cases,
        classes=judgement.classes,
        slices=judgement.slices,
        evidence=evidence,
        skipped=skipped_frame(skips),
        trials=trials,
    )
    tables = {
        "cases": contents.cases,
        "classes": contents.classes,
        "slices": contents.slices,
        "evidence": evidence,
        "trials": trials,
    }
    report = setup.render_report(contents)
    return writer.finish(tables, contents.skipped, contents.summary, contents.manifest, report)


def _manifest(
    setup: Setup, counts: Mapping[str, int], sanity: Sanity, seconds: Mapping[str, float]
) -> dict[str, Any]:
    return build_manifest(
        **setup.provenance,
        counts=counts,
        timings={**seconds, "total": round(sum(seconds.values()), 3)},
        throughput=round(counts["audited"] / max(seconds["saliency"], 1e-3), 1),
        peak_memory=peak_memory(setup.classifier.device),
        sanity=asdict(sanity),
    )


def _sane(setup: Setup) -> Sanity:
    setup.progress.stage("checking the maps", None)
    step = max(1, len(setup.samples) // SANITY_IMAGES)
    batches = [
        loaded.batch
        for loaded in setup.loader.load(setup.samples[::step][:SANITY_IMAGES])
        if loaded.batch is not None
    ]
    if not batches:
        # One look is enough to know: the pass over all images tells which could not be read.
        return Sanity(sane=False, checks={}, reasons=("none of the images tried could be read",))
    return check_sanity(
        setup.classifier,
        Batch.concatenate(batches).images.to(setup.classifier.device),
        method=setup.config.saliency.method,
        seed=setup.config.run.seed,
    )


def _explain_and_score(setup: Setup, writer: RunWriter) -> tuple[pd.DataFrame, tuple[Skip, ...]]:
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
            frames.append(_score_batch(setup, loaded.batch))
        setup.progress.advance(len(loaded.skips) + (len(loaded.batch) if loaded.batch else 0))
    writer.write_part("skipped", part, skipped_frame(skips))
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"case_id": []})
    # The rows come last: their part says that the block is done.
    writer.write_part("cases", part, rows)


def _score_batch(setup: Setup, batch: Batch) -> pd.DataFrame:
    classifier, saliency = setup.classifier, setup.config.saliency
    on_device = batch.to(classifier.device)
    labels = label_indices(batch, classifier.classes).to(classifier.device)

    def targets(logits: Tensor) -> Tensor:
        predicted = logits.argmax(dim=1)
        chosen = [predicted] if saliency.target == "predicted" else [predicted, labels]
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


def _refuse(setup: Setup, cases: pd.DataFrame, skips: Sequence[Skip]) -> None:
    told = "; ".join(f"{skip.image}: {skip.reason}" for skip in skips[:FEW_SKIPS])
    more = f"; and {len(skips) - FEW_SKIPS} more" if len(skips) > FEW_SKIPS else ""
    if cases.empty:
        raise DataError(
            "No image could be audited.",
            expected="at least one readable image whose label the model knows",
            got=f"{len(skips)} inputs, all skipped: {told}{more}",
            remedy="mend the reasons above; nothing was written",
        )
    if setup.config.data.strict and skips:
        raise DataError(
            "Inputs were skipped, and --strict forbids it.",
            expected="every input audited",
            got=f"{len(skips)} skipped: {told}{more}",
            remedy="mend the reasons above or leave --strict out; nothing was written",
        )


def _intervene(
    setup: Setup, writer: RunWriter, cases: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases with `sampled` and `tested`, and the trials."""
    settings, seed = setup.config.interventions, setup.config.run.seed
    groups = cases["duplicate_group"].fillna(cases["case_id"])
    choice = choose(
        cases.assign(group=groups),
        per_class=settings.per_class,
        nominated_budget=settings.nominated_budget,
        seed=seed,
    )
    wanted = (choice.sampled | choice.nominated) if settings.enabled else frozenset()
    if wanted and not writer.has_part("trials", 0):
        subjects = _load(setup, wanted)
        setup.progress.stage(
            "intervening",
            count_trials(subjects, sampled=choice.sampled, swaps=settings.swaps, seed=seed),
        )
        found = run_trials(
            setup.classifier,
            subjects,
            sampled=choice.sampled,
            swaps=settings.swaps,
            seed=seed,
            batch_size=setup.config.run.batch_size,
            progress=setup.progress,
        )
        writer.write_part("trials", 0, pd.DataFrame(map(asdict, found), columns=names("trials")))
    trials = writer.read_parts("trials")
    marked = cases.assign(
        sampled=cases["case_id"].isin(choice.sampled),
        tested=cases["case_id"].isin(set(trials["case_id"])),
    )
    return marked, trials


def _load(setup: Setup, case_ids: frozenset[str]) -> Batch:
    samples = [sample for sample in setup.samples if sample.case_id in case_ids]
    loaded = setup.loader.load(samples)
    return Batch.concatenate([each.batch for each in loaded if each.batch is not None])


def _judge(setup: Setup, cases: pd.DataFrame, trials: pd.DataFrame) -> Judgement:
    return judge(
        cases,
        trials,
        settings=setup.config.findings,
        seed=setup.config.run.seed,
        classes=setup.classifier.classes,
        null_nominated=null_nomination_rates(cases[cases["sampled"]], seed=setup.config.run.seed),
    )


def _evidence(setup: Setup, judgement: Judgement, trials: pd.DataFrame) -> pd.DataFrame:
    """Pictures of the worst cases, a few cases in memory at a time."""
    worst = worst_cases(judgement.cases)
    setup.progress.stage("drawing the evidence", len(worst))
    pictures: list[Evidence] = []
    for start in range(0, len(worst), EVIDENCE_AT_ONCE):
        shown = showcase(trials, worst[start : start + EVIDENCE_AT_ONCE])
        needed = frozenset(shown["case_id"]) | frozenset(shown["donor"].dropna())
        pictures += render(_load(setup, needed), trials_of(shown))
        setup.progress.advance(min(EVIDENCE_AT_ONCE, len(worst) - start))
    return pd.DataFrame(map(asdict, pictures), columns=names("evidence"))
