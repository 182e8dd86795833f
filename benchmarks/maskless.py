"""What audits without masks reach with a reviewer who answers correctly.

    python -m benchmarks.maskless SET [SET ...] --work DIR [--masked RUNS] [--per-class 24]

A SET is a folder with a `run.toml`, as `auditor benchmark make` writes them. Each is audited with
its masks and without them; `--masked` holds runs with masks (a folder a set's name) that are there
already. The reviewer looks at the example patches or the region of every hypothesis whose effect is
proved, beside the true masks: "not the object" where hardly any of it is object, "part of the
object" where much of it is, "unsure" in between. Then the classes that stand as confirmed are held
against those that the audit with masks confirms, and against the truth where there is one.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from auditor import wiring
from auditor.benchmark.cue_names import names_cue
from auditor.class_reviews import (
    BY_REVIEW,
    NOT_OBJECT,
    OBJECT,
    answers,
    hypothesis_id,
    review_run,
    reviewed_classes,
    with_answers,
)
from auditor.config import AuditConfig
from auditor.domain.cues import CUES, Cue, Extent
from auditor.domain.hypotheses import PATCH
from auditor.domain.places import Region, RegionKind, read_place, square_of, write_place
from auditor.domain.verdicts import ClassVerdict
from auditor.imagery.rle import decode_rle
from auditor.interventions.appearance import BORDER
from auditor.interventions.regions import fixed_region
from auditor.ports import Silent
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.selftest.cues import CueKind
from auditor.selftest.rates import RELIES, UNAFFECTED_BELOW, CountedRate
from auditor.storage.run import Run, open_run

FRAME = write_place(Region(RegionKind.FRAME, BORDER))
REVIEWER = "simulated"
OUTSIDE, INSIDE = 0.2, 0.5
"""Mean share of a patch or region that is object, up to which it is plainly not the object, and
from which on it plainly is."""

PROPERTIES = frozenset(s.id.value for s in CUES if s.extent is Extent.PICTURE)

Masks = Mapping[Path, NDArray[np.bool_]]


@dataclass(frozen=True)
class Row:
    """One class.

    Attributes:
        with_masks, without: whether the audit with masks, and that without them after the review,
            confirms it.
        by_review: whether it is the review that confirms it.
        told: whether the review would, had no intervention confirmed any class.
        pair: the verdict stands for both classes of a pair.
        relies: the truth; None where it is in between or unknown.
    """

    set_name: str
    label: str
    with_masks: bool
    without: bool
    by_review: bool
    told: bool
    pair: bool
    relies: bool | None


def main() -> None:
    """Audit what is not audited yet, review, and tell the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--masked", type=Path)
    parser.add_argument("--per-class", type=int, default=24)
    asked = parser.parse_args()
    rows: list[Row] = []
    for folder in asked.sets:
        rows += compared(folder, asked.work, asked.masked, asked.per_class)
        print(json.dumps({"set": folder.name, "rows": len(rows)}), flush=True)
    told = {"rows": [vars(row) for row in rows], "figures": figures(rows)}
    (asked.work / "maskless.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(told["figures"], indent=2))


def compared(folder: Path, work: Path, masked: Path | None, per_class: int) -> list[Row]:
    """The classes of one set after both audits and the review."""
    reused = masked / folder.name if masked is not None else None
    if reused is not None and (reused / "manifest.json").is_file():
        with_masks = open_run(reused)
    else:
        with_masks = audited(folder, work / "masked" / folder.name, per_class, masks=True)
    without = audited(folder, work / "maskless" / folder.name, per_class, masks=False)
    review(without, true_masks(with_masks), truth_of(folder))
    return rows_of(folder, with_masks, without)


def audited(folder: Path, out: Path, per_class: int, *, masks: bool) -> Run:
    """The run of one set; one that is there already is taken as it is."""
    if (out / "manifest.json").is_file():
        return open_run(out)
    changes: dict[str, Any] = {
        "run.out": out,
        "run.device": "cpu",
        "interventions.per_class": per_class,
        "report.images": False,
    }
    if not masks:
        changes |= without_masks(folder, out.parent / f"{folder.name}.csv")
    config = AuditConfig.load(folder / "run.toml", changes)
    return wiring.audit(config, progress=Silent(), overwrite=True)


def without_masks(folder: Path, manifest: Path) -> dict[str, Any]:
    """Changes of the configuration that take the masks away; a manifest without them is written."""
    data = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))["data"]
    if not str(data["path"]).endswith(".csv"):
        return {"data.masks": None}
    table = pd.read_csv(folder / data["path"], dtype=str).drop(columns="mask")
    table["image"] = [str((folder / name).resolve()) for name in table["image"]]
    manifest.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(manifest, index=False)
    return {"data.path": manifest}


