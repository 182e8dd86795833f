"""A run's dossier: its tables, its signature, what reviewers said, the digests of its files."""

from __future__ import annotations

from collections import Counter

from auditor.reports.composition import COMPOSED_OF, composition
from auditor.reports.contents import contents_of
from auditor.reports.dossier import DossierReview, Reviewer, Signed, render_dossier
from auditor.reviewed import run_ledger
from auditor.reviews.agreement import agreement, by_reviewer
from auditor.storage.run import Run
from auditor.verification.signature import Signature, check_signature, read_signature


def dossier_of(run: Run, *, lang: str = "en") -> str:
    """HTML; see `auditor.reports.dossier`.

    Raises:
        RunError: a table of the run cannot be read.
    """
    files = run.metadata.files or {}
    return render_dossier(
        contents_of(run),
        composition=composition(run.cases(COMPOSED_OF), run.slices()),
        signed=_signed(run),
        review=_review(run),
        digests={name: each.sha256 for name, each in files.items()},
        lang=lang,
    )


def _signed(run: Run) -> Signed:
    found = read_signature(run.path)
    if not isinstance(found, Signature):
        return Signed() if found is None else Signed(key=found, holds=False)
    fault = check_signature(found, run.metadata, None)
    return Signed(found.name, found.time, found.key_id, holds=fault is None)


def _review(run: Run) -> DossierReview:
    said = by_reviewer(run_ledger(run))
    people = Counter(reviewer for by in said.values() for reviewer in by)
    agreed = agreement(said)
    return DossierReview(
        tuple(Reviewer(name, cases) for name, cases in people.most_common()),
        len(said),
        agreed.cases,
        agreed.same,
        agreed.alpha,
    )
