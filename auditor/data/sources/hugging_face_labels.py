"""The labels of a Hugging Face Parquet file: one a picture or a list, numbers or names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow

from auditor.data.sources.label_columns import no_label
from auditor.domain.messages import Message, coded
from auditor.domain.multilabel import NONE

COLUMNS: Final = ("label", "labels", "class", "fine_label")
CLASS_LABEL: Final = "ClassLabel"


@dataclass(frozen=True)
class PictureLabels:
    """Where the labels stand.

    Attributes:
        column: the column that holds them.
        names: names by number; None where the column holds the names themselves.
        several: a picture has a list of them, so that each is a question of its own.
    """

    column: str
    names: Sequence[str] | None
    several: bool

    def of(self, value: Any, row: int) -> tuple[str, ...]:
        """The labels of a row; of an empty list `multilabel.NONE` alone.

        Raises:
            ValueError: a label that no name knows, or none where there has to be one.
        """
        if not self.several:
            return (self._name(value, row),)
        found = [self._name(each, row) for each in value or ()]
        return tuple(dict.fromkeys(name for name in found if not no_label(name))) or (NONE,)

    def known(self, found: set[str]) -> set[str]:
        """All classes: those with a name in the file's metadata, else those that occur."""
        names = found if self.names is None else set(self.names)
        return {name for name in names if not no_label(name)} if self.several else names

    def _name(self, value: Any, row: int) -> str:
        if self.names is None:
            if value is not None and str(value).strip():
                return str(value)
        elif isinstance(value, int) and 0 <= value < len(self.names):
            return self.names[value]
        raise ValueError(_unknown(row))


def picture_labels(schema: pyarrow.Schema, *, listed: bool) -> PictureLabels:
    """The column of labels: by its name, else the first that the metadata calls class labels.

    Args:
        schema: the file's.
        listed: several labels a picture are asked for, so that a list comes before a single one.

    Raises:
        ValueError: there is none, or its lists hold lists or pictures.
    """
    features = _features(schema)
    told = [
        name for name, feature in features.items() if _item(feature).get("_type") == CLASS_LABEL
    ]
    found = [n for n in (*COLUMNS, *told) if n in schema.names]
    if not found:
        raise ValueError(f"no column of labels among {', '.join(schema.names)}")
    lists = [name for name in found if _is_list(schema.field(name).type)]
    column = lists[0] if lists and listed else found[0]
    kind = schema.field(column).type
    item = kind.value_type if _is_list(kind) else kind
    if pyarrow.types.is_nested(item):
        raise ValueError(f"the labels in column {column} are {kind}, neither names nor numbers")
    names = _item(features.get(column, {})).get("names")
    kept = [str(name) for name in names] if isinstance(names, list) else None
    return PictureLabels(column, kept, _is_list(kind))


def _is_list(kind: pyarrow.DataType) -> bool:
    types = pyarrow.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _item(feature: object) -> Mapping[str, Any]:
    """What a list's items are: `datasets` wrote such a feature in three ways over the years."""
    if isinstance(feature, list):
        feature = feature[0] if feature else {}
    if isinstance(feature, dict) and isinstance(feature.get("feature"), dict):
        feature = feature["feature"]
    return feature if isinstance(feature, dict) else {}


def _features(schema: pyarrow.Schema) -> Mapping[str, object]:
    try:
        told = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = told["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return (
        {str(name): each for name, each in features.items()} if isinstance(features, dict) else {}
    )


def _unknown(row: int) -> Message:
    return coded("skip.unknown_label", "row {row} has no label that its class names know", row=row)
