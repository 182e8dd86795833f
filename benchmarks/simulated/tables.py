"""Simulated swap tables with a known effect of every class.

An object of class a on a background of class d gives the logits

    z_k = bias_k + [k = a] object_a + [d speaks for k] cue_d + noise of object, background and trial

so the table of log odds is additive but for the cues. The effect of a class is what its label's
probability falls by when its objects leave its own backgrounds for others that lack their own cue;
of two classes, for those of the other one as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.answers import TOP, TOP_PROBABILITIES, write_classes
from auditor.domain.interventions import HOLE_FILLS, Intervention
from auditor.domain.schema import names

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

OBJECT_NOISE, BACKGROUND_NOISE, TRIAL_NOISE = 1.0, 0.7, 0.5
UNAFFECTED_OBJECT = 5.0
STRENGTHS = ((1.0, 5.0), (3.0, 3.0), (4.0, 1.5), (2.0, 4.0))
"""Logits of object and cue of the cued classes in turn: effects from about .05 to .8."""
TRUTH_DRAWS = 20_000
SWAPS = 3


@dataclass(frozen=True)
class Design:
    """One kind of simulated audit.

    Attributes:
        classes: K, at least 2; the first ones are cued.
        cued: how many, 0..K.
        shared: the cue of the first class speaks for the second one too, and the other way round.
        objects: sampled objects of a class.
        donors: distinct backgrounds of a class that objects are put on, each many times; None for
            those of all its objects.
        copies: images of one duplicate group, which share object and background.
        label_noise: share of images that show another class, on that class's background.
    """

    classes: int
    cued: int
    shared: bool = False
    objects: int = 64
    donors: int | None = None
    copies: int = 1
    label_noise: float = 0.02

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes, sorted."""
        return tuple(f"c{code:02d}" for code in range(self.classes))

    @cached_property
    def object(self) -> Floats:
        """(K,) logit that an object gives to its class."""
        cued = [STRENGTHS[code % len(STRENGTHS)][0] for code in range(self.cued)]
        return np.array(cued + [UNAFFECTED_OBJECT] * (self.classes - self.cued))

    @cached_property
    def given(self) -> Floats:
        """(K, K) logit that a background of one class gives to another."""
        cue = [STRENGTHS[code % len(STRENGTHS)][1] for code in range(self.cued)]
        given = np.diag(np.array(cue + [0.0] * (self.classes - self.cued)))
        if self.shared:
            given[:2, :2] = given[0, 0]
        return given

    @cached_property
    def bias(self) -> Floats:
        """(K,) logit of a class for nothing."""
        return np.random.default_rng(self.classes).normal(0, 0.5, self.classes)


def effects(design: Design, draws: int = TRUTH_DRAWS) -> Floats:
    """(K,) true effect of every class, by Monte Carlo over objects, backgrounds and trials."""
    rng = np.random.default_rng([design.classes, design.cued, draws])
    found = []
    for code in range(design.classes):
        label = np.full(draws, code)
        shown, own = (_true_class(design, label, rng) for _ in range(2))
        other = _others(design, label, 1, rng)[:, 0]
        behind = _true_class(design, other, rng)
        spoken = design.given[behind].copy()
        if design.classes > 2:
            spoken[behind == other] = 0.0  # a mislabelled donor keeps what it has
        noise = rng.normal(0, OBJECT_NOISE, (draws, design.classes))
        p = [
            _softmax(
                design,
                shown,
                noise + rng.normal(0, BACKGROUND_NOISE, noise.shape) + said,
                rng,
            )[np.arange(draws), code].mean()
            for said in (design.given[own], spoken)
        ]
        found.append(p[0] - p[1])
    return np.array(found)


