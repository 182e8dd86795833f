"""The run before: what a new run is held against when nobody names a baseline."""

from __future__ import annotations

from pathlib import Path

from auditor.comparison.compare import compare_sides
from auditor.comparison.inputs import side_of
from auditor.comparison.model import Comparison
from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.storage.listing import list_runs
from auditor.storage.run import Run


def since_last(run: Run) -> Comparison | None:
    """What changed since the run before, which lies beside this one; None where there is none.

    A run before that cannot be read is no reason to fail: there is nothing to compare then.

    Args:
        run: its tables have to be written, its manifest need not be.
    """
    before = last_run(run.path, run.metadata)
    if before is None:
        return None
    try:
        return compare_sides(side_of(before), side_of(run))
    except RunError:
        return None


def last_run(path: Path, manifest: Manifest) -> Run | None:
    """The newest earlier run of the same data in the folder that holds `path`.

    Of the same data is what has the same fingerprint or was read from the same path.
    """
    here = path.resolve()
    created = manifest.created
    for run in list_runs(here.parent):
        earlier = run.metadata.created < created
        if run.path.resolve() != here and earlier and _same_data(run.metadata, manifest):
            return run
    return None


def _same_data(before: Manifest, now: Manifest) -> bool:
    prints = [each.fingerprints.dataset for each in (before, now)]
    paths = [each.setting("data", "path") for each in (before, now)]
    return any(pair[0] is not None and pair[0] == pair[1] for pair in (prints, paths))
