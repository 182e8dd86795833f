"""The report in a run folder: it may be rendered again, and the manifest's digests follow."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from auditor.domain.errors import RunError
from auditor.domain.messages import N_, phrase
from auditor.storage.atomic import write_bytes, write_text
from auditor.storage.digests import FILES, digests, has_digests, sealed
from auditor.storage.layout import MANIFEST, REPORT, SIGNATURE
from auditor.storage.manifest import json_text
from auditor.storage.run import Run


def is_own_report(run: Run, target: Path) -> bool:
    """Whether `target` is the report of this run, whose digest the manifest holds."""
    return target.resolve() == (run.path / REPORT).resolve()


def replace_report(run: Run, page: bytes | str) -> None:
    """Put another report into a run; the manifest is the last file to change.

    Raises:
        RunError: the run is signed, and its report with it.
        AuditInterrupted: the disk refuses.
    """
    if (run.path / SIGNATURE).exists():
        raise RunError(
            N_("The run is signed, and its report with it."),
            code="run.signed",
            expected=phrase(
                "a run without {signature}, or another file for the new report", signature=SIGNATURE
            ),
            got=str(run.path / SIGNATURE),
            remedy=N_("name another file with --out, or remove the signature and sign again"),
        )
    scratch = Path(tempfile.mkdtemp(prefix=".report-", dir=run.path))
    try:
        content = page.encode() if isinstance(page, str) else page
        write_bytes(run.path / REPORT, content, scratch=scratch)
        if has_digests(run.manifest):
            listed = {**run.manifest[FILES], **digests(run.path, [REPORT])}
            manifest = sealed({**run.manifest, FILES: listed})
            write_text(run.path / MANIFEST, json_text(manifest), scratch=scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
