"""Cases, trials and statistics to verdicts with intervals. docs/science.md sections 3 and 4."""

from auditor.findings.judgement import Judgement, judge

__all__ = ["Judgement", "judge"]
