"""The names in a run folder. docs/run-folder.md."""

from __future__ import annotations

MANIFEST = "manifest.json"
SUMMARY = "summary.json"
SKIPPED = "skipped.csv"
REPORT = "report.html"
SIGNATURE = "signature.json"
"""who vouches for the run, and when; only in a run that was signed"""
PARTS = "parts"
"""what is done so far of an unfinished run"""

TABLES_OF_A_RUN = ("cases", "classes", "slices", "evidence")
EXTRA_TABLES = ("trials", "hypotheses")
"""written where the audit has them; readers do not need them"""


def table_file(table: str) -> str:
    """File name of a stored table."""
    return f"{table}.parquet"


RUN_FILES = (
    MANIFEST,
    SIGNATURE,
    SUMMARY,
    SKIPPED,
    REPORT,
    *(table_file(name) for name in (*TABLES_OF_A_RUN, *EXTRA_TABLES)),
)
"""All files of a run, the manifest first: taking it away makes the folder no run."""
