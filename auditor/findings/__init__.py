"""Cases, trials and statistics to verdicts with intervals (docs/verdicts.md)."""

from auditor.findings.evaluate import Judgement, judge

__all__ = ["Judgement", "judge"]
