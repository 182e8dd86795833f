"""Swap tables drawn from known parameters: how often intervals hold the truth."""
