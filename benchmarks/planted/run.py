"""Train and audit every world: `python -m benchmarks.planted.run --cache FOLDER`.

What is done is kept; a second call goes on where the first one stopped. Hours on one core.
"""

from __future__ import annotations

import argparse
import json
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from functools import cache
from pathlib import Path

import torch

from auditor.ports import Silent
from auditor.selftest.auditing import audit_world
from auditor.selftest.drawn import Drawn
from auditor.selftest.making import make
from auditor.selftest.material import SceneMaterial
from benchmarks.planted.photos import Photos
from benchmarks.planted.worlds import Entry, Stuff, entries

SEED = 2026
TRUTH = "truth.json"
SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"


def main() -> None:
    """Do what is not done yet."""
    options = _options()
    todo = [
        entry
        for seed in options.seeds
        for entry in entries(seed)
        if any(entry.world.name.startswith(word) for word in options.only)
    ]
    with ProcessPoolExecutor(options.processes) as pool:
        futures = {
            pool.submit(one, entry, folder_of(options.cache, entry)): entry for entry in todo
        }
        for future in as_completed(futures):
            error = future.exception()
            words = "done" if error is None else "".join(traceback.format_exception(error))
            print(f"{futures[future].world.name} {futures[future].world.seed}: {words}", flush=True)


def folder_of(cache: Path, entry: Entry) -> Path:
    """Where a world is kept."""
    return cache / f"{entry.world.name}-{entry.world.seed}"


@cache
def material(stuff: Stuff) -> SceneMaterial:
    """What worlds are made of; the sample data is read once a process."""
    return Drawn() if stuff == "drawn" else Photos(SAMPLE_DATA)


def one(entry: Entry, folder: Path) -> None:
    """Make, audit and keep one world, unless it is done."""
    torch.set_num_threads(1)
    truth = folder / TRUTH
    if not truth.exists():
        found = make(entry.world, material(entry.stuff), folder)
        truth.write_text(json.dumps([asdict(t) for t in found], indent=1), encoding="utf-8")
    if not (folder / "run" / "manifest.json").exists():
        audit_world(entry.world, folder, folder / "run", Silent())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[SEED])
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[""], help="beginnings of names")
    return parser.parse_args()


if __name__ == "__main__":
    main()
