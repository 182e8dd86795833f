"""The content of a report: every list and number that the template prints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath

import pandas as pd

from auditor.actions import actions_of
from auditor.comparison.model import Comparison
from auditor.domain.manifest import Manifest
from auditor.domain.summary import Summary
from auditor.domain.verdicts import CLASS_RANK, FLAGGED_CASES
from auditor.reports.appearance import ChangedLine, changed_lines
from auditor.reports.changes import ComparisonView, changes_of
from auditor.reports.contents import RunContents
from auditor.reports.evidence import CaseCard, CueCard, cue_cards, is_flagged, other_cards
from auditor.reports.given_away import LINES_SHOWN, GivenAwayLine, given_away_lines
from auditor.reports.hypotheses import ClassHypotheses, hypothesis_lines
from auditor.reports.intervals import Whisker, whisker
from auditor.reports.labels import Labels, labels_of_run
from auditor.reports.leaks import LeakCell, LeakLine, baseline_words, leak_lines, leak_square
from auditor.reports.method import SanityLine, method_words, sanity_lines, sanity_sentence
from auditor.reports.provenance import provenance
from auditor.reports.rows import Row, rows_of
from auditor.storage.tables import conform
from auditor.wording.catalogue import Translator
from auditor.wording.headline import Headline, audited, headline
from auditor.wording.numbers import ENGLISH
from auditor.wording.reasons import action_of_step, reason_of_class
from auditor.wording.stored_texts import manifest_text, manifest_texts, skip_reason

ACTIONS_SHOWN = 60
SLICES_SHOWN = 40
SKIPS_NAMED = 4
CLUSTER = "cluster"
"""Name of the slices that the audit made from heat maps."""


@dataclass(frozen=True)
class ClassLine:
    """A class: its row, why it got its verdict, with its intervals as drawings."""

    row: Row
    reason: str
    lost: Whisker | None
    won: Whisker | None


@dataclass(frozen=True)
class SliceLine:
    """A slice: its row, with its accuracy as a drawing."""

    row: Row
    accuracy: Whisker | None


@dataclass(frozen=True)
class SkipGroup:
    """Inputs that were skipped for one reason."""

    reason: str
    images: list[str]
    total: int


@dataclass(frozen=True)
class Page:
    """Everything the template prints; see the fields' types."""

    title: str
    headline: Headline
    audited: str
    floor: float | None
    sane: bool | None
    sanity_told: str
    sanity_reasons: tuple[str, ...]
    lost: list[tuple[str, str]]
    summary: Summary
    manifest: Manifest
    classes: list[ClassLine]
    labels: Labels | None
    actions: list[Row]
    actions_left: int
    since: ComparisonView | None
    cues: list[CueCard]
    cues_left: int
    others: list[CaseCard]
    hypotheses: list[ClassHypotheses]
    hypotheses_left: int
    changes: list[ChangedLine]
    leaks: list[LeakLine]
    leak_square: list[list[LeakCell]]
    leak_baseline: str
    given_away: list[GivenAwayLine]
    given_away_left: int
    flagged: int
    with_pictures: bool
    slices: list[SliceLine]
    slices_left: int
    associations: list[tuple[str, float]]
    skips: list[SkipGroup]
    warnings: list[str]
    sanity: list[SanityLine]
    method: list[str]
    provenance: list[tuple[str, str]]


