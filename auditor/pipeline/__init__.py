"""The order of the stages, and nothing else. Only this package knows it.

samples -> maps and scores -> sample and trials -> verdicts -> evidence -> a whole run
"""

from auditor.pipeline.run_audit import run_stages
from auditor.pipeline.setup import Setup

__all__ = ["Setup", "run_stages"]
