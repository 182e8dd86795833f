"""Several labels an image: each label is a question of its own, with two answers.

A label and its absence are the two answers. `label`, `predicted` and the names of a network's
classes are written as everywhere: "Effusion" where it is present, "not Effusion" where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MULTILABEL = "multilabel"
"""`model.output` of a network with a sigmoid for each label."""
NOT = "not "
NONE = ""
"""What the listing of a dataset says of an image that carries no label."""
NO_FINDING = frozenset({"", "no finding", "no findings", "none", "normal"})
"""Words, folded, that stand for no label at all."""


def absent(label: str) -> str:
    """The answer that a label is not there."""
    return f"{NOT}{label}"


def answers(labels: Iterable[str]) -> tuple[str, ...]:
    """Both answers of every label, in the order of the labels: present, absent, present..."""
    return tuple(answer for label in labels for answer in (label, absent(label)))


def labels_of(answered: Sequence[str]) -> tuple[str, ...]:
    """The labels whose `answers` these are."""
    return tuple(answered[::2])
