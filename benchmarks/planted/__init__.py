"""The benchmark: planted shortcuts with known truth. docs/benchmark.md holds its results."""
