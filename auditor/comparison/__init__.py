"""Two runs held against each other: what moved, by how much, and what is noise."""

from auditor.comparison.compare import compare
from auditor.comparison.model import Comparison

__all__ = ["Comparison", "compare"]
