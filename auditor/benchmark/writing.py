"""A planted set on the disk: what a tool gets, and the truth that it does not look at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import tomli_w
from PIL import Image
from scipy import ndimage

from auditor import __version__
from auditor.benchmark.datasheet import datasheet
from auditor.benchmark.sets import Masks, PlantedSet
from auditor.domain.messages import N_
from auditor.files import refuse_filled
from auditor.ports import Progress
from auditor.selftest.drawn import Drawn
from auditor.selftest.making import CLASSES, MANIFEST, WEIGHTS, Truth, make
from auditor.selftest.network import MEAN, STD, factory
from auditor.selftest.rates import RELIES, UNAFFECTED_BELOW

INDEX = "benchmark.json"
TRUTH = "truth.json"
LOOSE = 0.04
"""Share of the side by which loose masks are too large, and shifted ones are off."""


def write_benchmark(
    sets: Sequence[PlantedSet], out: Path, *, seed: int, progress: Progress
) -> tuple[str, ...]:
    """Render, train, measure and write every set; the index is written last.

    Args:
        sets: to make.
        out: a new or empty folder.
        seed: told in the index.
        progress: hears of each set.

    Returns:
        Names of the sets.

    Raises:
        RunError: the folder holds something already.
    """
    refuse_filled(
        out, "The benchmark's folder is not empty.", "name another --out; nothing was written"
    )
    out.mkdir(parents=True, exist_ok=True)
    progress.stage(N_("planted sets"), len(sets))
    for each in sets:
        _write_set(each, out / each.name)
        progress.advance()
    (out / "DATASHEET.md").write_text(datasheet(sets, seed), encoding="utf-8")
    index = {
        "schema_version": 1,
        "seed": seed,
        "version": __version__,
        "sets": [{"name": each.name, "kind": each.kind} for each in sets],
    }
    _json(out / INDEX, index)
    return tuple(each.name for each in sets)


def _write_set(each: PlantedSet, folder: Path) -> None:
    truths = make(each.world, Drawn(), folder)
    if each.masks != "exact":
        _spoil_masks(folder / "masks", each.masks)
    (folder / "run.toml").write_text(tomli_w.dumps(_run(each)), encoding="utf-8")
    _json(
        folder / TRUTH,
        {
            "set": each.name,
            "kind": each.kind,
            "rule": f"cue-reliant: mean probability of the label falls by {RELIES} or more when "
            f"the renderer takes the cue away; unaffected: by less than {UNAFFECTED_BELOW}",
            "classes": {truth.label: _told(truth) for truth in truths},
        },
    )


def _told(truth: Truth) -> dict[str, object]:
    values = asdict(truth)
    del values["label"]
    return {("cue" if k == "kind" else k): v for k, v in values.items()}


def _run(each: PlantedSet) -> dict[str, object]:
    world = each.world
    return {
        "data": {"path": MANIFEST, "classes": CLASSES},
        "model": {
            "factory": factory(len(world.classes), world.architecture, world.side),
            "checkpoint": WEIGHTS,
            "preprocess": {
                "resize": world.side,
                "crop": False,
                "mean": list(MEAN),
                "std": list(STD),
            },
        },
        "run": {"seed": 0},
    }


def _spoil_masks(folder: Path, masks: Masks) -> None:
    for path in sorted(folder.rglob("*.png")):
        mask = np.asarray(Image.open(path)) > 0
        step = max(1, round(LOOSE * len(mask)))
        changed = (
            ndimage.binary_dilation(mask, iterations=step)
            if masks == "loose"
            else ndimage.shift(mask.astype(np.uint8), (step, step), order=0) > 0
        )
        Image.fromarray(np.asarray(changed, np.uint8) * 255).save(path)


def _json(path: Path, value: object) -> None:
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
