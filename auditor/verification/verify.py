"""`auditor.verify`: every check of a run, none of which stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.domain.errors import AuditorError, RunError
from auditor.domain.manifest import Manifest
from auditor.domain.messages import phrase
from auditor.files import is_remote
from auditor.storage.checks import manifest_in, no_run
from auditor.storage.manifest import read_manifest
from auditor.storage.remote import fetch
from auditor.storage.run import Run, is_finished
from auditor.verification.provenance import data_fault, weights_fault
from auditor.verification.signature import Signature, check_signature, read_signature
from auditor.verification.tables import (
    counts_faults,
    file_faults,
    schema_faults,
    summary_faults,
)


@dataclass(frozen=True)
class IntegrityCheck:
    """One thing that was looked at.

    Attributes:
        name: manifest, files, schema, counts, summary, data, weights or signature.
        holds: None where it cannot be told, which is no failure.
        told: the outcome in a sentence.
        faults: what differs, a line each.
    """

    name: str
    holds: bool | None
    told: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """The outcome for one run.

    Attributes:
        path: the run folder.
        checks: in the order in which they were made.
        signature: who signed the run and when; None where nobody did or it cannot be read.
    """

    path: Path
    checks: tuple[IntegrityCheck, ...]
    signature: Signature | None = None

    @property
    def holds(self) -> bool:
        """Whether no check failed."""
        return all(check.holds is not False for check in self.checks)


def verify(
    run: Run | Path | str, *, data: bool = False, public_key: Path | None = None
) -> Verification:
    """Hold a finished run to what its manifest, its tables and its signature say.

    Args:
        run: a run or its folder.
        data: read the images, masks and weights again and compare their fingerprints.
        public_key: PEM file of the key that the run has to be signed with.

    Raises:
        RunError: there is no finished run, or the key cannot be read. What is wrong with a run
            is told in the checks instead.
    """
    given = run.path if isinstance(run, Run) else Path(run)
    path = fetch(given) if is_remote(given) else given
    if not is_finished(path):
        raise no_run(path)
    try:
        manifest = manifest_in(path)
    except RunError as error:
        return Verification(path, (IntegrityCheck("manifest", False, error.problem, (error.got,)),))
    metadata = read_manifest(manifest)
    checks = [IntegrityCheck("manifest", True, phrase("the manifest is as it was written"))]
    for name, told, faults in (
        ("files", phrase("every file is as it was written"), file_faults),
        (
            "schema",
            phrase("the tables have the columns, types and order of their schema"),
            schema_faults,
        ),
        ("counts", phrase("manifest and tables count the same images"), counts_faults),
        ("summary", phrase("the summary says what the tables say"), summary_faults),
    ):
        checks.append(_check(name, told, faults, path, manifest))
    if data:
        things = phrase("images, masks and labels")
        checks.append(_compared("data", things, data_fault, metadata))
        checks.append(_compared("weights", phrase("the weights"), weights_fault, metadata))
    signature = read_signature(path)
    checks.append(_signed(signature, metadata, public_key))
    return Verification(
        path, tuple(checks), signature if isinstance(signature, Signature) else None
    )


def _check(
    name: str, told: str, faults: Callable[[Path, Any], Iterable[str]], path: Path, manifest: Any
) -> IntegrityCheck:
    try:
        found = tuple(faults(path, manifest))
    except (AuditorError, ValueError, KeyError, TypeError) as error:
        found = (
            error.got
            if isinstance(error, AuditorError)
            else phrase("cannot be read: {error}", error=str(error)),
        )
    return IntegrityCheck(
        name, not found, told if not found else phrase("not so: {told}", told=told), found
    )


def _compared(
    name: str, words: str, fault: Callable[[Manifest], str | None], manifest: Manifest
) -> IntegrityCheck:
    """A fingerprint that was made again. "" where it cannot be made again."""
    try:
        found = fault(manifest)
    except AuditorError as error:
        why = phrase("{problem} {got}", problem=error.problem, got=error.got)
        return IntegrityCheck(name, False, phrase("{what} cannot be read", what=words), (why,))
    if found == "":
        told = phrase("{what} come from code (--model), which is not run here", what=words)
        return IntegrityCheck(name, None, told)
    if found is None:
        return IntegrityCheck(name, True, phrase("{what} are those of the audit", what=words))
    return IntegrityCheck(
        name, False, phrase("{what} are not those of the audit", what=words), (found,)
    )


def _signed(
    signature: Signature | str | None, manifest: Manifest, public_key: Path | None
) -> IntegrityCheck:
    if signature is None:
        holds = None if public_key is None else False
        return IntegrityCheck("signature", holds, phrase("the run is not signed"))
    if isinstance(signature, str):
        return IntegrityCheck(
            "signature", False, phrase("the signature cannot be read"), (signature,)
        )
    fault = check_signature(signature, manifest, public_key)
    who = {"name": signature.name, "time": signature.time, "key": signature.key_id}
    if fault is not None:
        told = phrase("the signature does not hold ({name}, {time}, key {key})", **who)
        return IntegrityCheck("signature", False, told, (fault,))
    if public_key is not None:
        return IntegrityCheck(
            "signature", True, phrase("signed by {name}, {time}, key {key}", **who)
        )
    told = phrase(
        "signed by {name}, {time}, key {key}; whose key that is was not checked (--public-key)",
        **who,
    )
    return IntegrityCheck("signature", True, told)
