"""Columns of tables that several pages have."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig


def percentages(column: pd.Series) -> list[float]:
    """Shares as whole percentages, never "-0"; NaN, an empty cell, where undefined."""
    return [float(value) + 0.0 for value in (100.0 * column.astype("float64")).round()]


def percent(name: str, tip: str) -> ColumnConfig:
    """A column of `percentages`, with its help tip."""
    return st.column_config.NumberColumn(name, help=tip, format="%.0f%%")
