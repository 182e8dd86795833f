"""What maps alone would say of the benchmark's networks, scored as any tool's list is.

    auditor benchmark make --out SETS --seed N
    auditor benchmark run --truth SETS --out results.csv --runs RUNS
    python -m benchmarks.rivals --truth SETS --runs RUNS --out LISTS

Each rule reads the audit's own maps (`benchmarks.planted.baselines`), so all lists are of the same
networks, pictures and masks. A list is written for each, as `auditor benchmark score` takes it;
stdout has one Markdown table of all. Rules are held to the cut-off that one would pick without
tuning, and to the best one in hindsight, which nobody has. Published tools that are installed
(`benchmarks.published_rivals`) follow, at their own cut-offs.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from auditor.benchmark.running import write_results
from auditor.benchmark.scoring import Figures, figures, score_results, set_names
from auditor.selftest.rates import CountedRate
from auditor.storage.run import Run, open_run
from benchmarks.planted.baselines import TEXTBOOK, map_scores
from benchmarks.published_rivals import TOOLS, Flagged, installed

RULES: Mapping[str, str] = {
    "mass": "mass in the mask below one half",
    "iou": "Shared Interest IoU below .2",
    "border": "more mass at the border than its area",
    "spray": "SpRAy clusters, read with masks",
}
OURS = "this audit: `confirmed`"
Scores = Mapping[tuple[str, str], Mapping[str, float]]
"""By set and class."""


def scores_of(runs: Sequence[Run]) -> Scores:
    """The baselines' scores of every class of every run; NaN where no map could be scored."""
    found = {}
    for run in runs:
        cases = run.cases()
        for name in run.classes()["class"]:
            found[run.name, str(name)] = map_scores(cases[cases["label"] == name])
    return found


def write_list(scores: Scores, rule: str, cut: float, out: Path) -> Path:
    """What a rule says at a cut-off: it relies where its score is above."""
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("set", "class", "relies"))
        for (name, label), told in scores.items():
            table.writerow((name, label, str(told[rule] > cut).lower()))
    return out


def write_flags(flags: Flagged, out: Path) -> Path:
    """What a published tool says."""
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("set", "class", "relies"))
        table.writerows((*key, str(flag).lower()) for key, flag in flags.items())
    return out


def best_cut(scores: Scores, rule: str, truth: Path, out: Path) -> float:
    """The cut-off with the highest recall minus false alarms (Youden's J), in hindsight."""
    values = sorted({told[rule] for told in scores.values() if not math.isnan(told[rule])})

    def gain(cut: float) -> float:
        found = figures(score_results(write_list(scores, rule, cut, out), truth))
        return (found.recall.value or 0.0) - (found.false_alarms.value or 0.0)

    return max([TEXTBOOK[rule], *values], key=gain)


def table(truth: Path, runs: Sequence[Run], out: Path) -> Iterator[str]:
    """Lines of a Markdown table; the lists are written to `out`."""
    yield "| rule | found | false alarms | precision | cleared | cue named right |"
    yield "| --- | --- | --- | --- | --- | --- |"
    ours = out / "auditor.csv"
    write_results(runs, ours)
    yield _line(OURS, figures(score_results(ours, truth)))
    scores = scores_of(runs)
    for rule, words in RULES.items():
        list_of_rule = write_list(scores, rule, TEXTBOOK[rule], out / f"{rule}.csv")
        yield _line(words, figures(score_results(list_of_rule, truth)))
        cut = best_cut(scores, rule, truth, out / f"{rule}-best.csv")
        best = write_list(scores, rule, cut, out / f"{rule}-best.csv")
        yield _line("- best cut-off in hindsight", figures(score_results(best, truth)))
    for name in installed():
        _, words, ask = TOOLS[name]
        told = write_flags(ask(runs), out / f"{name}.csv")
        yield _line(words, figures(score_results(told, truth)))


def _line(name: str, found: Figures) -> str:
    rates = (found.recall, found.false_alarms, found.precision, found.cleared, found.named)
    return f"| {' | '.join((name, *map(_told, rates)))} |"


def _told(rate: CountedRate) -> str:
    if rate.value is None or rate.interval is None:
        return "-"
    low, high = rate.interval
    return f"{rate.count} of {rate.total} ({rate.value:.2f} [{low:.2f}, {high:.2f}])"


def main() -> None:
    """Write the lists and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("truth", "runs", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    runs = [open_run(given.runs / name) for name in set_names(given.truth)]
    print("\n".join(table(given.truth, runs, given.out)))
    for name in TOOLS.keys() - set(installed()):
        print(f"{name} is not installed: left out", file=sys.stderr)


if __name__ == "__main__":
    main()
