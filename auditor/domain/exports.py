"""The tables that `auditor export` writes: one row each, columns in their fixed order.

A new column of a run's table is exported with it. A column that only exports have stands here; its
values are computed in `auditor.export.tables`. docs/exports.md; names are only ever added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from auditor.domain.case_columns import CASES
from auditor.domain.columns import Column
from auditor.domain.schema import CLASSES, HYPOTHESES, SLICES
from auditor.domain.verdicts import CaseVerdict, ClassVerdict


class Export(StrEnum):
    """Names of the tables (`--what`)."""

    CASES = "cases"
    CLASSES = "classes"
    SLICES = "slices"
    FINDINGS = "findings"
    HYPOTHESES = "hypotheses"
    REVIEWS = "reviews"
    AGREEMENT = "agreement"
    ACTIONS = "actions"


class Document(StrEnum):
    """What `--what` takes beside the tables: a whole run in a form of its own."""

    MODEL_CARD = "model-card"
    CROISSANT = "croissant"


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """One table.

    Attributes:
        name: as `--what` takes it.
        help: what a row is, English.
        columns: in their order; of `cases` the data's own `slice_*` columns follow.
        class_column: what `--class` filters; None where rows belong to no class.
        verdicts: what `--verdict` takes; None where rows have none.
        by_case: rows have a `case_id`, so that `--review` applies.
    """

    name: Export
    help: str
    columns: tuple[Column, ...]
    class_column: str | None = "class"
    verdicts: type[CaseVerdict] | type[ClassVerdict] | None = None
    by_case: bool = False


REVIEW_OF_CASE: Final = (
    Column("decision", "string", "the latest decision that stands: confirmed, dismissed, unsure"),
    Column("reviewers", "string", "who decided on the case, separated by `; `"),
    Column("note", "string", "the latest note on the case"),
    Column("agreement", "float", "share of its reviewers who say what stands; null below two"),
    Column("reasons", "string", "why, as ticked with the decision that stands, separated by ` `"),
    Column("arbiter", "string", "who settled the case where reviewers differed; null elsewhere"),
    Column("assigned", "string", "who was asked to look at the case, separated by `; `"),
)
"""Columns of exported cases that come from reviews, not from the run; null where unreviewed."""

REVIEWS: Final = tuple(
    Column(name, "string", meaning)
    for name, meaning in (
        ("run", "name of the run folder"),
        ("case_id", "the case"),
        ("image", "its image"),
        ("label", "its class"),
        ("reviewer", "who decided"),
        ("decision", "confirmed, dismissed, unsure, withdrawn (an undo) or noted (a note alone)"),
        ("note", "free text"),
        ("time", "ISO 8601, UTC"),
        ("token", "identity of the event"),
        ("reasons", "ids of the reasons that were ticked, separated by ` `"),
        ("arbitration", "true where the decision settles a case on which reviewers differed"),
    )
)

AGREEMENT: Final = (
    Column("class", "string", "class name", nullable=False),
    Column("images", "int", "audited images", nullable=False),
    Column("reviewed", "int", "cases with a decision", nullable=False),
    Column("several", "int", "cases that two or more people decided", nullable=False),
    Column("same", "int", "of these, those on which all say the same", nullable=False),
    Column("agreement", "float", "same divided by several"),
    Column("alpha", "float", "Krippendorff's alpha, nominal: 1 agreement, 0 chance"),
)

FIRST_HYPOTHESIS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hypothesis": "kind",
        "hypothesis_standing": "standing",
        "hypothesis_place": "place",
        "hypothesis_strength": "strength",
        "hypothesis_reason": "reason",
        "hypothesis_examples": "examples",
    }
)
"""Columns that findings have of a class's first hypothesis, and their names in the run."""

_CLASS = {column.name: column for column in CLASSES}
_HYPOTHESIS = {column.name: column for column in HYPOTHESES}

FINDINGS: Final = (
    *(
        _CLASS[name]
        for name in (
            *("class", "verdict", "cue"),
            *("background_effect", "background_effect_low", "background_effect_high"),
            *("capture", "capture_low", "capture_high"),
            *("q_value", "shortcut_rate", "images", "tested", "reason", "action"),
        )
    ),
    Column("flagged", "int", "cases with verdict shortcut, misled or suspected", nullable=False),
    *(
        _CLASS[name]
        for name in (
            *("cue_where", "cue_strength", "cue_strength_low", "cue_strength_high"),
            "cue_examples",
            *(name for name in _CLASS if name.endswith("_loss")),
        )
    ),
    *(
        replace(_HYPOTHESIS[column], name=name, nullable=True)
        for name, column in FIRST_HYPOTHESIS.items()
    ),
    *(
        _CLASS[name]
        for name in (
            *("reason_code", "reason_numbers", "pair_with", "shares_cue_with", "confirmed_by"),
            *(
                "look",
                "mask_stability",
                "sufficiency",
                "sufficiency_low",
                "sufficiency_high",
                "cue_place",
            ),
        )
    ),
)

ACTIONS: Final = (
    *(_CLASS[name] for name in ("class", "verdict", "cue")),
    Column("kind", "string", "kind of the step: collect, remove, relabel...", nullable=False),
    Column("count", "int", "how many images the step is about; null where that is no number"),
    Column("action", "string", "the step in words", nullable=False),
    Column("images", "int", "audited images of the class", nullable=False),
    Column("files", "string", "the images that the step is about, a JSON list, worst first"),
)

EXPORTS: Final[Mapping[str, ExportSpec]] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            ExportSpec(
                Export.CASES,
                "one row per audited image, worst first, with what reviewers decided",
                (*CASES, *REVIEW_OF_CASE),
                class_column="label",
                verdicts=CaseVerdict,
                by_case=True,
            ),
            ExportSpec(Export.CLASSES, "one row per class", CLASSES, verdicts=ClassVerdict),
            ExportSpec(
                Export.SLICES, "one row per value of a metadata column", SLICES, class_column=None
            ),
            ExportSpec(
                Export.FINDINGS, "classes that are not clean", FINDINGS, verdicts=ClassVerdict
            ),
            ExportSpec(Export.HYPOTHESES, "what classes without masks may rely on", HYPOTHESES),
            ExportSpec(
                Export.REVIEWS,
                "every event of the reviews, oldest first",
                REVIEWS,
                class_column="label",
                by_case=True,
            ),
            ExportSpec(Export.AGREEMENT, "how far reviewers agree, one row per class", AGREEMENT),
            ExportSpec(
                Export.ACTIONS,
                "what to do about which class, with how many and which images",
                ACTIONS,
                verdicts=ClassVerdict,
            ),
        )
    }
)


class ReviewFilter(StrEnum):
    """What `--review` takes: the latest decision on a case."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    UNREVIEWED = "unreviewed"
