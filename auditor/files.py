"""Where a path becomes bytes: files of this machine, and whatever fsspec reaches.

A URL is a Path as well: `Path("s3://bucket/data/a.csv")` is `s3:/bucket/data/a.csv`, whose parent,
suffix and joined names are right. Only here it is a URL again. Nothing is kept between two calls:
fsspec's file systems do not survive a fork, and it remembers its own.
"""

from __future__ import annotations

import errno
import posixpath
import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, Final, cast

from auditor.domain.errors import AuditInterrupted, DataError, RunError
from auditor.domain.messages import N_

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.:-]+):/+(.*)", re.DOTALL)
"""Two letters at least: `C:/` is a drive."""
_ROOTED: Final = ("file", "local")
PAUSES: Final = (1.0, 4.0)
"""Seconds before a second and a third try."""
MARKS: Final = ("ETag", "etag", "md5Hash", "content_md5", "md5", "checksum", "mtime", "created")
"""What file systems tell of a file's content without handing it over, the surest first."""


def refuse_filled(folder: Path, message: str, remedy: str) -> None:
    """Let nothing be written where something lies.

    Raises:
        RunError: `folder` holds something, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(
            message,
            code="folder.not_empty",
            expected="a new folder, or an empty one",
            got=str(folder),
            remedy=remedy,
        )


def url_of(path: Path) -> str | None:
    """The URL that a path stands for, None for a file of this machine."""
    found = _URL.fullmatch(path.as_posix())
    if found is None:
        return None
    scheme, rest = found.groups()
    return f"{scheme}://{'/' if scheme in _ROOTED else ''}{rest}"


def is_remote(path: Path) -> bool:
    """Whether a path stands for a URL."""
    return url_of(path) is not None


def words(path: Path) -> str:
    """As a person would write it."""
    return url_of(path) or str(path)


def located(root: Path, name: str) -> Path:
    """The file that a dataset names: below its root, or anywhere by an absolute path or a URL."""
    named = Path(name)
    return named if is_remote(named) else root / named


def absolute(path: Path) -> Path:
    """Without `..`; links of this machine are followed."""
    return Path(posixpath.normpath(path.as_posix())) if is_remote(path) else path.resolve()


def exists(path: Path) -> bool:
    """Whether there is a file or folder; a broken link is none.

    Raises:
        DataError: nothing here can read that address.
    """
    if not is_remote(path):
        return _is(path.exists)
    system, name = at(path)
    return bool(_answer(path, lambda: system.exists(name)))


def is_file(path: Path) -> bool:
    """Whether there is a file of this machine by that name; a name too long for one is none."""
    return _is(path.is_file)


def is_dir(path: Path) -> bool:
    """Whether there is a folder of this machine by that name; a name too long for one is none."""
    return _is(path.is_dir)


def _is(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError as error:
        # Names come from manifests and settings, so they may be of any length.
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise


def source(path: Path) -> Path | BytesIO:
    """What a decoder opens: the path itself, or a remote file's bytes.

    Raises:
        OSError: there is no such file, or it may not be read.
        AuditInterrupted: the other side does not answer.
    """
    return BytesIO(read_bytes(path)) if is_remote(path) else path


def read_bytes(path: Path, most: int | None = None) -> bytes:
    """A file's content, or its first `most` bytes. Raises as `source`."""
    if not is_remote(path):
        with path.open("rb") as file:
            return file.read(-1 if most is None else most)
    system, name = at(path)
    if most is None:
        # Without a range: S3 refuses to give any of an empty file.
        return cast(bytes, _answer(path, lambda: system.cat_file(name)))
    return cast(bytes, _answer(path, lambda: _beginning(system, name, most)))


def _beginning(system: Any, name: str, most: int) -> bytes:
    try:
        return cast(bytes, system.cat_file(name, start=0, end=most))
    except OSError as error:
        if error.errno != errno.EINVAL or system.size(name):
            raise
        return b""


def open_binary(path: Path) -> BufferedReader:
    """A file to read from, a large remote one in blocks. Raises as `source`."""
    if not is_remote(path):
        return path.open("rb")
    system, name = at(path)
    return cast(BufferedReader, _answer(path, lambda: system.open(name, "rb")))


def size(path: Path) -> int:
    """Bytes. Raises as `source`."""
    return int(_entry(path)["size"]) if is_remote(path) else path.stat().st_size


def mark(path: Path) -> str:
    """What tells a remote file's content from another, as its store says it; may be empty."""
    entry = _entry(path)
    return next((str(entry[key]) for key in MARKS if entry.get(key) is not None), "")


def at(path: Path) -> tuple[Any, str]:
    """The file system of a remote path, and its name there.

    Raises:
        DataError: fsspec or its driver of the protocol is not installed.
    """
    url = words(path)
    try:
        import fsspec

        return cast(tuple[Any, str], fsspec.core.url_to_fs(url))
    except (ImportError, ValueError) as error:
        raise DataError(
            N_("Nothing here can read that address."),
            code="remote.no_reader",
            expected=N_("a protocol of fsspec whose driver is installed"),
            got=f"{url}: {error}",
            remedy=N_("pip install 'shortcut-auditor[remote]', and the driver: s3fs, gcsfs, adlfs"),
        ) from None


def _entry(path: Path) -> Mapping[str, Any]:
    folder = _folder(path.parent)
    if path.name in folder:
        return folder[path.name]
    system, name = at(path)
    return cast(Mapping[str, Any], _answer(path, lambda: system.info(name)))


@lru_cache(maxsize=4)
def _folder(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Size and mark by name: one question for a thousand files instead of one for each."""
    system, name = at(path)
    try:
        entries = system.ls(name, detail=True, refresh=True)
    except (OSError, NotImplementedError, TypeError):
        return {}
    return {
        posixpath.basename(str(entry["name"])): {
            key: entry[key] for key in ("size", *MARKS) if entry.get(key) is not None
        }
        for entry in entries
        if entry.get("type") == "file"
    }


def forget() -> None:
    """Look at folders anew: another audit begins."""
    _folder.cache_clear()


def _answer(path: Path, ask: Callable[[], Any]) -> Any:
    pauses = list(PAUSES)
    while True:
        try:
            return ask()
        except (FileNotFoundError, PermissionError, IsADirectoryError):
            raise
        except Exception as error:  # drivers raise whatever their own libraries do
            if not pauses:
                raise AuditInterrupted(
                    "A remote file could not be read.",
                    code="remote.not_read",
                    expected=f"an answer within {len(PAUSES) + 1} tries from {words(path)}",
                    got=f"{type(error).__name__}: {error}",
                    remedy="see that the store answers and lets you in; --resume goes on",
                ) from error
            time.sleep(pauses.pop(0))
