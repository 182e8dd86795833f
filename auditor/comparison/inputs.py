"""A run as one side of a comparison: the columns that are compared, no pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from auditor.class_reviews import reviewed_classes
from auditor.domain.looks import looks_within
from auditor.domain.manifest import Manifest
from auditor.domain.schema import SLICE_PREFIX
from auditor.domain.summary import Summary
from auditor.findings.evidence.effect_observations import OBSERVATIONS, effect_observations
from auditor.findings.evidence.trial_table import clusters
from auditor.statistics.sequential import LookPosition
from auditor.storage.run import Run

COLUMNS = (
    "case_id",
    "image",
    "label",
    "label_probability",
    "correct",
    "mask_source",
    "sampled",
    "tested",
    "duplicate_group",
    "verdict",
)


@dataclass(frozen=True)
class Side:
    """Attributes:
    name: of the run.
    manifest, summary: as in the run.
    cases: `COLUMNS`, `slice_*` and `group`, the statistical cluster.
    classes: as in the run, by class.
    observations: by measure, `effect_observations` of the run; no rows where it keeps no trials.
    positions: of classes that were looked at several times, the look at which they were decided.
    """

    name: str
    manifest: Manifest
    summary: Summary
    cases: pd.DataFrame
    classes: pd.DataFrame
    observations: Mapping[str, pd.DataFrame]
    positions: Mapping[str, LookPosition] = field(default_factory=dict)


def side_of(run: Run) -> Side:
    """Of a stored run.

    Raises:
        RunError: if a table cannot be read.
    """
    tables = {
        "cases": run.cases(COLUMNS),
        "classes": reviewed_classes(run),
        "trials": run.trials(),
    }
    return side_from(run.path.resolve().name, run.metadata, run.results, tables)


def side_from(
    name: str,
    manifest: Manifest,
    summary: Summary,
    tables: Mapping[str, pd.DataFrame],
) -> Side:
    """Of the tables `cases`, `classes` and `trials` of a run."""
    cases = tables["cases"]
    slices = [column for column in cases.columns if column.startswith(SLICE_PREFIX)]
    kept = cases[[*COLUMNS, *slices]].copy()
    kept["group"] = clusters(kept)
    return Side(
        name=name,
        manifest=manifest,
        summary=summary,
        cases=kept,
        classes=tables["classes"].set_index("class", drop=False),
        observations=_observations(kept, tables["trials"], manifest),
        positions=_positions(tables["classes"], manifest),
    )


def _positions(classes: pd.DataFrame, manifest: Manifest) -> dict[str, LookPosition]:
    """Of the classes with more than one look. Those of a run that was written before
    `last_look` was could all have gone on to the last look of its configuration."""
    asked: Sequence[int] = manifest.setting("interventions", "looks") or ()
    if len(asked) < 2 or not {"look", "last_look"} <= set(classes.columns):
        return {}
    found = {}
    for name, look, last in zip(
        classes["class"], classes["look"], classes["last_look"], strict=True
    ):
        looks = looks_within(asked, asked[-1] if pd.isna(last) else int(last))
        if not pd.isna(look) and len(looks) > 1 and int(look) in looks:
            found[str(name)] = LookPosition(looks, looks.index(int(look)))
    return found


def _observations(
    cases: pd.DataFrame, trials: pd.DataFrame, manifest: Manifest
) -> dict[str, pd.DataFrame]:
    if trials.empty or manifest.setting("findings", "effect_floor") is None:
        return {
            name: pd.DataFrame(columns=OBSERVATIONS) for name in ("background_effect", "capture")
        }
    return effect_observations(
        cases,
        trials,
        model_classes=len(manifest.classes),
        seed=manifest.seed or 0,
        labels=manifest.classes if manifest.multilabel else (),
    )
