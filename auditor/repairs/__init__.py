"""From `confirmed` to gone: retrain against the proved cues, audit again, until nothing is left."""
