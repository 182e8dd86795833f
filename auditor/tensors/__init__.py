"""Torch values that stages hand on. Below every stage; the only shared code that knows torch."""
