"""One audit from its first image to its last file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from auditor.data.noticing import Noticed, notice
from auditor.domain.errors import DataError
from auditor.domain.mask_doubts import SCORELESS
from auditor.domain.samples import Skip
from auditor.findings.judgement import Judgement, judge
from auditor.measuring import Stopwatch, peak_memory
from auditor.pipeline.checking import check_maps
from auditor.pipeline.comparing import compare_splits
from auditor.pipeline.intervening import intervene
from auditor.pipeline.looking import look
from auditor.pipeline.picturing import picture
from auditor.pipeline.setup import Setup
from auditor.saliency.sanity import Sanity
from auditor.scoring.null import null_nomination_rates
from auditor.storage.contents import RunContents
from auditor.storage.manifest import build_manifest
from auditor.storage.run import Run
from auditor.storage.writer import RunWriter, skipped_frame

FEW_SKIPS = 5


def audit(setup: Setup, writer: RunWriter) -> Run:
    """Run every stage and write the whole run.

    Raises:
        DataError: no image could be read, or any was skipped under `data.strict`.
    """
    watch = Stopwatch()
    with watch.of("sanity"):
        sanity = check_maps(setup)
    with watch.of("saliency"):
        cases, read_skips = look(setup, writer)
    skips = (*setup.skips, *read_skips)
    _refuse(setup, cases, skips)
    with watch.of("splits"):
        leakage = compare_splits(setup, cases)
    noticed = notice(cases, setup.samples, skips, leakage)
    setup = replace(setup, samples=noticed.samples)
    with watch.of("interventions"):
        cases, trials = intervene(setup, writer, noticed.cases)
    with watch.of("findings"):
        setup.progress.stage("judging", None)
        judgement = _judge(setup, cases, trials)
    with watch.of("evidence"):
        evidence = picture(setup, judgement, trials)
    counts = {
        "images": len(setup.samples) + len(setup.skips),
        "audited": len(cases),
        "skipped": len(skips),
    }
    contents = RunContents(
        manifest=_manifest(setup, counts, sanity, watch.seconds, noticed),
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


def _judge(setup: Setup, cases: pd.DataFrame, trials: pd.DataFrame) -> Judgement:
    sample = cases[cases["sampled"] & ~cases["mask_doubt"].isin(SCORELESS)]
    return judge(
        cases,
        trials,
        settings=setup.config.findings,
        seed=setup.config.run.seed,
        classes=setup.classifier.classes,
        null_nominated=null_nomination_rates(sample, seed=setup.config.run.seed),
    )


def _manifest(
    setup: Setup,
    counts: Mapping[str, int],
    sanity: Sanity,
    seconds: Mapping[str, float],
    noticed: Noticed,
) -> dict[str, Any]:
    halved = setup.classifier.fitting.words()
    learned = () if halved is None else (halved,)
    warnings = (*learned, *noticed.warnings, *setup.provenance["warnings"])
    return build_manifest(
        **{**setup.provenance, "warnings": warnings},
        lost_classes=noticed.lost,
        leakage=None if noticed.leakage is None else asdict(noticed.leakage),
        counts=counts,
        timings={**seconds, "total": round(sum(seconds.values()), 3)},
        throughput=round(counts["audited"] / max(seconds["saliency"], 1e-3), 1),
        peak_memory=peak_memory(setup.classifier.device),
        sanity=asdict(sanity),
    )
