"""Where an image has several labels: what that means, how well each is told, which go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_
from auditor.domain.summary import Summary
from auditor.reports.rows import Row
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import decimal, interval, share

TOGETHER_SHOWN = 30
MEANING = N_(
    "An image may carry several labels, so each label is a question of its own, answered by"
    " its own sigmoid and held against a random sample of the images without it. Where this"
    " report speaks of other classes, it means these images. Accuracy is the mean of"
    " sensitivity and specificity."
)


@dataclass(frozen=True)
class LabelAccuracyLine:
    """How well the network tells one label, as texts."""

    name: str
    sensitivity: str
    specificity: str
    auroc: str


@dataclass(frozen=True)
class TogetherLine:
    """A label beside another one, in words; whether that may be a cue."""

    text: str
    possible_cue: bool


@dataclass(frozen=True)
class Labels:
    """What a report says of several labels an image."""

    told: str
    accuracies: list[LabelAccuracyLine]
    together: list[TogetherLine]
    together_left: int


def labels_of_run(
    manifest: Manifest, summary: Summary, classes: Sequence[Row], _: Translator
) -> Labels | None:
    """Of the run, None where an image has one label.

    Args:
        classes: rows of the classes table.
    """
    if not manifest.multilabel:
        return None
    found = sorted(
        summary.co_occurrence or (),
        key=lambda each: (not each["possible_cue"], -each["difference"]),
    )
    return Labels(
        told=_(MEANING),
        accuracies=[
            LabelAccuracyLine(
                row["class"],
                share(row["sensitivity"]),
                share(row["specificity"]),
                decimal(row["auroc"]),
            )
            for row in classes
        ],
        together=[_together(each, _) for each in found[:TOGETHER_SHOWN]],
        together_left=max(0, len(found) - TOGETHER_SHOWN),
    )


def _together(found: Mapping[str, Any], _: Translator) -> TogetherLine:
    text = _(
        "'{label}' with '{other}': {part} of its images carry both, of the images without '{label}'"
        " {elsewhere} carry '{other}'. Its mean probability is {beside} with '{other}' and {alone}"
        " without it, a difference of {difference}.",
        label=found["label"],
        other=found["other"],
        part=share(found["share"]),
        elsewhere=share(found["share_elsewhere"]),
        beside=share(found["with_other"]),
        alone=share(found["without_other"]),
        difference=interval(found["difference"], found["low"], found["high"]),
    )
    possible = bool(found["possible_cue"])
    if possible:
        more = _(
            "A possible cue: compare its images that carry '{label}' alone.", label=found["label"]
        )
        text = _.joined([text, more])
    return TogetherLine(text, possible)