def true_masks(run: Run) -> Masks:
    """By file, the masks in the view of the network, (H, W) bool."""
    cases = run.cases(("image", "mask"))
    known = cases[cases["mask"].notna()]
    root = root_of(run)
    return {
        (root / image).resolve(): decode_rle(mask)
        for image, mask in zip(known["image"], known["mask"], strict=True)
    }


def root_of(run: Run) -> Path:
    """Folder that the names of a run's images are relative to."""
    data = Path(run.manifest["config"]["data"]["path"])
    return data if data.is_dir() else data.parent


def truth_of(folder: Path) -> dict[str, Any]:
    """By class, what is true of it."""
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return dict(told["classes"])


def review(run: Run, masks: Masks, truth: Mapping[str, Any]) -> None:
    """Answer every hypothesis that is asked about, once."""
    hypotheses = run.hypotheses()
    asked = hypotheses[hypotheses["carries"].fillna(value=False).astype(bool)]
    cases = run.cases(("case_id", "image")).set_index("case_id")["image"]
    trials = run.trials()
    patches = trials[trials["intervention"] == "salient_removed"].drop_duplicates("case_id")
    places = patches.set_index("case_id")["place"]
    root, store = root_of(run), open_store(run.path.resolve().parent)
    name = review_run(run.path.resolve().name)
    for row in asked.to_dict("records"):
        shown = [case for case in str(row["examples"] or "").split() if case in cases.index]
        shares = [
            share
            for case in shown
            if (share := object_share(row, places.get(case), masks[(root / cases[case]).resolve()]))
            is not None
        ]
        store.append(
            Review(
                name,
                hypothesis_id(row),
                REVIEWER,
                of_property(row, truth) if row["kind"] in PROPERTIES else answer(shares),
                token=f"{name} {hypothesis_id(row)}",
            )
        )
    store.close()


def of_property(row: Mapping[Any, Any], truth: Mapping[str, Any]) -> ReviewDecision:
    """Of a property of the whole picture, which shows no place: not the object's where it is the
    planted cue; else nobody can say."""
    cue = str(truth.get(str(row["class"]), {}).get("cue") or "")
    named = cue in set(CueKind) and names_cue(str(row["kind"]), cue)
    return NOT_OBJECT if named else ReviewDecision.UNSURE


def object_share(
    row: Mapping[Any, Any], place: str | None, mask: NDArray[np.bool_]
) -> float | None:
    """Share of what a hypothesis shows of one picture that is object, 0..1; None of a property of
    the whole picture, which shows no place."""
    if row["kind"] == PATCH:
        square = None if place is None or pd.isna(place) else square_of(read_place(place))
        if square is None:
            return None
        height, width = mask.shape
        side = round(square.side * min(height, width))
        top, left = round(square.top * height), round(square.left * width)
        return float(mask[top : top + side, left : left + side].mean())
    text = FRAME if row["kind"] == Cue.BORDER_FRAME.value else row.get("region")
    region = None if text is None or pd.isna(text) else read_place(str(text))
    if not isinstance(region, Region):
        return None
    pixels = fixed_region(region, *mask.shape, torch.device("cpu")).numpy()
    return float(mask[pixels].mean())


