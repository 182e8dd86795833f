"""From finding to fix on the sample data: audit, counterexamples, retrain, audit again, compare.

    python -m examples.remedy.loop [--out remedy] [--per-class 128] [--steps 280] [--seed 0]

The sample's pictures are dealt into two halves. One is audited, before and after, and nothing is
learned from it; counterexamples are made of the other, and the network goes on training on both. It
is held against doing nothing and against as many plain augmentations. docs/remedy.md tells it all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import auditor
from auditor.cli.demo import sample_data
from examples.remedy.retraining import (
    MEAN,
    SIDE,
    STD,
    plainly_augmented,
    read,
    retrain,
    save_between,
)

ARMS = ("counterexamples", "plain augmentation")
TESTED = 24
"""Images of every class that an audit changes."""
CUED = ("bird", "fruit")


@dataclass(frozen=True)
class Outcome:
    """What the audits of the held-out half say of one network.

    Attributes:
        accuracy: on the held-out pictures as they are.
        worst_group: the lowest accuracy of a class, on them or against their cues.
        against_the_cue: accuracy on counterexamples made of the held-out half.
        confirmed: classes convicted.
        effects: by cued class, [low, estimate, high] of the background effect.
        capture: the same of capture.
    """

    accuracy: float
    worst_group: float
    against_the_cue: float
    confirmed: tuple[str, ...]
    effects: dict[str, list[float]]
    capture: dict[str, list[float]]


def loop(
    out: Path,
    *,
    per_class: int,
    steps: int,
    seed: int,
    arms: Sequence[str] = ARMS,
    tested: int = TESTED,
    asked: int = 32,
) -> dict[str, Outcome]:
    """Run the whole loop into a new folder; one outcome a network.

    Args:
        out: folder to write.
        per_class: counterexamples of every class to train on, and as many augmentations.
        steps: of retraining.
        seed: of all that is drawn.
        arms: what is tried beside doing nothing.
        tested: images of every class that an audit changes.
        asked: counterexamples of every class that the networks are only asked about.
    """
    out.mkdir(parents=True)
    sample = sample_data()
    weights = sample / "model.safetensors"
    classes = (sample / "classes.txt").read_text(encoding="utf-8").split()
    train, held_out = deal(sample, out)
    changes = {"per_class": tested, "nominated_budget": 0}
    before = audit(out / "before", held_out, weights, interventions=changes)
    made = counterexamples(before, train, out / "made", per_class, seed)
    challenge = counterexamples(before, held_out, out / "challenge", asked, seed)
    outcomes = {"nothing": outcome(before, ask(out / "before asked", challenge, weights))}
    own = read(train, classes)
    for arm in arms:
        more = (
            read(made, classes)
            if arm == "counterexamples"
            else plainly_augmented(own, per_class * len(classes), seed)
        )
        mended = out / f"{arm}.safetensors"
        save_between(weights, retrain(weights, own, more, steps=steps, seed=seed), mended)
        after = audit(out / arm, held_out, mended, interventions=changes)
        outcomes[arm] = outcome(after, ask(out / f"{arm} asked", challenge, mended))
    told = {name: asdict(each) for name, each in outcomes.items()}
    (out / "outcomes.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return outcomes


def deal(sample: Path, out: Path) -> tuple[Path, Path]:
    """Two manifests: pictures of one drawing go to both halves in turn, no picture to both.

    The network has seen these drawings in training, in other pictures: the sample's premise.
    """
    rows = pd.read_csv(sample / "manifest.csv")
    for column in ("image", "mask"):
        rows[column] = [str((sample / name).resolve()) for name in rows[column]]
    drawing = rows.groupby("label")["duplicate_group"].transform(lambda g: pd.factorize(g)[0])
    half = (drawing + rows.groupby("duplicate_group").cumcount()) % 2
    files = out / "train.csv", out / "held-out.csv"
    for number, file in enumerate(files):
        rows[half == number].to_csv(file, index=False)
    return files


def audit(out: Path, manifest: Path, weights: Path, **sections: dict[str, Any]) -> auditor.Run:
    """The demo's audit of other pictures with other weights."""
    tree: dict[str, Any] = {
        "data": {"path": manifest, "classes": sample_data() / "classes.txt"},
        "model": {
            "arch": "shufflenet_v2_x0_5",
            "checkpoint": weights,
            "preprocess": {"resize": SIDE, "crop": False, "mean": MEAN, "std": STD},
        },
        "run": {"out": out, "seed": 0, "workers": 0},
    }
    return auditor.audit(tree | sections)


def ask(out: Path, challenge: Path, weights: Path) -> auditor.Run:
    """Accuracy alone, on pictures that speak against the cues."""
    return audit(out, challenge, weights, interventions={"enabled": False})


def counterexamples(run: auditor.Run, data: Path, out: Path, per_class: int, seed: int) -> Path:
    """The command, as a data team would call it; the manifest of what it wrote."""
    words = ["counterexamples", str(run.path), "--data", str(data), "--out", str(out), "--quiet"]
    words += ["--per-class", str(per_class), "--seed", str(seed)]
    subprocess.run([sys.executable, "-m", "auditor", *words], check=True)  # noqa: S603
    return out / "manifest.csv"


def outcome(run: auditor.Run, asked: auditor.Run) -> Outcome:
    """The figures that the loop is about."""
    table = run.classes().set_index("class")
    groups = [*table["accuracy"], *asked.classes()["accuracy"]]

    def interval(column: str) -> dict[str, list[float]]:
        columns = [f"{column}_low", column, f"{column}_high"]
        return {name: [float(table.at[name, each]) for each in columns] for name in CUED}

    return Outcome(
        accuracy=run.summary["accuracy"],
        worst_group=float(min(groups)),
        against_the_cue=asked.summary["accuracy"],
        confirmed=tuple(table.index[table["verdict"] == "confirmed"]),
        effects=interval("background_effect"),
        capture=interval("capture"),
    )


def main() -> None:
    """Run it, print the table of docs/remedy.md and what `auditor compare` makes of it."""
    parser = argparse.ArgumentParser(description="From finding to fix on the sample data.")
    parser.add_argument("--out", type=Path, default=Path("remedy"))
    parser.add_argument("--per-class", type=int, default=128)
    parser.add_argument("--steps", type=int, default=280)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    found = loop(given.out, per_class=given.per_class, steps=given.steps, seed=given.seed)
    print("| network | accuracy | against the cue | worst group | confirmed | effect | capture |")
    print("|---|---|---|---|---|---|---|")
    for name, each in found.items():
        print(
            f"| {name} | {each.accuracy:.3f} | {each.against_the_cue:.3f} |"
            f" {each.worst_group:.2f} | {', '.join(each.confirmed) or 'none'} |"
            f" {_words(each.effects)} | {_words(each.capture)} |"
        )
    command = ["auditor", "compare", str(given.out / "before"), str(given.out / ARMS[0])]
    subprocess.run([sys.executable, "-m", *command], check=True)  # noqa: S603


def _words(intervals: dict[str, list[float]]) -> str:
    return ", ".join(
        f"{n} {mid:.2f} [{low:.2f}, {high:.2f}]" for n, (low, mid, high) in intervals.items()
    )


if __name__ == "__main__":
    main()
