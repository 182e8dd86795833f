"""A complete, plausible run folder, drawn and written in a moment. No torch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.domain.manifest import Counts, Fingerprints, Manifest, SanityRecord
from auditor.domain.messages import coded
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Skip
from auditor.domain.schema import names
from auditor.storage.manifest import timestamp, versions
from auditor.storage.run import Run
from auditor.storage.writer import RunWriter
from tests.fakes.pictures import SIDE, draw_scene, jpeg
from tests.fakes.run_cases import HOSTILE_NAMES, Cast, case_row, evidence_rows, retrained_cases
from tests.fakes.run_findings import class_rows, hypothesis_rows, slice_rows

CREATED = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PREPROCESS = Preprocess(resize=SIDE, crop=SIDE)
MISFIT = "mask of {mask} pixels does not fit the image of {image}"
REPORT = "<!doctype html><title>report</title><p>The report of a fake run.</p>\n"


def make_run(
    folder: Path,
    *,
    classes: int = 4,
    per_class: int = 12,
    seed: int = 0,
    images: bool = True,
    hostile: bool = False,
    created: datetime = CREATED,
    sane: bool = True,
    hypotheses: bool = False,
    retrained: bool = False,
) -> Run:
    """Write a finished run into `folder` through `RunWriter`.

    With five classes or more every class verdict is there; with six images a class or more every
    case verdict is.

    Args:
        folder: of the run; its images are in `folder.parent / "<name>-data"`.
        classes: number of classes.
        per_class: images of each class.
        seed: the same seed gives the same run.
        images: draw the JPEG files and the evidence pictures.
        hostile: classes, slices, images and reasons named to break HTML, Markdown and CSV.
        created: of the manifest.
        sane: what the saliency check says.
        hypotheses: whether the class that could not be judged has some.
        retrained: as a better network would answer: see `retrained_cases`.
    """
    cast = Cast.of(classes, seed=seed, hostile=hostile)
    root = folder.parent / f"{folder.name}-data"
    root.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    pictures: list[dict[str, Any]] = []
    for index in range(classes):
        for number in range(per_class):
            row, scene = case_row(cast, index, number)
            rows.append(row)
            if images:
                file = root / row["image"]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(jpeg(draw_scene(scene)))
                pictures += evidence_rows(cast, row, scene, donor=rows[0]["case_id"])
    cases = pd.DataFrame(rows)
    if retrained:
        cases = retrained_cases(cases)
    table = class_rows(cast, cases)
    skips = _skips(hostile)
    tables = {
        "cases": cases,
        "classes": table,
        "slices": slice_rows(cases),
        "evidence": pd.DataFrame(pictures, columns=names("evidence")),
    }
    if hypotheses:
        tables["hypotheses"] = hypothesis_rows(cast, cases)
    manifest = Manifest(
        created=timestamp(created),
        config={
            "data": {"path": str(root)},
            "model": {"arch": "resnet18", "checkpoint": "model.pt", "layer": "auto"},
            "findings": {"effect_floor": 0.1, "q": 0.05, "min_images": 20},
        },
        seed=seed,
        versions=versions(),
        device="cpu",
        deterministic=True,
        fingerprints=Fingerprints("0f" * 32, "a1" * 32),
        target_layer="layer4.1.conv2",
        method="gradcam",
        classes=tuple(cast.labels),
        counts=Counts(len(cases) + len(skips), len(cases), len(skips)),
        timings={"saliency": 6.2, "interventions": 21.4, "findings": 0.8},
        throughput=31.5,
        peak_memory={"host": 734_003_200},
        sanity=_sanity(sane),
        data_root=str(root),
        preprocess=PREPROCESS,
    )
    with RunWriter.begin(folder, resume=False) as writer:
        return writer.finish(tables, skips, _summary(cases, table, sane), manifest, REPORT)


def _skips(hostile: bool) -> list[Skip]:
    plain = [
        Skip("lighthouse/broken.jpg", coded("skip.empty", "empty file")),
        Skip("teapot/040.jpg", coded("skip.mask_size", MISFIT, mask="64x64", image="128x128")),
        Skip("teapot/041.jpg", coded("skip.mask_size", MISFIT, mask="64x64", image="128x128")),
    ]
    nasty = [Skip(name, f"label {name} is unknown to the model") for name in HOSTILE_NAMES]
    return plain + nasty if hostile else plain


def _summary(cases: pd.DataFrame, classes: pd.DataFrame, sane: bool) -> dict[str, Any]:
    tested = cases[cases["sampled"] & cases["tested"]]
    accuracy = cases.groupby("label")["correct"].mean()
    return {
        "verdicts": dict(zip(classes["class"], classes["verdict"], strict=True)),
        "confirmed": int((classes["verdict"] == "confirmed").sum()),
        "shortcut_rate": float((tested["verdict"] == "shortcut").mean()) if len(tested) else None,
        "accuracy": float(cases["correct"].mean()),
        "worst_group_accuracy": float(accuracy.min()),
        "worst_group": str(accuracy.idxmin()),
        "saliency_sane": sane,
    }


def _sanity(sane: bool) -> SanityRecord:
    salient = 0.33 if sane else 0.1
    said = [] if sane else ["deleting the most salient cells hurts no more than chance"]
    checks = {
        "gradient_reaches_layer": True,
        "flat_maps": 0.0,
        "randomised_similarity": 0.08,
        "deletion_loss_salient": salient,
        "deletion_loss_random": 0.12,
    }
    return SanityRecord(sane, checks, tuple(said))
