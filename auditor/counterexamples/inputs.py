"""What counterexamples are made from: cues to break, images to cut, places of marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.config import AuditConfig
from auditor.counterexamples.marks import Box, mark_box, tried_box
from auditor.counterexamples.recipes import MARKS
from auditor.data.label_filter import known_samples, label_names
from auditor.data.masks.corrected import with_corrected_masks
from auditor.data.sources.opening import open_source
from auditor.domain.cues import SPEC_OF, Cue, cue_of
from auditor.domain.errors import DataError, RunError
from auditor.domain.multilabel import MULTILABEL
from auditor.domain.samples import Sample
from auditor.domain.verdicts import ClassVerdict
from auditor.files import exists
from auditor.storage.layout import table_file
from auditor.storage.manifest import preprocess_of
from auditor.storage.rows import impossible
from auditor.storage.run import Run

LARGEST_OBJECT = 0.6
"""An object that fills more of its picture leaves no background to exchange."""


@dataclass(frozen=True)
class Source:
    """Where the pictures come from: the audited data, or other data of the same classes.

    Attributes:
        data, masks, split: as in the [data] section; None for what the run audited.
    """

    data: Path | None = None
    masks: Path | None = None
    split: str | None = None


def labels_of(samples: Sequence[Sample]) -> set[str]:
    return {sample.label for sample in samples}


def cues_of(run: Run, classes: Sequence[str]) -> dict[str, Cue]:
    """The cue of every class to speak against; a background where none is named."""
    refuse_labels(run, "Counterexamples")
    table = run.classes().set_index("class")
    unknown = [name for name in classes if name not in table.index]
    if unknown:
        raise RunError(
            "The run has no such class.",
            code="run.unknown_class",
            expected=f"one of {', '.join(map(repr, table.index))}",
            got=", ".join(map(repr, unknown)),
            remedy="correct --class",
        )
    chosen = list(classes) or list(table.index[table["verdict"] == ClassVerdict.CONFIRMED.value])
    if not chosen:
        raise RunError(
            "There is no cue to break.",
            code="counterexamples.no_cue",
            expected=f"a class with verdict {ClassVerdict.CONFIRMED.value}",
            got="none in this run",
            remedy="name a class that you suspect with --class",
        )
    return {name: _cue(table.loc[name, "cue"]) for name in sorted(chosen)}


def refuse_labels(run: Run, what: str) -> None:
    """Raise `RunError` where an image of the run may carry several labels."""
    if run.metadata.setting("model", "output") == MULTILABEL:
        raise RunError(
            f"{what} are made of images with one label each.",
            code="run.several_labels",
            expected="a run of classes that exclude each other",
            got="a run with several labels an image (model.output = multilabel)",
            remedy="collect the images that the class's action names, or audit one label as two "
            "classes (model.output = binary)",
        )


def _cue(value: Any) -> Cue:
    return cue_of(value) or Cue.BACKGROUND


def usable(run: Run, config: AuditConfig, source: Source) -> list[Sample]:
    """Images whose object can be cut out; of the audited data those that were audited."""
    own = source.data is None
    path = config.data.path if source.data is None else source.data
    if own and not exists(path):
        path = Path(run.metadata.data_root)
    listing = open_source(
        path,
        masks=config.data.masks if own else source.masks,
        split=config.data.split if own else source.split,
        limit=config.data.limit if own else None,
        mask_values=config.data.mask_values,
        mask_suffix=config.data.mask_suffix,
    )
    if own and config.data.corrected_masks is not None:
        listing = with_corrected_masks(listing, config.data.corrected_masks)
    labels = label_names(listing.classes, run.metadata.classes)
    known = known_samples(listing.items(), labels, [])
    samples = [sample for sample in known if sample.mask is not None]
    if own:
        cases = run.cases()
        fits = cases["object_area"].notna() & cases["object_area"].between(0, LARGEST_OBJECT)
        audited = set(cases.loc[fits, "case_id"])
        samples = [sample for sample in samples if sample.case_id in audited]
    if len(labels_of(samples)) < 2:
        raise DataError(
            "Counterexamples exchange objects and backgrounds between classes.",
            code="counterexamples.one_class",
            expected="images with object masks of at least two of the model's classes",
            got=f"{len(samples)} such images of {len(labels_of(samples))} classes in {path}",
            remedy="name the data with --data and its masks with --masks",
        )
    return samples


def mark_boxes(
    run: Run, config: AuditConfig, samples: Sequence[Sample], cues: Mapping[str, Cue]
) -> dict[str, Box]:
    """By case_id, where a case shows its class's mark.

    Where the audit filled the patch under the map's peak it is known whether that was the mark: it
    cost the class at least the effect floor. Of a class that was not tested the map alone tells.
    """
    labels = {label: cue for label, cue in cues.items() if cue in MARKS}
    if not labels:
        return {}
    ids = {sample.case_id for sample in samples}
    cases = run.cases()
    cases = cases[cases["label"].isin(labels) & cases["case_id"].isin(ids) & cases["mask"].notna()]
    tried = pd.concat([_tried(run.trials(), label, cue) for label, cue in labels.items()])
    places = tried.loc[tried["cost"] >= config.findings.effect_floor, "place"]
    preprocess = preprocess_of(run.metadata)
    found = {}
    for row in cases.to_dict("records"):
        try:
            if row["case_id"] in places.index:
                found[row["case_id"]] = tried_box(row, str(places[row["case_id"]]), preprocess)
            elif row["label"] not in set(tried["label"]):
                found[row["case_id"]] = mark_box(row, preprocess)
        except ValueError as error:
            raise impossible(run.path / table_file("cases"), str(error)) from None
    return {case_id: box for case_id, box in found.items() if box is not None}


def _tried(trials: pd.DataFrame, label: str, cue: Cue) -> pd.DataFrame:
    """By case_id of a class: `label`, `place` of the patch that was filled, and its `cost`, the
    probability lost beyond that of the control, mean of the fills."""
    rows = trials[(trials["label"] == label) & (trials["intervention"] == SPEC_OF[cue].removed)]
    rows = rows.assign(cost=rows["p_label_control"] - rows["p_label"])
    return rows.groupby("case_id").agg(
        label=("label", "first"), place=("place", "first"), cost=("cost", "mean")
    )