def page_of(
    contents: RunContents,
    *,
    since: Comparison | None = None,
    pictures: bool = True,
    _: Translator = ENGLISH,
) -> Page:
    """From a run's contents, before or after they were stored.

    Args:
        contents: of the run.
        since: what changed since the run before, if there is one.
        pictures: False leaves every picture out, whatever the configuration says.
        _: of the reader's language.

    Raises:
        RunError: if a table does not fit its schema.
    """
    manifest, summary = contents.manifest, contents.summary
    classes = sorted(rows_of(conform("classes", contents.classes)), key=_urgency)
    floor = manifest.setting("findings", "effect_floor")
    flagged_classes = [row["class"] for row in classes if is_flagged(row)]
    cases = contents.cases
    wanted = cases["verdict"].isin(FLAGGED_CASES) | cases["label"].isin(flagged_classes)
    stored = replace(contents, cases=conform("cases", cases[wanted]))
    with_pictures = pictures and manifest.setting("report", "images") is not False
    sane = manifest.sanity.sane if summary.saliency_sane is None else summary.saliency_sane
    slices = _slices(conform("slices", contents.slices))
    fewest = manifest.setting("findings", "min_images")
    actions = contents.actions
    if actions is None:
        actions = actions_of(contents.classes, cases, min_images=int(fewest or 0))
    cues = cue_cards(stored, classes, pictures=with_pictures, _=_)
    leaks = leak_lines(classes, _)
    given_away = given_away_lines(contents.given_away, classes, _)
    by_name = {row["class"]: row for row in classes}
    hypotheses, hypotheses_left = hypothesis_lines(
        contents.hypotheses, classes, pictures=with_pictures, _=_
    )
    return Page(
        title=_title(manifest, _),
        headline=headline({row["class"]: row["verdict"] for row in classes}, floor, _),
        audited=audited(manifest, _),
        floor=floor,
        sane=sane,
        sanity_told=sanity_sentence(sane, manifest, _),
        sanity_reasons=tuple(manifest_texts(manifest, manifest.sanity.reasons, _)),
        lost=[
            (name, manifest_text(manifest, why or "", _))
            for name, why in manifest.lost_classes.items()
        ],
        summary=summary,
        manifest=manifest,
        classes=[_class_line(row, _) for row in classes],
        labels=labels_of_run(manifest, summary, classes, _),
        actions=[
            {**step, "action": action_of_step(step, by_name.get(step["class"]), _)}
            for step in rows_of(actions[:ACTIONS_SHOWN])
        ],
        actions_left=max(0, len(actions) - ACTIONS_SHOWN),
        since=None if since is None else changes_of(since, _),
        cues=cues,
        cues_left=len(flagged_classes) - len(cues),
        others=other_cards(stored, cues, pictures=with_pictures, _=_),
        hypotheses=hypotheses,
        hypotheses_left=hypotheses_left,
        changes=changed_lines(classes, _),
        leaks=leaks,
        leak_square=leak_square(leaks, _),
        leak_baseline=baseline_words(summary, _),
        given_away=given_away[:LINES_SHOWN],
        given_away_left=max(0, len(given_away) - LINES_SHOWN),
        flagged=_flagged(contents),
        with_pictures=with_pictures,
        slices=slices[:SLICES_SHOWN],
        slices_left=max(0, len(slices) - SLICES_SHOWN),
        associations=_associations(slices),
        skips=_skips(contents.skipped, _),
        warnings=list(manifest_texts(manifest, manifest.warnings, _)),
        sanity=sanity_lines(manifest, _),
        method=[words for words in method_words(contents, _) if words],
        provenance=provenance(manifest, _),
    )


def _flagged(contents: RunContents) -> int:
    if contents.flagged is not None:
        return contents.flagged
    return int(contents.cases["verdict"].isin(FLAGGED_CASES).sum())


def _title(manifest: Manifest, _: Translator) -> str:
    path = manifest.setting("data", "path") or manifest.data_root or _("a dataset")
    named = PurePath(str(path))
    # A manifest or a COCO file says less than the folder that it lies in.
    return (named.parent.name if named.suffix else named.name) or str(path)


def _urgency(row: Row) -> tuple[int, float, str]:
    rank = CLASS_RANK.get(row["verdict"], len(CLASS_RANK))
    return rank, -(row["background_effect"] or 0.0), row["class"]


def _class_line(row: Row, _: Translator) -> ClassLine:
    lost, won = (
        whisker(row[name], row[f"{name}_low"], row[f"{name}_high"])
        for name in ("background_effect", "capture")
    )
    return ClassLine(row, reason_of_class(row, _), lost, won)


def _slices(frame: pd.DataFrame) -> list[SliceLine]:
    """The data's own columns first, then the clusters of heat maps; the worst first in each."""
    ordered = frame.assign(made=frame["slice"] == CLUSTER).sort_values(
        ["made", "slice", "accuracy"], kind="stable"
    )
    return [
        SliceLine(
            row, whisker(row["accuracy"], row["accuracy_low"], row["accuracy_high"], start=0.0)
        )
        for row in rows_of(ordered.drop(columns="made"))
    ]


def _associations(slices: list[SliceLine]) -> list[tuple[str, float]]:
    """How strongly each column goes with the class, where that is known."""
    found = {line.row["slice"]: line.row["association"] for line in slices}
    return [(name, value) for name, value in found.items() if value is not None]


def _skips(skipped: pd.DataFrame, _: Translator) -> list[SkipGroup]:
    groups = [
        SkipGroup(
            skip_reason({str(k): v for k, v in rows.iloc[0].items()}, _),
            rows["image"].head(SKIPS_NAMED).tolist(),
            len(rows),
        )
        for reason, rows in skipped.groupby("reason", sort=False)
    ]
    return sorted(groups, key=lambda group: -group.total)
