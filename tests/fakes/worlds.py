"""Made-up audits with a known answer: a softmax over what object and background contribute.

An image of class a on the background of a donor of class d gives the logits

    z_k = bias_k + [k = a] * object_a + [k = d] * cue_d + noise of object, of background, of pair

so an object that loses its cue is answered by the class with the largest bias, an unaffected object
falls on a strong cue of somebody else, and images that share an object or a background are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.answers import TOP, TOP_PROBABILITIES, write_classes
from auditor.domain.interventions import FLAT_FILLS, HOLE_FILLS, Fill, Intervention
from auditor.domain.schema import names

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """One class of a world.

    Attributes:
        name: of the class.
        object: logit its object gives.
        cue: logit its background gives.
        bias: logit it has for nothing.
        grey, coloured: logit its object loses on flat backgrounds.
        images: how many.
        copies: images a duplicate group.
        nominated: chance that a map prefers the background.
        masked: whether it has masks.
        rate: share of its images whose background has the cue.
        lends: class to which its cue speaks as well.
    """

    name: str
    object: float = 6.0
    cue: float = 0.0
    bias: float = 0.0
    grey: float = 0.3
    coloured: float = 0.1
    images: int = 64
    copies: int = 1
    nominated: float = 0.1
    masked: bool = True
    rate: float = 1.0
    lends: str = ""


CUED = Kind("boat", object=0.5, cue=6.0, nominated=0.9)


@dataclass(frozen=True)
class World:
    """Classes, and how noisy the network is.

    Attributes:
        kinds: the classes.
        per_class, swaps: as in the configuration.
        object_noise, background_noise, pair_noise: standard deviations in logits.
    """

    kinds: tuple[Kind, ...]
    per_class: int = 64
    swaps: int = 3
    object_noise: float = 1.0
    background_noise: float = 0.7
    pair_noise: float = 0.5

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(kind.name for kind in self.kinds)


def clean(*class_names: str, **changes: Any) -> tuple[Kind, ...]:
    """Unaffected classes."""
    return tuple(replace(Kind(name), **changes) for name in class_names)


def audit(world: World, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases and trials of an audit of `world`."""
    return _Audit(world, np.random.default_rng(seed)).frames()


@dataclass(frozen=True)
class _Image:
    case_id: str
    kind: int
    group: str
    object_noise: Floats
    background_noise: Floats
    cued: bool = True


