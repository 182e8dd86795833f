"""Tables and figure of docs/benchmark.md: `python -m benchmarks.planted.report --cache FOLDER`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks.planted import scoring
from benchmarks.planted.baselines import TEXTBOOK
from benchmarks.planted.collect import collect, collect_cases
from benchmarks.planted.figure import draw
from benchmarks.planted.run import SEED
from benchmarks.planted.worlds import HELD_OUT

PAGE = Path(__file__).parents[2] / "docs" / "benchmark.md"
FIGURE = PAGE.with_name("benchmark.png")
BEGIN, END = "<!-- results: written by benchmarks.planted.report -->", "<!-- end of results -->"
NAMES = {
    "mass": "mass in the mask below one half",
    "iou": "Shared Interest IoU below .2",
    "border": "border rule",
    "spray": "SpRAy clusters, read with masks",
}


def main() -> None:
    """Judge everything again and rewrite the results of the page."""
    options = _options()
    table = collect(options.cache, options.seeds)
    cases = collect_cases(options.cache, options.seeds)
    text = "\n".join(_page(table, cases))
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    draw(table, cases, FIGURE)
    if options.table is not None:
        table.to_csv(options.table, index=False)
    print(text)


def _page(table: pd.DataFrame, cases: pd.DataFrame) -> Iterator[str]:
    unaffected = int(scoring.unaffected(table).sum())
    yield (
        f"{table['folder'].nunique()} networks, {len(table)} class verdicts,"
        f" {int(scoring.cue_reliant(table).sum())} of them on classes that truly lose .10 or more,"
        f" {unaffected} on unaffected ones."
        f" Seeds {', '.join(map(str, sorted(set(table['base']))))}."
    )
    yield from _verdicts(table)
    yield from _kinds(table)
    yield from _parts(table)
    yield from _baselines(table)
    yield from _nomination(cases)
    yield from _seeds(table)


def _verdicts(table: pd.DataFrame) -> Iterator[str]:
    held = table["held_out"]
    yield from _head(
        "`confirmed` against the truth", "classes", "found", "false alarms", "precision"
    )
    for words, part in (
        ("all", table),
        ("kinds used for tuning", table[~held]),
        ("kinds held out", table[held]),
    ):
        counted = scoring.tally(part, scoring.confirmed(part))
        precision = "-" if counted.precision is None else f"{counted.precision:.2f}"
        yield _row(
            words,
            scoring.share(counted.hits, counted.cue_reliant),
            scoring.share(counted.alarms, counted.unaffected),
            precision,
        )


def _kinds(table: pd.DataFrame) -> Iterator[str]:
    yield from _head("By kind of cue", "kind", "found", "mean true loss", "Spearman", "cue named")
    planted = table[table["kind"].notna() & table["part"].isin(["square", "stickers"])]
    held = {kind.value for kind in HELD_OUT}
    for kind, own in [*planted.groupby("kind"), ("all", planted)]:
        bad = own[scoring.cue_reliant(own)]
        counted = scoring.tally(own, scoring.confirmed(own))
        rank, number = scoring.spearman(own)
        named = bad[scoring.confirmed(bad)]["cue"].value_counts()
        yield _row(
            f"{kind} (held out)" if kind in held else str(kind),
            scoring.share(counted.hits, counted.cue_reliant),
            f"{bad['true_loss'].mean():.2f}",
            f"{rank:.2f} (n = {number})",
            ", ".join(f"{cue} {count}" for cue, count in named.items()) or "-",
        )


def _parts(table: pd.DataFrame) -> Iterator[str]:
    yield from _head("Broken networks, clean data and traps", "part", "found", "false alarms",
                     "other verdicts")  # fmt: skip
    for part, own in table.groupby("part", sort=False):
        counted = scoring.tally(own, scoring.confirmed(own))
        others = own[own["verdict"] != "confirmed"]["verdict"].value_counts()
        yield _row(
            str(part),
            scoring.share(counted.hits, counted.cue_reliant),
            scoring.share(counted.alarms, counted.unaffected),
            ", ".join(f"{word} {count}" for word, count in others.items()) or "-",
        )


def _baselines(table: pd.DataFrame) -> Iterator[str]:
    yield from _head("The same maps under a threshold", "rule", "found", "false alarms",
                     "precision", "AUROC")  # fmt: skip
    rows = [("this audit: `confirmed`", scoring.confirmed(table), "estimate")]
    for name in TEXTBOOK:
        best = scoring.hindsight(table, name)
        rows += [
            (NAMES[name], scoring.baseline(table, name), f"map_{name}"),
            ("- best cut-off in hindsight", scoring.baseline(table, name, best), f"map_{name}"),
        ]
    for words, flagged, column in rows:
        counted = scoring.tally(table, flagged)
        yield _row(
            words,
            scoring.share(counted.hits, counted.cue_reliant),
            scoring.share(counted.alarms, counted.unaffected),
            "-" if counted.precision is None else f"{counted.precision:.2f}",
            f"{scoring.auroc(table, column):.2f}",
        )


def _nomination(cases: pd.DataFrame) -> Iterator[str]:
    yield from _head("Nomination and object size, clean networks", "object area", "images",
                     "nominated", "nominated, right answers")  # fmt: skip
    known = cases[cases["nominated"].notna()]
    edges = [0.0, 0.04, 0.08, 0.15, 0.3, 1.0]
    for band, own in known.groupby(pd.cut(known["object_area"].astype(float), edges)):
        right = own[own["correct"]]
        yield _row(
            f"{band.left:.0%} to {band.right:.0%}",
            str(len(own)),
            f"{own['nominated'].astype(float).mean():.2f}",
            f"{right['nominated'].astype(float).mean():.2f}",
        )
    right = known[known["correct"]]
    all_, of_right = (
        each["nominated"].astype(float).corr(each["object_area"].astype(float))
        for each in (known, right)
    )
    yield ""
    yield (
        f"Correlation of nomination with object area: {all_:.2f} over all images,"
        f" {of_right:.2f} over rightly answered ones."
    )


def _seeds(table: pd.DataFrame) -> Iterator[str]:
    yield from _head("Spread over seeds", "seed", "networks", "found", "false alarms", "Spearman")
    for seed, own in table.groupby("base"):
        counted = scoring.tally(own, scoring.confirmed(own))
        rank, _ = scoring.spearman(own[own["kind"].notna() & ~own["held_out"]])
        yield _row(
            str(seed),
            str(own["folder"].nunique()),
            scoring.share(counted.hits, counted.cue_reliant),
            scoring.share(counted.alarms, counted.unaffected),
            f"{rank:.2f}",
        )


def _head(title: str, *columns: str) -> Iterator[str]:
    yield from ("", f"### {title}", "", _row(*columns), _row(*("---" for _ in columns)))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[SEED])
    parser.add_argument("--table", type=Path, help="write every row as CSV, too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
