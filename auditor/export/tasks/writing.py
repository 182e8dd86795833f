"""Tasks as the files that annotation tools read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from auditor.domain.review_tasks import TASKS, TaskFormat
from auditor.export.selection import unusable
from auditor.export.tasks.coco import coco_json
from auditor.export.tasks.cvat import cvat_xml, labels_json
from auditor.export.tasks.fiftyone import fiftyone_json
from auditor.export.tasks.gathering import case_counts, tasks_of
from auditor.export.tasks.label_studio import interface_xml, label_studio_json
from auditor.export.tasks.records import ReviewTask
from auditor.storage.atomic import write_output
from auditor.storage.run import Run

_CONTENT: Final[Mapping[TaskFormat, Callable[[Sequence[ReviewTask], Run], str]]] = MappingProxyType(
    {
        TaskFormat.COCO: lambda tasks, run: coco_json(tasks, run.name),
        TaskFormat.LABEL_STUDIO: lambda tasks, _: label_studio_json(tasks),
        TaskFormat.CVAT: lambda tasks, _: cvat_xml(tasks),
        TaskFormat.FIFTYONE: lambda tasks, run: fiftyone_json(tasks, run.name),
    }
)
_BESIDE: Final[Mapping[TaskFormat, Callable[[], str]]] = MappingProxyType(
    {TaskFormat.LABEL_STUDIO: interface_xml, TaskFormat.CVAT: labels_json}
)


@dataclass(frozen=True, slots=True)
class WrittenTasks:
    """What was written.

    Attributes:
        files: the tasks, and the tool's set-up where there is one.
        tasks: how many.
        masks: how many have their mask from where: "data", "view" or "none".
    """

    files: tuple[Path, ...]
    tasks: int
    masks: Mapping[str, int]


def export_tasks(
    run: Run,
    what: TaskFormat,
    out: Path,
    *,
    class_: str | None = None,
    verdict: str | None = None,
    review: str | None = None,
) -> WrittenTasks:
    """Write cases with a doubtful mask or a flagged verdict as tasks for an annotation tool.

    Args: as `auditor.export.tasks.gathering.tasks_of`; `out` is replaced in one step.

    Raises:
        RunError: a suffix or filter that does not apply, or a file that cannot be written.
    """
    spec = TASKS[what]
    if out.suffix.lower() != spec.suffix:
        raise unusable("file", f"a name that ends in {spec.suffix}", out.name)
    tasks = tasks_of(run, class_=class_, verdict=verdict, review=review, heat_maps=spec.heat_maps)
    write_output(out, _CONTENT[what](tasks, run))
    files = [out]
    if spec.beside is not None:
        files.append(out.with_name(out.stem + spec.beside))
        write_output(files[-1], _BESIDE[what]())
    return WrittenTasks(tuple(files), len(tasks), case_counts(tasks))
