"""Which case of a run a record of another tool means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import pandas as pd

from auditor.review_imports.records import ReviewTarget

_LOADED = re.compile(r"^[0-9a-f]{8}-")
"""Label Studio puts eight hex digits before the names of uploaded files."""


@dataclass(frozen=True)
class CaseIndex:
    """The cases of a run, found by id, by relative path, or by the end of a longer path."""

    labels: dict[str, str]
    images: dict[str, str]
    by_image: dict[str, tuple[str, ...]]
    by_name: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, cases: pd.DataFrame) -> CaseIndex:
        """From columns `case_id`, `image`, `label`."""
        by_image: dict[str, list[str]] = defaultdict(list)
        by_name: dict[str, list[str]] = defaultdict(list)
        for case_id, image in zip(cases["case_id"], cases["image"], strict=True):
            by_image[image].append(case_id)
            by_name[image.rsplit("/", 1)[-1]].append(case_id)
        return cls(
            dict(zip(cases["case_id"], cases["label"], strict=True)),
            dict(zip(cases["case_id"], cases["image"], strict=True)),
            {image: tuple(ids) for image, ids in by_image.items()},
            {name: tuple(ids) for name, ids in by_name.items()},
        )

    def find(self, target: ReviewTarget) -> tuple[str | None, str]:
        """The case_id, or None and why it cannot be said."""
        if target.case_id is not None:
            known = target.case_id in self.labels
            return (target.case_id, "") if known else (None, f"no case {target.case_id!r}")
        if target.image is None:
            return None, "neither a case_id nor an image"
        found = self._of_label(self._by_path(target.image), target.label)
        if len(found) == 1:
            return found[0], ""
        why = f"{len(found)} cases" if found else "no case"
        return None, f"{why} for the image {target.image!r}"

    def _of_label(self, ids: Iterable[str], label: str | None) -> list[str]:
        return [i for i in ids if label is None or self.labels[i] == label]

    def _by_path(self, address: str) -> tuple[str, ...]:
        """The longest end of the path that is an image of the run; else its file name alone."""
        inside = _path_in(address.replace("\\", "/"))
        pieces = [piece for piece in unquote(inside).split("/") if piece]
        for start in range(len(pieces)):
            found = self.by_image.get("/".join(pieces[start:]))
            if found:
                return found
        name = pieces[-1] if pieces else ""
        return self.by_name.get(name) or self.by_name.get(_LOADED.sub("", name), ())


def _path_in(address: str) -> str:
    """The path of a URL, or what its parameter `d` names; text that is no URL is a path itself."""
    try:
        parts = urlsplit(address)
        return parse_qs(parts.query).get("d", [parts.path])[0]
    except ValueError:
        return address
