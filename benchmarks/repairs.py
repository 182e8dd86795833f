"""From `confirmed` to gone on the benchmark's networks: what a repair reaches, and what it costs.

    auditor benchmark make --out SETS --seed N
    auditor benchmark run --truth SETS --out results.csv --runs RUNS
    python -m benchmarks.repairs --truth SETS --runs RUNS --out REPAIRS [--set NAME ...]

Every set with a confirmed class is repaired. Training pictures are rendered anew, with the cue as
often as in training, `--per-class` of every class, none of them audited. Prints one row
per set, then the shares of confirmed classes that are clean or context in the end. Doing nothing,
plain training and a random repair of the same size (swaps within the class) stand beside the repair
on the held-out pictures whose cues are broken. With `--auto-mask` the drawn masks of the training
pictures are left out: figures of their own. A set that is done is not done again.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.benchmark.scoring import set_names
from auditor.benchmark.sets import PlantedSet, planted_sets
from auditor.benchmark.writing import INDEX
from auditor.repairs.loop import repair
from auditor.repairs.method_names import ALLOWED_LOSS, Method
from auditor.repairs.records import CLEARED, Repair
from auditor.selftest.drawn import Drawn
from auditor.selftest.making import write_pictures
from auditor.selftest.rates import CountedRate
from auditor.selftest.rendering import recipes
from auditor.storage.run import open_run

BESIDE = (Method.NOTHING, Method.PLAIN, Method.RANDOM)


@dataclass(frozen=True)
class Row:
    """One repaired set.

    Attributes:
        name: of the set.
        confirmed: classes that were confirmed.
        cleared: of them, those that are clean or context in the end.
        newly: classes that are confirmed in the end and were not.
        rounds: how many were made.
        accuracy: before and after, on the audited pictures.
        broken: by method, the accuracy on held-out pictures with the cues broken, first round; of
            the method that was kept last, last round, under "repair".
    """

    name: str
    confirmed: tuple[str, ...]
    cleared: tuple[str, ...]
    newly: tuple[str, ...]
    rounds: int
    accuracy: tuple[float, float]
    broken: dict[str, float]

    @property
    def holds(self) -> bool:
        """Accuracy no more than 2 points lower and nothing newly confirmed."""
        return not self.newly and self.accuracy[1] >= self.accuracy[0] - ALLOWED_LOSS


PER_CLASS = 1000


def training_pictures(each: PlantedSet, folder: Path, per_class: int = PER_CLASS) -> Path:
    """The manifest of so many pictures of every class, drawn anew as the training ones were."""
    # Another name draws other pictures; the seed, and with it the cue, stays.
    name = f"{each.world.name}, again"
    world = replace(each.world, name=name, copies=1, training=per_class)
    if not (folder / "done").exists():
        material = Drawn()
        write_pictures(recipes(world, material, training=True), world, material, folder)
        (folder / "done").touch()
    return folder / "manifest.csv"


def without_masks(manifest: Path) -> Path:
    """The same pictures in a manifest that names no mask."""
    bare = manifest.with_name("bare.csv")
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = [{"image": row["image"], "label": row["label"]} for row in csv.DictReader(file)]
    with bare.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ("image", "label"))
        writer.writeheader()
        writer.writerows(rows)
    return bare


def row_of(name: str, found: Repair) -> Row:
    """What a repair came to."""
    before, after = found.before, found.last
    first, last = found.rounds[0].trials, found.rounds[-1]
    broken = {str(method): quality["broken"] for method in BESIDE if (quality := first.get(method))}
    kept = [each for each in found.rounds if each.chosen is not None]
    if kept and (quality := kept[-1].trials[str(kept[-1].chosen)]):
        broken["repair"] = quality["broken"]
    return Row(
        name,
        before.confirmed,
        tuple(c for c in before.confirmed if after.verdicts[c] in CLEARED),
        tuple(c for c in after.confirmed if c not in before.confirmed),
        last.number,
        (before.accuracy, after.accuracy),
        broken,
    )


@dataclass(frozen=True)
class Asked:
    """Attributes:
    truth, runs, out: folders of the sets, of their runs, and of the repairs.
    per_class: training pictures of every class.
    compared: plain training and a random repair stand beside it.
    auto_mask: who makes the masks of the training pictures; None: the drawn ones are used.
    """

    truth: Path
    runs: Path
    out: Path
    per_class: int
    compared: bool
    auto_mask: str | None


def repaired(asked: Asked, names: Sequence[str]) -> Iterator[Row]:
    """Every named set that has a confirmed class."""
    seed = int(json.loads((asked.truth / INDEX).read_text(encoding="utf-8"))["seed"])
    known = {each.name: each for each in planted_sets(seed)}
    for name in names:
        run = open_run(asked.runs / name)
        if not run.summary["confirmed"]:
            continue
        data = training_pictures(known[name], asked.out / f"{name}-training", asked.per_class)
        if asked.auto_mask is not None:
            data = without_masks(data)
        yield row_of(
            name,
            repair(
                run,
                data,
                out=asked.out / name,
                auto_mask=asked.auto_mask,
                seed=seed,
                compared=asked.compared,
            ),
        )


def line(row: Row) -> str:
    """One row of the Markdown table."""
    beside = " | ".join(
        f"{row.broken[name]:.2f}" if name in row.broken else "-" for name in (*BESIDE, "repair")
    )
    before, after = row.accuracy
    return (
        f"| {row.name} | {len(row.cleared)} of {len(row.confirmed)} | {len(row.newly)} "
        f"| {row.rounds} | {before:.2f} → {after:.2f} | {beside} |"
    )


def main() -> None:
    """Repair, and print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("truth", "runs", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--set", action="append", dest="sets", default=[])
    parser.add_argument("--per-class", type=int, default=PER_CLASS)
    parser.add_argument("--no-compared", dest="compared", action="store_false")
    parser.add_argument("--auto-mask", help="make masks so, and use no drawn one")
    given = parser.parse_args()
    if given.auto_mask:
        print(f"Training pictures with automatic masks: {given.auto_mask}\n")
    heads = ("set", "cleared", "newly confirmed", "rounds", "accuracy", "nothing", "plain")
    heads = (*heads, "random", "repair")
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    rows = []
    names = given.sets or set_names(given.truth)
    where = given.truth, given.runs, given.out
    for row in repaired(Asked(*where, given.per_class, given.compared, given.auto_mask), names):
        rows.append(row)
        print(line(row), flush=True)
    confirmed = sum(len(row.confirmed) for row in rows)
    rate = CountedRate(sum(len(row.cleared) for row in rows if row.holds), confirmed)
    low, high = rate.interval or (float("nan"), float("nan"))
    print(
        f"\n{rate.count} of {rate.total} confirmed classes are clean or context in the end, at an "
        f"accuracy at most {ALLOWED_LOSS:.0%} lower and with nothing newly confirmed: "
        f"{rate.value or 0.0:.0%} ({low:.0%}-{high:.0%})."
    )


if __name__ == "__main__":
    main()
