"""`python -m benchmarks.simulated`: the table of docs/benchmark.md, a row as it is measured."""

from __future__ import annotations

import argparse

from benchmarks.simulated.coverage import HEAD, designs, line, measure

LEAST = 3
"""Audits of a design, however many classes each has."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulated")
    parser.add_argument("--classes", type=int, nargs="+", default=[2, 3, 5, 10, 20, 50])
    parser.add_argument("--intervals", type=int, default=400, help="of each design, at least")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(HEAD, flush=True)
    for name, design in designs(options.classes):
        audits = max(LEAST, -(-options.intervals // design.classes))
        found = measure(name, design, audits, first_seed=options.seed)
        print(line(found, design.classes), flush=True)


if __name__ == "__main__":
    main()
