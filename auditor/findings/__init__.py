"""Cases, trials and statistics to verdicts with intervals (docs/verdicts.md)."""

from auditor.findings.class_evaluation import Judgement
from auditor.findings.evaluate import judge

__all__ = ["Judgement", "judge"]
