"""Which classes are looked into, and which of their pictures meet which others."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.domain.multilabel import absent
from auditor.domain.samples import Sample
from auditor.interventions.swap_pictures import AttributeSwap

PICTURES = 12
"""Of a class, and as many of other classes, that are exchanged."""
OF_ANOTHER_CLASS = 2
"""At least so many of each other class: one is the control of the next."""
SCREEN = 0.5
"""A class is looked into where its swaps cost, and its backgrounds win, this share of the floor."""
MOST_DONORS = 0.4
"""Of the other classes' backgrounds all but this share have to cost that much: a class without a
cue of its own loses on those backgrounds only that carry another's."""
MOVES = 0.5
"""Partners between which and the class this share of the most moves come first, those with the
weakest pull of their own before the others: a picture that keeps its own cue hides what it gets."""


@dataclass(frozen=True)
class Screening:
    """What the first round's swaps say of the classes.

    Attributes:
        classes: to look into, sorted.
        partners: of each the other classes, those between which and it most probability moves
            first.
        able: class -> case_ids of its sampled pictures that were swapped, sorted.
    """

    classes: tuple[str, ...]
    partners: Mapping[str, tuple[str, ...]]
    able: Mapping[str, tuple[str, ...]]


def screen(
    trials: pd.DataFrame,
    *,
    sampled: frozenset[str],
    floor: float,
    labels: Collection[str] = (),
) -> Screening:
    """Classes whose pictures lose on other classes' backgrounds, and whose backgrounds win.

    No verdict. Both have to reach half of the floor: the loss on most other classes' backgrounds,
    the gain from at least one class of objects.

    Args:
        trials: of the first round.
        sampled: case_ids of the random sample.
        floor: effect floor.
        labels: of several an image; each is looked into beside the pictures without it.
    """
    swaps = trials[
        (trials["intervention"] == Intervention.BACKGROUND_OTHER.value)
        & trials["case_id"].isin(sampled)
        & trials["donor_label"].notna()
    ]
    moved = pd.DataFrame(
        {
            "label": swaps["label"].astype(object),
            "donor_label": swaps["donor_label"].astype(object),
            "loss": (swaps["p_label_control"] - swaps["p_label"]).astype(float),
            "gain": (swaps["p_donor"] - swaps["p_donor_control"]).astype(float),
        }
    ).dropna()
    pairs = moved.groupby(["label", "donor_label"])[["loss", "gain"]].mean()
    loss = pairs["loss"].groupby(level="label").quantile(MOST_DONORS, interpolation="lower")
    gain = pairs["gain"].groupby(level="donor_label").max()
    least = SCREEN * floor
    chosen = sorted(
        str(name) for name in loss.index if loss[name] >= least and gain.get(name, 0.0) >= least
    )
    able = {
        str(label): tuple(sorted(set(own["case_id"])))
        for label, own in swaps.groupby(swaps["label"].astype(object))
    }
    lost: dict[Any, float] = pairs["loss"].to_dict()
    won: dict[Any, float] = pairs["gain"].to_dict()
    pull: dict[Any, float] = pairs["gain"].groupby(level="donor_label").mean().to_dict()
    if labels:
        chosen = [name for name in chosen if name in labels]
    partners = {
        name: _partners(name, _others(name, able, labels), lost, won, pull) for name in chosen
    }
    return Screening(tuple(chosen), partners, able)


def screen_bare(
    trials: pd.DataFrame, bare: Collection[str], *, seed: int, labels: Collection[str] = ()
) -> Screening:
    """Classes without masks: all of them are looked into, for no swap can tell which to leave out.

    Args:
        trials: of the first round.
        bare: case_ids of sampled cases of classes without any mask.
        seed: of the order of partners.
        labels: of several an image, as for `screen`.
    """
    asked = trials[
        trials["intervention"].eq(Intervention.ORIGINAL.value) & trials["case_id"].isin(list(bare))
    ]
    able = {
        str(label): tuple(sorted(set(own["case_id"])))
        for label, own in asked.groupby(asked["label"].astype(object))
    }
    chosen = sorted(name for name in able if name in labels or not labels)
    partners = {name: _in_turn(_others(name, able, labels), name, seed) for name in chosen}
    return Screening(tuple(chosen), partners, able)


def _in_turn(others: Sequence[str], name: str, seed: int) -> tuple[str, ...]:
    return tuple(sorted(others, key=lambda other: _digest(seed, name, other)))


def _digest(seed: int, *names: str) -> str:
    return hashlib.sha256("\x00".join((str(seed), *names)).encode()).hexdigest()


def _others(name: str, able: Collection[str], labels: Collection[str]) -> list[str]:
    return [o for o in able if (o == absent(name) if labels else o != name)]


def _partners(
    name: str,
    others: Sequence[str],
    lost: Mapping[tuple[str, str], float],
    won: Mapping[tuple[str, str], float],
    pull: Mapping[str, float],
) -> tuple[str, ...]:
    """The other classes in the order in which they are partners of a class.

    Args:
        name, others: of classes.
        lost, won: mean loss and gain by class of the object and of the donor.
        pull: mean gain on a donor class's backgrounds.
    """
    moves = {o: float(lost.get((name, o), 0.0) + won.get((o, name), 0.0)) for o in others}
    least = MOVES * max(moves.values(), default=0.0)

    def order(other: str) -> tuple[bool, float, str]:
        first = moves[other] >= least
        return not first, round(pull.get(other, 0.0) if first else -moves[other], 6), other

    return tuple(sorted(others, key=order))


def choose_attribute_swaps(
    name: str, screening: Screening, samples: Mapping[str, Sample], *, seed: int
) -> list[AttributeSwap]:
    """The exchanges of one class in both directions; none where too few pictures can take part.

    Args:
        name: a class of the screening.
        samples: of every sampled case, by case_id.
        seed: of the order of pictures.
    """
    own = _apart(screening.able[name], samples, seed)[:PICTURES]
    most = max(OF_ANOTHER_CLASS, -(-PICTURES // max(1, len(screening.partners[name]))))
    others: list[tuple[str, str]] = []
    for partner in screening.partners[name]:
        members = _apart(screening.able[partner], samples, seed)[:most]
        if len(members) >= OF_ANOTHER_CLASS:
            others += zip(members, [*members[1:], members[0]], strict=True)
        if len(others) >= PICTURES:
            break
    others = others[:PICTURES]
    if len(own) < OF_ANOTHER_CLASS or not others:
        return []
    taken = [
        AttributeSwap(subject, others[i % len(others)][0], own[(i + 1) % len(own)], given=False)
        for i, subject in enumerate(own)
    ]
    given = [
        AttributeSwap(subject, own[i % len(own)], control, given=True)
        for i, (subject, control) in enumerate(others)
    ]
    return [each for each in (*taken, *given) if _differ(each, samples)]


def _differ(exchange: AttributeSwap, samples: Mapping[str, Sample]) -> bool:
    subject, donor = samples[exchange.subject], samples[exchange.donor]
    return subject.group != donor.group and subject.image != donor.image


def _apart(names: Sequence[str], samples: Mapping[str, Sample], seed: int) -> list[str]:
    """In a seeded order, one of each duplicate group."""

    def order(name: str) -> str:
        return _digest(seed, name)

    by_group: dict[str, str] = {}
    for name in sorted((name for name in names if name in samples), key=order):
        by_group.setdefault(samples[name].group, name)
    return list(by_group.values())
