"""Cases, trials and statistics to verdicts with intervals (docs/verdicts.md)."""

from auditor.findings.class_evaluation import Findings
from auditor.findings.evaluate import evaluate

__all__ = ["Findings", "evaluate"]
