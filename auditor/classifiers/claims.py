"""What a checkpoint claims, held against its file: a few kilobytes can claim terabytes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from torch import Tensor

from auditor.domain.errors import ModelError

MOST_TIMES: Final = 4
"""How many times its file a checkpoint may hold; torch stores weights as they are."""
MOST_BESIDE: Final = 2**28
"""Bytes that it may hold besides: small files compress well, and buffers may be expanded."""


def refuse_bomb(path: Path) -> None:
    """Refuse a zip file that unpacks to far more than it is. Any other file passes.

    Raises:
        ModelError: it claims too much, or its directory is damaged.
    """
    try:
        if not zipfile.is_zipfile(path):
            return
        with zipfile.ZipFile(path) as archive:
            claimed = sum(entry.file_size for entry in archive.infolist())
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ModelError(
            "The checkpoint cannot be read.",
            code="checkpoint.unreadable",
            expected="a whole .pt, .pth or .safetensors file",
            got=f"{path}: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
            remedy="copy it again from where it was written",
        ) from None
    _refuse(path, claimed)


def refuse_expanded(weights: Mapping[str, Tensor], path: Path) -> None:
    """Refuse tensors that are views of far less than they show, by a stride of 0.

    Raises:
        ModelError: all of them, written out, would be far more than the file.
    """
    _refuse(path, sum(tensor.numel() * tensor.element_size() for tensor in weights.values()))


def _refuse(path: Path, claimed: int) -> None:
    stored = path.stat().st_size
    if claimed > MOST_TIMES * stored + MOST_BESIDE:
        raise ModelError(
            "The checkpoint claims to hold far more than the file does.",
            code="checkpoint.claims_too_much",
            expected=f"at most {MOST_TIMES} times the file's {stored:,} bytes",
            got=f"{path}: {claimed:,} bytes",
            remedy="save it again with torch.save(network.state_dict(), FILE); do not load a file "
            "like this from people whom you do not know",
        )
