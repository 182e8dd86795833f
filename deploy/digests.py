"""Image digests: `python deploy/digests.py` asks the registry for today's and writes them.

Every `name:tag@sha256:...` of the Dockerfile, of the compose files and of docs/container.md is one;
a digest is that of the index of all machines. Needs docker with buildx, and the registry in reach.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"([a-z0-9][a-z0-9./_-]*:[A-Za-z0-9._-]+)@sha256:([0-9a-f]{64})(?![0-9a-f])")
DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


def pinned_files(root: Path = ROOT) -> list[Path]:
    """Files that name images of others."""
    return [
        root / "Dockerfile",
        *sorted((root / "deploy").glob("*.yaml")),
        root / "docs/container.md",
    ]


def pins(files: Iterable[Path]) -> dict[str, set[str]]:
    """Hexadecimal digests by `name:tag`; more than one is a mistake."""
    found: dict[str, set[str]] = {}
    for path in files:
        for image, digest in PIN.findall(path.read_text(encoding="utf-8")):
            found.setdefault(image, set()).add(digest)
    return found


def renew(files: Iterable[Path], ask: Callable[[str], str]) -> dict[str, str]:
    """Write what `ask` says of each image into the files; returns digests by `name:tag`."""
    files = list(files)
    asked = {image: ask(image) for image in sorted(pins(files))}
    for path in files:
        text = path.read_text(encoding="utf-8")
        new = PIN.sub(lambda pin: f"{pin[1]}@sha256:{asked[pin[1]]}", text)
        if new != text:
            path.write_text(new, encoding="utf-8")
    return asked


def digest_of(image: str) -> str:
    """What the registry names by `name:tag` now.

    Raises:
        ValueError: the answer is no digest.
        CalledProcessError: docker did not reach it.
    """
    command = [
        "docker",
        "buildx",
        "imagetools",
        "inspect",
        image,
        "--format",
        "{{.Manifest.Digest}}",
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    found = DIGEST.fullmatch(said.strip())
    if found is None:
        raise ValueError(f"{image}: {said!r} is no digest")
    return found[1]


def main() -> int:
    """Renew all and print them."""
    for image, digest in renew(pinned_files(), digest_of).items():
        print(f"{image}@sha256:{digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
