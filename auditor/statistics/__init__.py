"""Intervals, significance and effects: estimation that knows no audit."""