class _Audit:
    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self.world, self.rng = world, rng
        self.bias = np.array([kind.bias for kind in world.kinds])
        self.images = [
            [self._image(index, number) for number in range(kind.images)]
            for index, kind in enumerate(world.kinds)
        ]
        self._share_copies()

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        cases, trials = [], []
        for kind, images in zip(self.world.kinds, self.images, strict=True):
            chosen = self.rng.permutation(len(images))[: self.world.per_class]
            sampled = set(chosen.tolist()) if kind.masked else set()
            for number, image in enumerate(images):
                rows = self._trials(image) if number in sampled else []
                cases.append(self._case(image, kind, number in sampled))
                trials += rows
        return pd.DataFrame(cases), pd.DataFrame(trials, columns=names("trials"))

    def _image(self, kind: int, number: int) -> _Image:
        spec, size = self.world.kinds[kind], len(self.world.kinds)
        return _Image(
            case_id=f"{spec.name}{number:04d}",
            kind=kind,
            group=f"{spec.name}-g{number // spec.copies:04d}",
            object_noise=self.rng.normal(0, self.world.object_noise, size),
            background_noise=self.rng.normal(0, self.world.background_noise, size),
            cued=spec.rate >= 1.0 or bool(self.rng.random() < spec.rate),
        )

    def _share_copies(self) -> None:
        first: dict[str, _Image] = {}
        for images in self.images:
            for position, image in enumerate(images):
                model = first.setdefault(image.group, image)
                images[position] = replace(
                    image,
                    object_noise=model.object_noise,
                    background_noise=model.background_noise,
                )

    def _probabilities(
        self, image: _Image | None, background: _Image | None, less: float = 0.0
    ) -> Floats:
        z = self.bias + self.rng.normal(0, self.world.pair_noise, len(self.bias))
        if image is not None:
            z = z + image.object_noise
            z[image.kind] += self.world.kinds[image.kind].object - less
        if background is not None:
            z = z + background.background_noise
            behind = self.world.kinds[background.kind]
            z[background.kind] += behind.cue * background.cued
            if behind.lends:
                z[self.world.classes.index(behind.lends)] += behind.cue * background.cued
        grown = np.exp(z - z.max())
        return grown / grown.sum()

    def _case(self, image: _Image, kind: Kind, sampled: bool) -> dict[str, Any]:
        p = self._probabilities(image, image)
        predicted = int(p.argmax())
        looks = bool(self.rng.random() < kind.nominated)
        skill = float(np.clip(self.rng.normal(-0.3 if looks else 0.6, 0.1), -1, 1))
        return {
            "case_id": image.case_id,
            "image": f"{kind.name}/{image.case_id}.jpg",
            "label": kind.name,
            "predicted": self.world.classes[predicted],
            "confidence": float(p[predicted]),
            "label_probability": float(p[image.kind]),
            "correct": predicted == image.kind,
            "mask_source": "file" if kind.masked else "none",
            "cam_scale": 1.0,
            "object_area": 0.2 if kind.masked else None,
            "relevance_skill": skill if kind.masked else None,
            "nominated": looks if kind.masked else None,
            "sampled": sampled,
            "tested": sampled,
            "duplicate_group": image.group if kind.copies > 1 else None,
        }

    def _donors(self, image: _Image) -> list[_Image]:
        others = [k for k, pool in enumerate(self.images) if k != image.kind and pool]
        order = self.rng.permutation(others)
        picks = [int(order[i % len(order)]) for i in range(self.world.swaps)] if others else []
        return [self.images[k][int(self.rng.integers(len(self.images[k])))] for k in picks]

    def _same(self, image: _Image) -> _Image:
        pool = [other for other in self.images[image.kind] if other.group != image.group]
        return pool[int(self.rng.integers(len(pool)))] if pool else image

    def _trials(self, image: _Image) -> list[dict[str, Any]]:
        kind, own = self.world.kinds[image.kind], image.kind
        rows = []
        donors = self._donors(image)
        for fill in HOLE_FILLS:
            base = self._probabilities(image, image)
            rows += [
                self._row(image, Intervention.PASTED_BACK, fill, self._probabilities(image, image)),
                self._row(
                    image,
                    Intervention.OBJECT_REMOVED,
                    fill,
                    self._probabilities(None, image),
                    control=float(base[own]),
                ),
            ]
            met = [self._same(image) for _ in range(self.world.swaps)]
            on_each = [self._probabilities(image, same) for same in met]
            on_same = np.mean(on_each, axis=0)
            rows += [
                self._row(image, Intervention.BACKGROUND_SAME, fill, p, donor=same)
                for same, p in zip(met, on_each, strict=True)
                if same is not image
            ]
            for donor in donors:
                empty = self._probabilities(None, donor)
                rows += [
                    self._row(
                        image,
                        Intervention.BACKGROUND_OTHER,
                        fill,
                        self._probabilities(image, donor),
                        donor=donor,
                        control=float(on_same[own]),
                        donor_control=float(on_same[donor.kind]),
                    ),
                    self._row(
                        image,
                        Intervention.EMPTY_OWN,
                        fill,
                        self._probabilities(None, image),
                        donor=donor,
                        control=float(empty[own]),
                    ),
                ]
        usual = float(self._probabilities(image, self._same(image))[own])
        for fill in FLAT_FILLS:
            less = kind.grey if fill is Fill.GREY else kind.coloured
            p = self._probabilities(image, None, less)
            rows.append(self._row(image, Intervention.NEUTRAL, fill, p, control=usual))
        for fill, less in ((Fill.GREY, kind.grey), (Fill.MEAN, kind.coloured)):
            p = self._probabilities(image, None, less)
            rows.append(self._row(image, Intervention.BACKGROUND_REMOVED, fill, p))
        return rows

    def _row(
        self,
        image: _Image,
        intervention: Intervention,
        fill: Fill,
        p: Floats,
        *,
        donor: _Image | None = None,
        control: float | None = None,
        donor_control: float | None = None,
    ) -> dict[str, Any]:
        same = intervention is Intervention.BACKGROUND_SAME
        return top_answers(self.world.classes, p) | {
            "case_id": image.case_id,
            "label": self.world.classes[image.kind],
            "group": image.group,
            "intervention": intervention.value,
            "fill": fill.value,
            "donor": None if donor is None else donor.case_id,
            "donor_label": None if donor is None else self.world.classes[donor.kind],
            "donor_group": None if donor is None else donor.group,
            "p_label": float(p[image.kind]),
            "p_label_control": control,
            "p_donor": None if donor is None or same else float(p[donor.kind]),
            "p_donor_control": donor_control,
            "answer": self.world.classes[int(p.argmax())],
        }


def top_answers(classes: Sequence[str], p: Floats) -> dict[str, Any]:
    """The columns of the largest probabilities."""
    best = np.argsort(-p)[:TOP]
    return {"top_classes": write_classes(tuple(classes[i] for i in best))} | {
        name: float(p[i]) for name, i in zip(TOP_PROBABILITIES, best, strict=False)
    }


def two_classes() -> World:
    """One cue between two classes, about as seen on a planted set: on each other's backgrounds
    the cued class loses .82 and the unaffected one .80, on flat grey .70 and .11, on
    flat colours .78 and .05."""
    cued = replace(CUED, object=0.3, cue=6.6, grey=-0.8, coloured=-0.3, images=96)
    unaffected = Kind("cat", object=3.2, bias=2.2, grey=2.9, coloured=1.9, images=96)
    return World((cued, unaffected), object_noise=0.7, background_noise=0.5)


def ten_classes(cued: Sequence[str]) -> World:
    """Ten classes, of which some rely on a cue."""
    return World(
        tuple(
            replace(CUED, name=name) if name in cued else Kind(name, object=5.0)
            for name in (f"class{number}" for number in range(10))
        )
    )