def simulate(design: Design, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases and trials of one audit, as `auditor.findings.class_decisions` takes them."""
    return _Audit(design, np.random.default_rng(seed)).tables()


class _Audit:
    """One draw of images, and their swaps."""

    def __init__(self, design: Design, rng: np.random.Generator) -> None:
        self.design, self.rng = design, rng
        count = design.objects
        self.label = np.repeat(np.arange(design.classes), count)
        of_class = np.tile(np.arange(count), design.classes)
        self.group = self.label * count + of_class // design.copies * design.copies
        shape = (len(self.label), design.classes)
        shown = _true_class(design, self.label, rng)
        self.shown = shown[self.group]
        self.object = rng.normal(0, OBJECT_NOISE, shape)[self.group]
        self.background = rng.normal(0, BACKGROUND_NOISE, shape)[self.group]
        self.background = self.background + design.given[self.shown]

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        every = np.arange(len(self.label))
        original = self._answers(every, every)
        classes, names_ = self.design.names, self._ids(every)
        cases = pd.DataFrame(
            {
                "case_id": names_,
                "label": np.array(classes)[self.label],
                "correct": original.argmax(axis=1) == self.label,
                "label_probability": original[every, self.label],
                "mask_source": "file",
                "cam_scale": 1.0,
                "relevance_skill": 0.6,
                "nominated": False,
                "sampled": True,
                "duplicate_group": self._ids(self.group) if self.design.copies > 1 else None,
            }
        )
        own = self._own_donors()
        other = self._donors_of(_others(self.design, self.label, SWAPS, self.rng))
        trials = []
        for fill in HOLE_FILLS:
            pasted = self._rows(Intervention.PASTED_BACK, every, every, self._answers(every, every))
            images = np.repeat(every, SWAPS)
            same = self._answers(images, own.ravel())
            control = same.reshape(len(every), SWAPS, -1).mean(axis=1)[images]
            told = self._answers(images, other.ravel())
            on_other = self._rows(Intervention.BACKGROUND_OTHER, images, other.ravel(), told)
            donor = self.label[other.ravel()]
            at = np.arange(len(images))
            on_other["p_label_control"] = control[at, self.label[images]]
            on_other["p_donor"], on_other["p_donor_control"] = told[at, donor], control[at, donor]
            on_same = self._rows(Intervention.BACKGROUND_SAME, images, own.ravel(), same)
            apart = self.group[own.ravel()] != self.group[images]
            trials += [
                each.assign(fill=fill.value)
                for each in (pasted.assign(donor=None), on_same[apart], on_other)
            ]
        joined = pd.concat(trials, ignore_index=True)
        return cases, joined.reindex(columns=names("trials"))

    def _answers(self, images: Codes, donors: Codes) -> Floats:
        known = self.object[images] + self.background[donors]
        return _softmax(self.design, self.shown[images], known, self.rng)

    def _own_donors(self) -> Codes:
        pool = self.design.donors or self.design.objects
        drawn = self._donors_of(np.repeat(self.label[:, None], SWAPS, axis=1))
        itself = self.group[drawn] == self.group[:, None]
        first = self.label[:, None] * self.design.objects
        return np.where(itself, first + (drawn - first + self.design.copies) % pool, drawn)

    def _donors_of(self, classes: Codes) -> Codes:
        pool = self.design.donors or self.design.objects
        return classes * self.design.objects + self.rng.integers(0, pool, classes.shape)

    def _ids(self, images: Codes) -> list[str]:
        return [f"i{image:06d}" for image in images]

    def _rows(
        self, intervention: Intervention, images: Codes, donors: Codes, p: Floats
    ) -> pd.DataFrame:
        classes = np.array(self.design.names)
        best = np.argsort(-p, axis=1)[:, :TOP]
        orders, place = np.unique(best, axis=0, return_inverse=True)
        texts = np.array([write_classes(tuple(classes[order])) for order in orders], dtype=object)
        shown = {
            name: np.take_along_axis(p, best, axis=1)[:, rank]
            for rank, name in enumerate(TOP_PROBABILITIES[: best.shape[1]])
        }
        return pd.DataFrame(
            {
                "case_id": self._ids(images),
                "label": classes[self.label[images]],
                "intervention": intervention.value,
                "donor": self._ids(donors),
                "donor_label": classes[self.label[donors]],
                "p_label": p[np.arange(len(images)), self.label[images]],
                "answer": classes[p.argmax(axis=1)],
                "top_classes": texts[place.ravel()],
                **shown,
            }
        )


def _softmax(design: Design, shown: Codes, known: Floats, rng: np.random.Generator) -> Floats:
    z = design.bias + known + rng.normal(0, TRIAL_NOISE, known.shape)
    z[np.arange(len(z)), shown] += design.object[shown]
    grown = np.exp(z - z.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def _true_class(design: Design, label: Codes, rng: np.random.Generator) -> Codes:
    """What images with a label show: the label, but for the share of label noise."""
    wrong = rng.random(len(label)) < design.label_noise
    step = rng.integers(1, design.classes, len(label))
    return np.where(wrong, (label + step) % design.classes, label)


def _others(design: Design, label: Codes, count: int, rng: np.random.Generator) -> Codes:
    """(n, count) other classes of each label, as different as there are."""
    order = rng.permuted(np.tile(np.arange(1, design.classes), (len(label), 1)), axis=1)
    steps = order[:, np.arange(count) % (design.classes - 1)]
    return (label[:, None] + steps) % design.classes
