"""Frozen values of the field and the error tree. Standard library and numpy only."""
