"""Texts of a run that were stored in English with their code, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.domain.manifest import Manifest
from auditor.domain.messages import restored
from auditor.wording.catalogue import Translator


def manifest_text(manifest: Manifest, text: str, _: Translator) -> str:
    """A warning, the reason of a lost class or of the check of the maps; without code English."""
    found = manifest.messages.get(text)
    if found is None:
        return text
    return _.told(restored(text, found.get("code"), found.get("values")))


def manifest_texts(manifest: Manifest, texts: Iterable[str], _: Translator) -> Iterator[str]:
    """The same of several."""
    return (manifest_text(manifest, text, _) for text in texts)


def skip_reason(row: Mapping[str, Any], _: Translator) -> str:
    """Why an input was not audited, from its row of skipped.csv."""
    text = restored(str(row["reason"]), row.get("reason_code"), row.get("reason_numbers"))
    return _.told(text)
