"""Which implementation stands behind every seam. Only this file picks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from auditor import pipeline
from auditor.audit_inputs import as_asked, label_counts, nothing_to_audit
from auditor.comparison.last import since_last
from auditor.config import AuditConfig
from auditor.data.fingerprint import dataset_state
from auditor.data.masks.automatic import AutoMasks, with_auto_masks
from auditor.data.questions import audited_samples
from auditor.data.sample_store import SampleStore
from auditor.data.sources.opening import open_data
from auditor.domain.errors import AuditInterrupted, AuditorError, DataError
from auditor.domain.multilabel import MULTILABEL
from auditor.domain.samples import Sample, Skip
from auditor.engines.actors import Actors
from auditor.engines.local import Local
from auditor.engines.ranks import RankPlace, Ranks, job, place_in, unanimous
from auditor.files import is_remote
from auditor.pipeline.acceleration_stage import accelerate, kept_acceleration
from auditor.pipeline.provenance import identity_of, provenance_of
from auditor.pipeline.worker import Worker
from auditor.ports import Engine, Progress, Silent
from auditor.preflight import refuse_unavailable
from auditor.reports import render_html
from auditor.reports.contents import contents_of
from auditor.segmentation.mask_files import cache_folder, mask_files_of
from auditor.segmentation.opening import open_segmenter
from auditor.storage.data_runs import open_data_run
from auditor.storage.remote import local_folder, publish, refuse_finished
from auditor.storage.run import Run, is_finished, open_run
from auditor.storage.tables import release_memory
from auditor.storage.writer import RunWriter
from auditor.tensors.classifier import Classifier
from auditor.tensors.determinism import deterministic
from auditor.worker_building import SharedViews, build_worker


def audit(
    config: AuditConfig,
    *,
    progress: Progress,
    resume: bool = False,
    overwrite: bool = False,
    views: SharedViews | None = None,
) -> Run:
    """Run one audit.

    Args:
        config: of the audit.
        progress: hears how far it is.
        resume: go on with a run that stopped part-way.
        overwrite: make an existing run anew.
        views: decoded pictures of other audits of the same data; used where the work is done in
            this process.

    Raises:
        AuditorError: bad input (exit 2, nothing was written), or `AuditInterrupted` (exit 3)
            when it stopped part-way; what is done is kept for `resume`.
    """
    place = place_in() if config.run.engine == "local" else None
    refuse_unavailable(config, place)
    out = config.run.out or _default_out(config)
    with deterministic():
        if is_remote(out):
            return _audit_for_afar(config, out, progress, resume=resume)
        if place is None:
            return _audit(
                config, out, None, progress, resume=resume, overwrite=overwrite, views=views
            )
        with job():
            told = progress if place.rank == 0 else Silent()
            goes_on = resume or place.again
            return _audit(config, out, place, told, resume=goes_on, overwrite=overwrite)


def refuse_unusable(configs: Sequence[AuditConfig]) -> None:
    """Build every network once, so that each fault of theirs is told before anything is written.

    Args:
        configs: of the same data.

    Raises:
        AuditorError: as of an audit of the first that cannot be audited.
    """
    source = open_data(configs[0].data, labels=configs[0].model.output == MULTILABEL)
    found = label_counts(configs[0], source)
    for each in configs:
        config, asked = as_asked(each, source)
        build_worker(config, asked.classes, found)


def _audit_for_afar(config: AuditConfig, out: Path, progress: Progress, *, resume: bool) -> Run:
    refuse_finished(out)
    here = local_folder(out)
    if resume and is_finished(here):
        run = open_run(here)  # it could not be handed over the last time
    else:
        run = _audit(config, here, None, progress, resume=resume, overwrite=False)
    publish(out)
    return run


def _audit(
    config: AuditConfig,
    out: Path,
    place: RankPlace | None,
    progress: Progress,
    *,
    resume: bool,
    overwrite: bool,
    views: SharedViews | None = None,
) -> Run:
    leads = place is None or place.rank == 0
    if leads:
        RunWriter.check(out, resume=resume, overwrite=overwrite)
        if config.data.audit is not None:
            open_data_run(config.data.audit)
    source = open_data(config.data, labels=config.model.output == MULTILABEL)
    config, source = as_asked(config, source)
    found = label_counts(config, source)
    named_classes = source.classes
    shared = views if config.run.engine == "local" else None
    build = partial(build_worker, config, named_classes, found, place, views=shared)
    worker = build()
    skips: list[Skip] = []
    chosen, said = audited_samples(
        source,
        worker.classifier.labels or worker.classifier.classes,
        per_class=config.interventions.per_class,
        seed=config.run.seed,
        skips=skips,
    )
    source = replace(source, warnings=(*source.warnings, *said))
    known = SampleStore(chosen)
    if not known:
        raise nothing_to_audit(config, skips, worker.classifier)
    samples, auto_masks = with_missing_masks(config, known, worker.classifier.device.type, progress)
    worker, acceleration = accelerate(
        worker,
        samples,
        kept=kept_acceleration(out) if resume and config.run.accelerate == "auto" else None,
        unanimous=partial(unanimous, place),
    )
    build = partial(build, acceleration=acceleration)
    classifier = worker.classifier
    state = dataset_state(samples)
    dataset = state.fingerprint
    provenance = provenance_of(
        config, classifier, source, dataset, auto_masks, acceleration=acceleration
    )
    others = source.others
    del source  # the samples are on the disk now
    release_memory()
    setup = pipeline.Setup(
        config=config,
        samples=samples,
        skips=tuple(skips),
        loader=worker.loader,
        classifier=classifier,
        engine=_engine(config, worker, build, place),
        provenance=provenance,
        render_report=lambda run: render_html(contents_of(run), since=since_last(run)),
        progress=progress,
        others=others,
        changed=partial(state.changed, samples),
        random_labels=partial(_trained_on_random_labels, config, named_classes, found),
    )
    identity = identity_of(config, dataset, classifier, acceleration)
    if leads:
        writer = RunWriter.begin(out, resume=resume, overwrite=overwrite, identity=identity)
    else:
        writer = RunWriter.join(out)
    with writer:
        return _kept_on_failure(setup, writer)


def _trained_on_random_labels(
    config: AuditConfig, data_classes: Sequence[str], images: Mapping[str, int]
) -> Classifier | None:
    """The same network with the weights that `saliency.random_labels` names."""
    checkpoint = config.saliency.random_labels
    if checkpoint is None:
        return None
    model = config.model.model_copy(update={"checkpoint": checkpoint})
    other = config.model_copy(update={"model": model})
    return build_worker(other, data_classes, images).classifier


def _engine(
    config: AuditConfig, worker: Worker, build: Callable[[], Worker], place: RankPlace | None
) -> Engine:
    if config.run.engine == "ray":
        gpus = int(worker.classifier.device.type == "cuda")
        return Actors(build, actors=config.run.actors, gpus=gpus)
    return Local(worker) if place is None else Ranks(worker, place)


def _kept_on_failure(setup: pipeline.Setup, writer: RunWriter) -> Run:
    try:
        setup.engine.meet()  # the run is begun
        run = pipeline.run_stages(setup, writer)
        setup.engine.meet()  # the run is whole
        return run or open_run(writer.path)
    except DataError:
        writer.discard()
        raise
    except AuditorError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        raise AuditInterrupted(
            "The audit stopped part-way.",
            code="audit.interrupted",
            expected="to come to its end",
            got="it was told to stop" if isinstance(error, KeyboardInterrupt) else repr(error),
            remedy=f"what is done is kept in {writer.path}: run the same command with --resume",
        ) from error


def _default_out(config: AuditConfig) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return Path("runs") / f"{config.data.path.resolve().stem}-{stamp}"


def with_missing_masks(
    config: AuditConfig, samples: Sequence[Sample], device: str, progress: Progress
) -> tuple[Sequence[Sample], AutoMasks | None]:
    """With masks of `data.auto_mask` where there are none, and what is known of those."""
    method = config.data.auto_mask
    if method is None or all(sample.mask is not None for sample in samples):
        return samples, None
    segmenter = open_segmenter(method, device)
    if segmenter is None:
        return with_auto_masks(samples, method, fit=config.data.mask_fit)
    folder = cache_folder()
    return with_auto_masks(
        samples,
        method,
        fit=config.data.mask_fit,
        make=lambda wanted: mask_files_of(wanted, segmenter, folder, progress),
    )
