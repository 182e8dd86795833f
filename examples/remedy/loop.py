"""From finding to fix on the sample data: audit, counterexamples, retrain, audit again, compare.

    python -m examples.remedy.loop [--out remedy] [--per-class 128] [--steps 280] [--rounds 1]
                                   [--seed 0]

The sample's pictures are dealt into two halves. One is audited, before and after, and nothing is
learned from it; counterexamples are made of the other, and the network goes on training on both. It
is held against doing nothing and against as many plain augmentations. A further round starts from
the mended network and from what is still confirmed of it. docs/remedy.md tells it all.
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
    Pictures,
    plainly_augmented,
    read,
    retrain,
    save_between,
)

ARMS = ("counterexamples", "plain augmentation")
TESTED = 24
"""Images of every class that an audit changes."""
CUED = ("bird", "fruit")
LATER = 10
"""What a further round adds to the seed: apart from the seeds that one would try."""


@dataclass(frozen=True)
class Outcome:
    """What the audits of the held-out half say of one network.

    Attributes:
        accuracy: on the held-out pictures as they are.
        worst_group: the lowest accuracy of a class, on them or against their cues.
        against_the_cue: accuracy on counterexamples made of the held-out half.
        confirmed: classes confirmed.
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
    rounds: int = 1,
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
        rounds: at most so many for each arm; it ends where nothing is confirmed any more.
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
    challenge = counterexamples(before, held_out, out / "challenge", asked, seed)
    outcomes = {"nothing": outcome(before, ask(out / "before asked", challenge, weights))}
    own = read(train, classes)
    bench = Bench(out, train, held_out, challenge, classes, own, per_class, steps, changes)
    for arm in arms:
        outcomes |= bench.rounds(arm, before, weights, rounds, seed)
    told = {name: asdict(each) for name, each in outcomes.items()}
    (out / "outcomes.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return outcomes


@dataclass(frozen=True)
class Bench:
    """What every retraining has in common.

    Attributes:
        out: the loop's folder.
        train, held_out, challenge: manifests.
        classes: of the network, in the order of its outputs.
        own: the pictures of `train`.
        per_class, steps: as for `loop`.
        changes: the audits' section [interventions].
    """

    out: Path
    train: Path
    held_out: Path
    challenge: Path
    classes: Sequence[str]
    own: Pictures
    per_class: int
    steps: int
    changes: dict[str, Any]

    def rounds(
        self, arm: str, run: auditor.Run, weights: Path, rounds: int, seed: int
    ) -> dict[str, Outcome]:
        """Retrain and audit, again from there, until nothing is confirmed; by name of the round."""
        found: dict[str, Outcome] = {}
        for turn in range(rounds):
            name = arm if turn == 0 else f"{arm} {turn + 1}"
            drawn = seed + LATER * turn
            mended = self.out / f"{name}.safetensors"
            more = self.pictures(arm, run, self.out / f"{name} made", drawn)
            net = retrain(weights, self.own, more, steps=self.steps, seed=drawn)
            save_between(weights, net, mended)
            run = audit(self.out / name, self.held_out, mended, interventions=self.changes)
            asked = ask(self.out / f"{name} asked", self.challenge, mended)
            found[name], weights = outcome(run, asked), mended
            if not found[name].confirmed:
                break
        return found

    def pictures(self, arm: str, run: auditor.Run, made: Path, drawn: int) -> Pictures:
        """What a network is retrained with beside the training pictures."""
        if arm == "counterexamples":
            return read(counterexamples(run, self.train, made, self.per_class, drawn), self.classes)
        return plainly_augmented(self.own, self.per_class * len(self.classes), drawn)


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
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    found = loop(**vars(given))
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
