"""Whether a run is good enough for a pipeline to go on."""

from auditor.gate.checks import DEFAULT_LIMITS, Check, Gate, check_run, limits_of

__all__ = ["DEFAULT_LIMITS", "Check", "Gate", "check_run", "limits_of"]
