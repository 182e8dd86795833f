"""From effects to verdicts on cases, classes and slices."""
