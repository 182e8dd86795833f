"""One row a class of a cached benchmark: the truth, the verdict under today's rules, the maps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from auditor.config import FindingsSection
from auditor.findings import evaluate
from auditor.scoring.nomination import nominate_scores
from auditor.scoring.null import null_nomination_rates
from auditor.storage.run import open_run
from benchmarks.planted.baselines import map_scores
from benchmarks.planted.run import TRUTH, folder_of
from benchmarks.planted.worlds import HELD_OUT, Entry, entries

SCORES = ("relevance_skill", "saliency_auroc", "peak_ratio", "pointing_hit")
JUDGED = (
    "verdict", "cue", "cue_strength", "accuracy", "tested", "nominated_rate", "background_effect",
    "background_effect_low", "background_effect_high", "capture", "capture_low", "capture_high",
    "q_value", "shortcut_rate", "object_effect", "median_skill", "reason",
)  # fmt: skip


def collect(cache: Path, seeds: Sequence[int]) -> pd.DataFrame:
    """Every class of every finished world, judged again from its stored cases and trials."""
    frames = [
        rows(entry, folder).assign(base=seed, folder=folder.name)
        for seed, entry, folder in _finished(cache, seeds)
    ]
    return pd.concat(frames, ignore_index=True)


def collect_cases(cache: Path, seeds: Sequence[int]) -> pd.DataFrame:
    """The images of clean networks: object area, mass in the mask, nomination."""
    frames = []
    for _, entry, folder in _finished(cache, seeds):
        if entry.part == "clean":
            cases = open_run(folder / "run").cases()
            cases["nominated"] = nominated_again(cases)
            frames.append(cases[["label", "object_area", "relevance_mass", "nominated", "correct"]])
    return pd.concat(frames, ignore_index=True)


def _finished(cache: Path, seeds: Sequence[int]) -> Iterator[tuple[int, Entry, Path]]:
    for seed in seeds:
        for entry in entries(seed):
            folder = folder_of(cache, entry)
            if (folder / "run" / "manifest.json").exists():
                yield seed, entry, folder


def rows(entry: Entry, folder: Path) -> pd.DataFrame:
    """One row a class of one world."""
    run = open_run(folder / "run")
    cases = run.cases()
    cases["nominated"] = nominated_again(cases)
    judgement = evaluate(
        cases,
        pd.read_parquet(folder / "run" / "trials.parquet"),
        settings=FindingsSection(),
        seed=run.manifest["seed"],
        classes=entry.world.classes,
        null_nominated=null_nomination_rates(cases[cases["sampled"]], seed=run.manifest["seed"]),
    )
    judged = judgement.classes.set_index("class")
    truth = json.loads((folder / TRUTH).read_text(encoding="utf-8"))
    table = pd.DataFrame([_truth(entry, said) for said in truth])
    for name in JUDGED:
        table[name] = table["class"].map(judged[name])
    # What the audit says hangs on the cue: its strength where one is named, else the swap's loss.
    table["estimate"] = table["cue_strength"].combine_first(table["background_effect"])
    maps = pd.DataFrame({label: map_scores(own) for label, own in cases.groupby("label")}).T
    return table.join(maps.add_prefix("map_"), on="class")


def nominated_again(cases: pd.DataFrame) -> pd.Series:
    """Nomination of stored rows under today's cut-offs; null where it cannot be said."""
    columns = [
        torch.from_numpy(cases[name].astype("Float64").to_numpy(float, na_value=float("nan")))
        for name in SCORES
    ]
    found = pd.Series(nominate_scores(*columns).numpy(), index=cases.index)
    return found.astype("Float64").astype("boolean")


def _truth(entry: Entry, said: dict[str, Any]) -> dict[str, Any]:
    world = entry.world
    return {
        "world": world.name,
        "seed": world.seed,
        "part": entry.part,
        "stuff": entry.stuff,
        "classes": len(world.classes),
        "smallest": world.sizes[0],
        "largest": world.sizes[1],
        "audited": world.audited,
        "class": said["label"],
        "kind": said["kind"],
        "held_out": said["kind"] in {kind.value for kind in HELD_OUT},
        "correlation": said["correlation"],
        "true_loss": said["loss"],
        "true_accuracy_loss": said["accuracy_loss"],
        "true_capture": said["capture"],
    }
