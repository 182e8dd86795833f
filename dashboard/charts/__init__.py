"""Frames to plotly figures. Pure: no streamlit, no files, no state."""
