"""Tasks for annotation tools (`auditor export --what coco|label-studio|cvat|fiftyone`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

OBJECT: Final = "object"
"""Label of the object's mask in every tool."""
DECISIONS: Final = ("confirmed", "dismissed", "unsure")
"""Choices of a reviewer, as `auditor import-reviews` reads them back."""


class TaskFormat(StrEnum):
    """Annotation tools that tasks are written for (`--what`)."""

    COCO = "coco"
    LABEL_STUDIO = "label-studio"
    CVAT = "cvat"
    FIFTYONE = "fiftyone"


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One format of tasks.

    Attributes:
        name: as `--what` takes it.
        help: what the file is, English.
        suffix: of the file.
        beside: end of the name of a second file, which sets the tool up; None without one.
        heat_maps: the file carries them.
    """

    name: TaskFormat
    help: str
    suffix: str
    beside: str | None = None
    heat_maps: bool = False


TASKS: Final[Mapping[TaskFormat, TaskSpec]] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            TaskSpec(TaskFormat.COCO, "COCO instances with run-length masks", ".json"),
            TaskSpec(
                TaskFormat.LABEL_STUDIO,
                "Label Studio tasks with pre-annotated brush masks",
                ".json",
                beside="-interface.xml",
            ),
            TaskSpec(
                TaskFormat.CVAT, "CVAT for images 1.1 annotations", ".xml", beside="-labels.json"
            ),
            TaskSpec(TaskFormat.FIFTYONE, "a FiftyOne dataset", ".json", heat_maps=True),
        )
    }
)


@dataclass(frozen=True, slots=True)
class TaskQuestion:
    """What a person is asked about a case.

    Attributes:
        id: "mask" or "case".
        text: English, for the tool's page.
    """

    id: str
    text: str


MASK_QUESTION: Final = TaskQuestion("mask", "Correct the object's mask; confirm it if it is right.")
CASE_QUESTION: Final = TaskQuestion(
    "case",
    "Does the model rely on something other than the object here? confirmed: yes; dismissed: no.",
)
