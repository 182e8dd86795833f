"""One audit from its first image to its last file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace

import pandas as pd

from auditor.data.checks.by_heart import by_heart_warnings
from auditor.data.checks.class_order import order_warnings
from auditor.data.checks.data_checks import DataCheckResults, check_data
from auditor.data.fingerprint import changed_warning
from auditor.domain.errors import DataError
from auditor.domain.manifest import Counts, Manifest, SanityRecord
from auditor.pipeline.evidence_stage import draw_evidence, draw_patches
from auditor.pipeline.features_stage import describe
from auditor.pipeline.intervention_stage import UNANSWERED
from auditor.pipeline.localisation_stage import locate
from auditor.pipeline.look_rounds import intervene
from auditor.pipeline.mask_stage import try_masks
from auditor.pipeline.not_finite import counted, refuse_many, untested_words
from auditor.pipeline.saliency_stage import score_images
from auditor.pipeline.sanity_stage import check_maps
from auditor.pipeline.setup import Setup
from auditor.pipeline.split_stage import compare_splits
from auditor.pipeline.stored_trials import FIRST_ROUND, SECOND_ROUND
from auditor.pipeline.verdict_stage import write_verdicts
from auditor.profiling import Stopwatch, peak_memory
from auditor.saliency.sanity import Sanity
from auditor.storage.manifest import manifest_values, timestamp
from auditor.storage.run import Run
from auditor.storage.tables import release_memory
from auditor.storage.writer import RunWriter, skipped_frame

FEW_SKIPS = 5


def run_stages(setup: Setup, writer: RunWriter) -> Run | None:
    """Run every stage and write the whole run; None in a process that only made parts of it.

    Raises:
        DataError: no image could be read, or any was skipped under `data.strict`.
    """
    watch = Stopwatch()
    with watch.of("sanity"):
        sanity = check_maps(setup)
    with watch.of("saliency"):
        cases, read_skips = score_images(setup, writer.parts)
    skips = pd.concat([skipped_frame(setup.skips), read_skips], ignore_index=True)
    _refuse(setup, cases, skips)
    with watch.of("splits"):
        leakage = compare_splits(setup, cases)
    checked = check_data(cases, setup.samples, skips, leakage)
    release_memory()
    with watch.of("interventions"):
        asked = intervene(setup, writer.parts, checked.cases)
        cases = asked.cases
        describe(setup, writer.parts, cases)
        unanswered = writer.parts.read(UNANSWERED)
    with watch.of("localisation"):
        locate(setup, writer.parts, cases)
    with watch.of("masks"):
        try_masks(setup, writer.parts, cases)
    # Who leads takes the parts away in the end; until here the others may still look for them.
    setup.engine.meet()
    release_memory()
    if not setup.engine.leads:
        return None
    with watch.of("findings"):
        verdicts = write_verdicts(setup, writer, cases, asked.standing)
    with watch.of("evidence"):
        evidence = draw_evidence(setup, writer.parts, verdicts)
        hypotheses = draw_patches(setup, writer.parts, verdicts.hypotheses)
    counts = Counts(len(setup.samples) + len(setup.skips), len(cases), len(skips))
    tables = {
        "classes": verdicts.classes,
        "slices": verdicts.slices,
        "hypotheses": hypotheses,
        "evidence": evidence,
    }
    writer.write_tables(tables, skips)
    writer.write_trials(FIRST_ROUND, SECOND_ROUND)
    manifest = _manifest(
        setup,
        counts,
        sanity,
        watch.seconds,
        checked,
        untested=list(unanswered.get("image", ())),
        changed=setup.changed(),
        order=_answers_told(setup, writer),
        pictures=int(cases["image"].nunique()) if setup.provenance.multilabel else None,
    )
    summary = {**verdicts.summary, "saliency_sane": sanity.sane}
    # All but the manifest is there now, so the report can be made from the folder.
    report = setup.render_report(Run(writer.path, manifest_values(manifest), summary))
    return writer.finish({}, skips, summary, manifest, report)


def _answers_told(setup: Setup, writer: RunWriter) -> tuple[str, ...]:
    if setup.provenance.multilabel:
        return ()
    answers = writer.parts.read("cases", ["label", "predicted", "correct"])
    return (*order_warnings(answers), *by_heart_warnings(answers))


def _refuse(setup: Setup, cases: pd.DataFrame, skips: pd.DataFrame) -> None:
    refuse_many(counted(skips), len(setup.samples))
    few = skips.head(FEW_SKIPS)
    told = "; ".join(
        f"{image}: {why}" for image, why in zip(few["image"], few["reason"], strict=True)
    )
    more = f"; and {len(skips) - FEW_SKIPS} more" if len(skips) > FEW_SKIPS else ""
    if cases.empty:
        raise DataError(
            "No image could be audited.",
            code="audit.no_image",
            expected="at least one readable image whose label the model knows",
            got=f"{len(skips)} inputs, all skipped: {told}{more}",
            remedy="fix the causes above; nothing was written",
        )
    if setup.config.data.strict and len(skips):
        raise DataError(
            "Inputs were skipped, and --strict forbids it.",
            code="data.skips_under_strict",
            expected="every input audited",
            got=f"{len(skips)} skipped: {told}{more}",
            remedy="fix the causes above or leave --strict out; nothing was written",
        )


def _manifest(
    setup: Setup,
    counts: Counts,
    sanity: Sanity,
    seconds: Mapping[str, float],
    checked: DataCheckResults,
    *,
    untested: Collection[str],
    changed: Sequence[str],
    order: Sequence[str],
    pictures: int | None,
) -> Manifest:
    halved = setup.classifier.micro_batcher.words()
    learned = () if halved is None else (halved,)
    unanswered = untested_words(untested)
    warnings = (
        *setup.classifier.warnings,
        *order,
        *learned,
        *unanswered,
        *([changed_warning(changed)] if changed else ()),
        *checked.warnings,
        *setup.provenance.warnings,
    )
    return replace(
        setup.provenance,
        created=timestamp(),
        warnings=warnings,
        lost_classes=checked.lost,
        leakage=None if checked.leakage is None else asdict(checked.leakage),
        counts=counts,
        pictures=pictures,
        timings={**seconds, "total": round(sum(seconds.values()), 3)},
        throughput=round(counts.audited / max(seconds["saliency"], 1e-3), 1),
        peak_memory=peak_memory(setup.classifier.device),
        sanity=SanityRecord(sanity.sane, sanity.checks, sanity.reasons),
    )
