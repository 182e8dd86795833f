"""Rows of the result tables: classes, slices, hypotheses, the summary."""
