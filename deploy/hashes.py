"""Versions with the hashes of their files: `python deploy/hashes.py REPORT... > dashboard.lock`.

A report is what `pip install --dry-run --ignore-installed --report FILE` writes; one for each kind
of machine, since each takes other files. `make hashes` makes them. No index's address is kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

HEAD = """\
# The dashboard image's packages with the hashes of their files, for Linux on x86-64 and ARM64.
# pip install --require-hashes -r deploy/dashboard.lock
# Made by `make hashes`. Do not edit.
"""


def locked(reports: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    """Hashes by `name==version`.

    Raises:
        ValueError: two reports want two versions of a package.
    """
    found: dict[str, set[str]] = {}
    versions: dict[str, str] = {}
    for report in reports:
        for each in report["install"]:
            name = canonicalize_name(each["metadata"]["name"])
            version = each["metadata"]["version"]
            if versions.setdefault(name, version) != version:
                raise ValueError(f"{name}: {versions[name]} and {version}")
            digest = each["download_info"]["archive_info"]["hashes"]["sha256"]
            found.setdefault(f"{name}=={version}", set()).add(digest)
    return found


def main() -> None:
    """Print the file."""
    reports = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]]
    print(HEAD, end="")
    for pin, digests in sorted(locked(reports).items()):
        print(" \\\n    ".join([pin, *(f"--hash=sha256:{digest}" for digest in sorted(digests))]))


if __name__ == "__main__":
    main()
