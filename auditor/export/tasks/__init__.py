"""Cases for a person to look at, as tasks for annotation tools. docs/round-trips.md."""

from auditor.export.tasks.writing import WrittenTasks, export_tasks

__all__ = ["WrittenTasks", "export_tasks"]
