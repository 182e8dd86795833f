"""Columns of tables that several pages have."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig


def percentages(column: pd.Series) -> list[float]:
    """Shares as percentages for `percent`; NaN, an empty cell, where undefined."""
    return [100.0 * value for value in column.astype("float64")]


def percent(name: str, tip: str) -> ColumnConfig:
    """A column of `percentages`, with its help tip."""
    return st.column_config.NumberColumn(name, help=tip, format="%.0f%%")
