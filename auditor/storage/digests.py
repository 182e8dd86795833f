"""SHA-256 digests of a run's files: a file that changed on the disk is refused, not read.

The manifest holds the digest of every other file and one of itself, so that a flipped bit anywhere
in a run is found. A part of an unfinished run has its digest in a file beside it. A digest is made
once for a file of the same size, time and inode.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditor.domain.errors import RunError
from auditor.domain.messages import N_, coded, phrase
from auditor.imagery.regular import refuse_endless

FILES = "files"
"""Key of the manifest: name -> {"sha256", "bytes"} of every other file of the run."""
SEAL = "manifest_sha256"
"""Key of the manifest: digest of all its other keys."""
SUFFIX = ".sha256"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex; from memory where size, time and inode are as they were.

    Raises:
        OSError: the file cannot be read, or has no end.
    """
    refuse_endless(path)
    now = path.stat()
    return _hashed(path, now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino)


@lru_cache(maxsize=16_384)
def _hashed(path: Path, _size: int, _modified: int, _changed: int, _inode: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(folder: Path, names: Iterable[str]) -> dict[str, dict[str, str | int]]:
    """What the manifest holds of those of `names` that are in `folder`."""
    return {
        name: {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
        for name in names
        if (folder / name).is_file()
    }


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest of plain JSON values with its own digest as the last key."""
    unsealed = {key: value for key, value in manifest.items() if key != SEAL}
    return {**unsealed, SEAL: seal_of(unsealed)}


def seal_of(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest's values, whatever the order of its keys; `SEAL` left out."""
    values = {key: value for key, value in manifest.items() if key != SEAL}
    text = json.dumps(values, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def has_digests(manifest: Mapping[str, Any]) -> bool:
    """Whether the run was written with digests; runs of earlier versions were not."""
    return FILES in manifest or SEAL in manifest


def check_seal(path: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest that is not as it was written.

    Raises:
        RunError: it has digests, and its own does not fit.
    """
    if not has_digests(manifest):
        return
    if not isinstance(manifest.get(FILES), dict):
        raise damaged(path, phrase("no list of digests ({key})", key=FILES))
    if manifest.get(SEAL) != seal_of(manifest):
        raise damaged(path, N_("another content than its own digest says"))


def check_file(path: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a file of a run that is not as it was written.

    Args:
        path: of a file of the run.
        manifest: of the run; a file that it does not list is not checked.

    Raises:
        RunError: the file's digest is another one, or it cannot be read.
    """
    wanted = digest_in(manifest, path.name)
    if wanted is None:
        return
    try:
        found = sha256_of(path)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        got = coded("skip.no_file", "no such file") if missing else str(error)
        raise damaged(path, got) from None
    if found != wanted:
        raise damaged(
            path, phrase("SHA-256 {now}... instead of {then}...", now=found[:16], then=wanted[:16])
        )


def digest_in(manifest: Mapping[str, Any], name: str) -> str | None:
    """The digest of a file that the manifest holds; None where it does not list the file."""
    listed = manifest.get(FILES)
    entry = listed.get(name) if isinstance(listed, Mapping) else None
    return None if not isinstance(entry, Mapping) else str(entry.get("sha256"))


def damaged(path: Path, got: str) -> RunError:
    """What to say about a file that is not as the audit wrote it."""
    return RunError(
        phrase(
            "The run {name} is damaged: {file} was changed after it was written.",
            name=path.parent.name,
            file=path.name,
        ),
        code="run.damaged",
        expected=phrase("{path} as the audit wrote it", path=path),
        got=got,
        remedy=N_(
            "copy the run again from where it was written, or audit again; "
            "`auditor verify` lists every file that differs"
        ),
    )


def beside(path: Path) -> Path:
    """The file that holds the digest of a part."""
    return path.with_name(path.name + SUFFIX)


def is_intact(path: Path) -> bool:
    """Whether a part is there and is what the digest beside it says."""
    try:
        return beside(path).read_text(encoding="ascii").strip() == sha256_of(path)
    except (OSError, ValueError):
        return False
