"""The effect that the audits of a repair call one."""

from __future__ import annotations

from pathlib import Path

from auditor.domain.errors import AuditorError
from auditor.repairs.records import Repair
from auditor.storage.run import open_run


def effect_floor(repair: Repair) -> float | None:
    """As the audit before it was configured, 0..1; None where that run is gone or says none."""
    try:
        section = open_run(Path(repair.before.run), lazily=True).metadata.section("findings")
    except AuditorError:
        return None
    floor = section.get("effect_floor")
    return float(floor) if isinstance(floor, int | float) else None
