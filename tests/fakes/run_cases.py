"""Cases of a fake run: every verdict, maps and masks that fit the pictures, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from auditor.domain.interventions import Fill, Intervention
from auditor.domain.samples import case_id_of
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.imagery.rle import encode_rle
from tests.fakes.pictures import SIDE, PrecomputedBatch, draw_scene, jpeg

CLASS_NAMES = ("kingfisher", "lighthouse", "tractor", "sailboat", "teapot", "bicycle")
HOSTILE_NAMES = (
    "<b>x</b>",
    "![](http://x)",
    "=1+1",
    "Käfer 日本 \U0001f98b",
    "@sum\ttab",
    "-dash'\"&",
)
_SHORTCUT, _MISLED, _SUSPECTED, _CONTEXT, _OBJECT, _UNDETERMINED = CaseVerdict
CASE_VERDICTS = {
    ClassVerdict.CONFIRMED: (_SHORTCUT, _MISLED, _SUSPECTED, _CONTEXT, _OBJECT, _UNDETERMINED),
    ClassVerdict.CLEAN: (_OBJECT, _OBJECT, _CONTEXT, _OBJECT, _OBJECT, _UNDETERMINED),
    ClassVerdict.SUSPECTED: (_SUSPECTED, _OBJECT, _SHORTCUT, _OBJECT, _CONTEXT, _MISLED),
    ClassVerdict.CONTEXT: (_CONTEXT, _CONTEXT, _OBJECT, _SUSPECTED, _CONTEXT, _OBJECT),
    ClassVerdict.UNDETERMINED: (
        _UNDETERMINED,
        _OBJECT,
        _UNDETERMINED,
        _SUSPECTED,
        _OBJECT,
        _OBJECT,
    ),
}
"""Case verdicts of a class, repeated; the first class alone has them all."""
SEVERITY_FLOOR = {_SHORTCUT: 0.8, _MISLED: 0.7, _SUSPECTED: 0.45, _CONTEXT: 0.25}
ON_BACKGROUND = {_SHORTCUT, _MISLED, _SUSPECTED, _CONTEXT}
PICTURED = {
    (Intervention.ORIGINAL, Fill.NONE): "label_probability",
    (Intervention.OBJECT_REMOVED, Fill.BLUR): "p_object_removed",
    (Intervention.BACKGROUND_REMOVED, Fill.GREY): "p_background_removed",
    (Intervention.BACKGROUND_SAME, Fill.BLUR): "p_background_same",
    (Intervention.BACKGROUND_OTHER, Fill.BLUR): "p_background_other",
}
REASONS = {
    _SHORTCUT: "The map lies on the background, and on another background the answer falls.",
    _MISLED: "Without its background the image is answered right.",
    _SUSPECTED: "The map's peak lies outside the object; not tested.",
    _CONTEXT: "The map lies on the background, but the answer survives any other.",
    _OBJECT: "The map lies on the object.",
    _UNDETERMINED: "The object is smaller than a cell of the map.",
}


@dataclass(frozen=True)
class Cast:
    """Who plays: class names in sorted order, their verdicts, and where chance comes from."""

    labels: tuple[str, ...]
    rng: np.random.Generator
    hostile: bool

    @classmethod
    def of(cls, classes: int, *, seed: int, hostile: bool) -> Self:
        """That many classes."""
        pool = HOSTILE_NAMES if hostile else CLASS_NAMES
        labels = sorted(pool[i] if i < len(pool) else f"class {i:03d}" for i in range(classes))
        return cls(tuple(labels), np.random.default_rng(seed), hostile)

    def verdict(self, index: int) -> ClassVerdict:
        """Of the class at `index`: each in turn."""
        turn = tuple(CASE_VERDICTS)
        return turn[index % len(turn)]

    def draw(self, low: float, high: float) -> float:
        """A number between the two."""
        return float(self.rng.uniform(low, high))


def case_row(cast: Cast, index: int, number: int) -> tuple[dict[str, Any], PrecomputedBatch]:
    """Image `number` of the class at `index`: its row of `cases` and what is drawn."""
    turn = CASE_VERDICTS[cast.verdict(index)]
    verdict = turn[number % len(turn)]
    label = cast.labels[index]
    wrong = verdict is _MISLED and len(cast.labels) > 1
    image = _image_name(cast, index, number)
    scene = PrecomputedBatch(
        index, int(cast.rng.integers(1 << 30)), size=0.55 - 0.03 * (number % 9)
    )
    masked = number % 11 != 10
    tested = masked and verdict not in {_SUSPECTED, _UNDETERMINED}
    confidence = cast.draw(0.6, 0.99)
    background = verdict in ON_BACKGROUND
    nasty = f" {HOSTILE_NAMES[0]} {HOSTILE_NAMES[1]}" if cast.hostile else ""
    row = {
        "case_id": case_id_of(image, label),
        "image": image,
        "label": label,
        "predicted": cast.labels[(index + 1) % len(cast.labels)] if wrong else label,
        "confidence": confidence,
        "label_probability": 0.8 * (1 - confidence) if wrong else confidence,
        "correct": not wrong,
        "mask_source": ("box" if number % 7 == 6 else "file") if masked else "none",
        "cam": _cam(cast, scene, background),
        "cam_height": 7,
        "cam_width": 7,
        "cam_scale": cast.draw(0.002, 0.01),
        **_scores(cast, scene, background, masked),
        "nominated": background if masked else None,
        "sampled": number % 4 != 3,
        "tested": tested,
        "object_cropped": 0.0 if masked else None,
        "duplicate_group": f"group-{index}-{number // 2}" if number < 4 else None,
        "image_width": SIDE,
        "image_height": SIDE,
        "mask": _rle(scene.mask()) if masked else None,
        **_effects(cast, verdict, tested),
        "verdict": verdict.value,
        "reason": REASONS[verdict] + nasty,
        "severity": SEVERITY_FLOOR.get(verdict, 0.0) + cast.draw(0.0, 0.2),
        "cluster": f"cluster {number % 3}" if background else None,
        **_place(cast, scene, background),
        "slice_camera": ("A", "B", "Ünïcode C")[number % 3],
        "slice_night": None if number % 5 == 0 else str(number % 2 == 0),
    }
    return row, scene


def _place(cast: Cast, scene: PrecomputedBatch, background: bool) -> dict[str, Any]:
    """On the map: a cloud for every class, what looks at the background on its outer side."""
    angle = 2.0 * np.pi * scene.class_index / len(cast.labels)
    vector = np.random.default_rng(scene.seed).normal(0.0, 0.12, 32)
    vector[:2] += np.array([np.cos(angle), np.sin(angle)]) * (1.5 if background else 1.0)
    places = vector.astype(np.float32)
    return {
        "map_x": float(places[0]),
        "map_y": float(places[1]),
        "features": places.astype("<f2").tobytes(),
    }


def evidence_rows(
    cast: Cast, row: dict[str, Any], scene: PrecomputedBatch, *, donor: str
) -> list[dict[str, Any]]:
    """The pictures of a tested case that looks at the background; none of another."""
    if not row["tested"] or row["verdict"] == _OBJECT:
        return []
    seed = int(cast.rng.integers(1 << 30))
    return [
        {
            "case_id": row["case_id"],
            "intervention": what.value,
            "fill": fill.value,
            "donor": donor if what.value in {"background_same", "background_other"} else None,
            "probability": row[column],
            "picture": jpeg(draw_scene(scene, what, donor_seed=seed)),
        }
        for (what, fill), column in PICTURED.items()
    ]


def _image_name(cast: Cast, index: int, number: int) -> str:
    if not cast.hostile:
        return f"{cast.labels[index]}/{number:03d}.jpg"
    return f"class_{index}/{HOSTILE_NAMES[number % 3].replace('/', '')} {number}.jpg"


def _effects(cast: Cast, verdict: CaseVerdict, tested: bool) -> dict[str, float | None]:
    dependent = verdict in {_SHORTCUT, _MISLED}
    effect = cast.draw(0.4, 0.7) if dependent else cast.draw(-0.03, 0.05)
    same = cast.draw(0.75, 0.95)
    effects = {
        "p_object_removed": cast.draw(0.6, 0.9) if dependent else cast.draw(0.1, 0.3),
        "p_background_removed": cast.draw(0.1, 0.3) if dependent else cast.draw(0.7, 0.9),
        "p_background_same": same,
        "p_background_other": same - effect,
        "object_effect": cast.draw(0.0, 0.1) if dependent else cast.draw(0.3, 0.6),
        "background_effect": effect,
        "background_suffices": effect / 2,
    }
    return {name: value if tested else None for name, value in effects.items()}


def _scores(
    cast: Cast, scene: PrecomputedBatch, background: bool, masked: bool
) -> dict[str, float | bool | None]:
    area = float(scene.mask().mean())
    skill = cast.draw(-0.8, 0.1) if background else cast.draw(0.4, 1.0)
    scores = {
        "object_area": area,
        "relevance_mass": area + skill * (0.7 * (1 - area) if skill >= 0 else area),
        "relevance_skill": skill,
        "saliency_auroc": float(np.clip(0.5 + skill / 2, 0.03, 0.99)),
        "pointing_hit": not background,
        "peak_ratio": cast.draw(1.2, 4.0) if background else cast.draw(0.1, 0.7),
        "border_mass": cast.draw(-0.2, 0.3),
        "iou": cast.draw(0.0, 0.2) if background else cast.draw(0.3, 0.7),
        "gtc": cast.draw(0.0, 0.9),
        "sc": cast.draw(0.0, 0.9),
    }
    return {
        name: value if masked or name == "border_mass" else None for name, value in scores.items()
    }


def _cam(cast: Cast, scene: PrecomputedBatch, background: bool) -> bytes:
    """A 7x7 map with its peak on the object, or in the lower left corner, where the cue is."""
    rows, columns = (np.mgrid[0:7, 0:7] + 0.5) / 7
    x, y = (0.12, 0.88) if background else scene.centre
    field = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 0.035)
    field += 0.06 * cast.rng.random((7, 7))
    levels: bytes = (255 * field / field.max()).round().astype(np.uint8).tobytes()
    return levels


def _rle(mask: np.ndarray) -> str:
    return encode_rle(mask.astype(bool))


def retrained_cases(cases: pd.DataFrame) -> pd.DataFrame:
    """The same pictures after a retraining: every shortcut is gone, every wrong answer is right
    but the first of each class, and the last right answer of each class is wrong."""
    found = cases.copy()
    found["verdict"] = found["verdict"].mask(found["verdict"] == "shortcut", "object")
    wrong = ~found["correct"].astype(bool)
    fixed = wrong & wrong.groupby(found["label"]).cumsum().gt(1)
    found.loc[fixed, "predicted"] = found.loc[fixed, "label"]
    right = found[found["correct"].astype(bool)]
    broken = right.groupby("label").tail(1).index
    others = found["label"].unique()
    for row in broken:
        found.loc[row, "predicted"] = next(o for o in others if o != found.loc[row, "label"])
    found["correct"] = found["predicted"] == found["label"]
    found["severity"] = found["severity"].round(1)
    return found