def answer(shares: Sequence[float]) -> ReviewDecision:
    """What a reviewer says who sees the examples beside the objects' outlines."""
    if not shares:
        return ReviewDecision.UNSURE
    mean = float(np.mean(shares))
    return NOT_OBJECT if mean <= OUTSIDE else OBJECT if mean >= INSIDE else ReviewDecision.UNSURE


def rows_of(folder: Path, with_masks: Run, without: Run) -> list[Row]:
    """One row per class."""
    truth = truth_of(folder)
    first = with_masks.classes().set_index("class")
    second = reviewed_classes(without).set_index("class")
    confirmed = ClassVerdict.CONFIRMED.value
    alone = without.classes().assign(verdict=ClassVerdict.UNDETERMINED.value)
    told = with_answers(alone, without.hypotheses(), answers(without)).set_index("class")
    return [
        Row(
            folder.name,
            str(name),
            with_masks=bool(first.at[name, "verdict"] == confirmed),
            without=bool(second.at[name, "verdict"] == confirmed),
            pair=bool(
                pd.notna(told.at[name, "pair_with"])
                or pd.notna(second.at[name, "pair_with"])
                or pd.notna(first.at[name, "pair_with"])
            ),
            told=bool(told.at[name, "verdict"] == confirmed),
            by_review=bool(second.at[name, "confirmed_by"] == BY_REVIEW),
            relies=relies(truth.get(name, {})),
        )
        for name in first.index
    ]


def relies(facts: Mapping[str, Any]) -> bool | None:
    """Whether a class truly relies on its cue; None where that is in between or not known."""
    if str(facts.get("role", "")).startswith("guilty"):
        return True
    loss = facts.get("loss", facts.get("true_loss"))
    if loss is None or UNAFFECTED_BELOW <= loss < RELIES:
        return None
    return bool(loss >= RELIES)


def pairs_together(rows: Sequence[Row]) -> list[Row]:
    """One row for the two classes of a pair whose verdict stands for both together."""
    paired = {row.set_name for row in rows if row.pair}
    found = [row for row in rows if row.set_name not in paired]
    for name in sorted(paired):
        both = [row for row in rows if row.set_name == name]
        found.append(
            Row(
                name,
                " / ".join(row.label for row in both),
                with_masks=any(row.with_masks for row in both),
                without=any(row.without for row in both),
                told=any(row.told for row in both),
                by_review=any(row.by_review for row in both),
                pair=True,
                relies=any(row.relies for row in both),
            )
        )
    return found


def figures(rows: Sequence[Row]) -> dict[str, dict[str, float | int | None]]:
    """Precision and recall with Wilson intervals. A verdict that stands for a pair is one finding:
    right where it holds of one of the two."""
    rows = pairs_together(rows)
    flagged = [row for row in rows if row.without]
    reviewed = [row for row in rows if row.by_review]
    known = [row for row in flagged if row.relies is not None]
    found = {
        "precision against the audit with masks": (flagged, [r.with_masks for r in flagged]),
        "precision of by review alone": (reviewed, [r.with_masks for r in reviewed]),
        "precision of all that the review would confirm": (
            told := [row for row in rows if row.told],
            [r.with_masks for r in told],
        ),
        "recall of what the review would confirm": (
            [row for row in rows if row.with_masks],
            [r.told for r in rows if r.with_masks],
        ),
        "recall": (
            wanted := [row for row in rows if row.with_masks],
            [r.without for r in wanted],
        ),
        "precision against the truth": (known, [bool(r.relies) for r in known]),
        "recall of what truly relies": (
            true := [row for row in rows if row.relies],
            [r.without for r in true],
        ),
    }
    rates = {}
    for name, (of, right) in found.items():
        rate = CountedRate(sum(right), len(of))
        low, high = rate.interval or (None, None)
        rates[name] = {
            "count": rate.count,
            "total": rate.total,
            "rate": rate.value,
            "low": low,
            "high": high,
        }
    return rates


if __name__ == "__main__":
    main()
