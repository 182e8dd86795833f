"""Alike maps and patches, and hypotheses on classes without masks."""
