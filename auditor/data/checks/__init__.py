"""Checks of a dataset: duplicates, splits, look-alikes, inspection."""
