"""Whether a run is good enough for a pipeline to go on."""

from auditor.gate.checks import DEFAULT_LIMITS, check_run, limits_of
from auditor.gate.outcome import Check, Gate

__all__ = ["DEFAULT_LIMITS", "Check", "Gate", "check_run", "limits_of"]
