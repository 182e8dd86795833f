"""Every number that people see, once: its column, its name, what it means, how it is written.

Reports, the dashboard, comparisons, gates and the terminal take their words from here. A column of
`auditor.domain.schema` that holds a number is a measure or stands in `TECHNICAL`; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from auditor.domain.measures.of_cases import CASE_MEASURES
from auditor.domain.measures.of_classes import CLASS_MEASURES
from auditor.domain.measures.of_runs import RUN_MEASURES, SLICE_MEASURES
from auditor.domain.measures.spec import Format, Measure

__all__ = [
    "CASE_MEASURES",
    "CLASS_MEASURES",
    "COMPARED",
    "MEASURES",
    "RUN_MEASURES",
    "SLICE_MEASURES",
    "TECHNICAL",
    "Format",
    "Measure",
    "measure",
]

MEASURES: Final[Mapping[str, tuple[Measure, ...]]] = MappingProxyType(
    {"cases": CASE_MEASURES, "classes": CLASS_MEASURES, "slices": SLICE_MEASURES}
)
"""By table."""

TECHNICAL: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "cases": frozenset(
            {
                *("cam_height", "cam_width", "cam_scale", "label_cam_scale"),
                *("image_width", "image_height", "correct", "sampled", "tested", "map_shows_it"),
                *("map_x", "map_y"),
            }
        ),
        "classes": frozenset({"look", "last_look"}),
        "slices": frozenset({"worst_group"}),
    }
)
"""Columns with numbers or flags that are no measure: shapes, scales and membership."""

COMPARED: Final[tuple[Measure, ...]] = tuple(
    measure for measure in CLASS_MEASURES if measure.higher_is_worse is not None
)
"""Measures of a class that comparisons and gates follow."""


def measure(table: str, column: str) -> Measure:
    """The measure of a column.

    Raises:
        KeyError: the column is none.
    """
    return _BY_COLUMN[table][column]


_BY_COLUMN: Final = MappingProxyType(
    {table: {each.column: each for each in measures} for table, measures in MEASURES.items()}
)
