"""Decisions and masks that were made in other tools, brought back to a run's reviews."""
