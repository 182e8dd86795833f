"""The training pictures of a repair, in memory, with their objects cut out once.

Every picture is kept as the network sees it, together with the same picture without its object, so
that an object can stand on any other picture's background within a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from auditor.domain.errors import DataError
from auditor.domain.interventions import Fill
from auditor.interventions.fills import fill_holes
from auditor.interventions.holes import find_objects
from auditor.tensors.batch import Batch

HELD_OUT = 0.25
"""Share of the independent pictures that no method trains on: the choice is made by them."""
MOST_HELD = 200
"""Groups of a class that are held out at most: with more the choice is hardly surer, and slower."""
FEW = 400
"""Fewer pictures than this are held out in turns."""
TURNS = 4
MOST_BYTES = 4 * 2**30
"""Memory that the pictures may take, twice: as they are and without their object."""
LARGEST_OBJECT = 0.6


@dataclass(frozen=True)
class Material:
    """N pictures.

    Attributes:
        images: (N, 3, H, W) uint8.
        emptied: (N, 3, H, W) uint8, the same without their object.
        masks: (N, H, W) bool, the object.
        swappable: (N,) bool, the object can be cut out and leaves a background.
        labels: (N,) int64, positions in `classes`.
        classes: class names.
    """

    images: Tensor
    emptied: Tensor
    masks: Tensor
    swappable: Tensor
    labels: Tensor
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, chosen: Tensor) -> Material:
        """The pictures at some positions."""
        return Material(
            self.images[chosen],
            self.emptied[chosen],
            self.masks[chosen],
            self.swappable[chosen],
            self.labels[chosen],
            self.classes,
        )


def gather_material(batches: Iterable[Batch], classes: Sequence[str]) -> tuple[Material, list[str]]:
    """All pictures, and the duplicate group of each.

    Raises:
        DataError: too large for memory, or fewer than two classes have objects to swap.
    """
    parts: list[tuple[Tensor, ...]] = []
    labels: list[int] = []
    groups: list[str] = []
    size = 0
    for batch in batches:
        object_masks = find_objects(batch)
        emptied = fill_holes(batch.images, object_masks.holes, object_masks.sources, Fill.PATCHES)
        small = object_masks.masks.flatten(1).float().mean(dim=1) <= LARGEST_OBJECT
        parts.append(
            (
                batch.images,
                emptied,
                object_masks.masks,
                object_masks.usable & small & batch.has_mask,
            )
        )
        labels += [classes.index(sample.label) for sample in batch.samples]
        groups += [sample.group for sample in batch.samples]
        size += 2 * batch.images.nbytes
        if size > MOST_BYTES:
            raise _too_large(len(labels))
    if not parts:
        raise _too_few(0, 0)
    images, emptied, masks, swappable = (torch.cat(column) for column in zip(*parts, strict=True))
    codes = torch.tensor(labels)
    able = len(set(codes[swappable].tolist()))
    if able < 2:
        raise _too_few(int(swappable.sum()), able)
    return Material(images, emptied, masks, swappable, codes, tuple(classes)), groups


@dataclass(frozen=True)
class Part:
    """Attributes:
    train: what is trained on.
    held: what only the choice among methods sees.
    """

    train: Material
    held: Material


def parts_of(material: Material, groups: Sequence[str], *, seed: int) -> list[Part]:
    """How the pictures are dealt. Of few (`FEW`) every quarter is held out in turn, so that the
    choice is made by all of them; else, or where a turn would lack objects, one quarter is.

    No duplicate group is on both sides of a part, and every class is on both where it has two
    groups: pictures whose object can be swapped and the others are dealt apart.

    Raises:
        DataError: one of the two has objects to swap of fewer than two classes.
    """
    if len(material) < FEW:
        turns = _turns(material, groups, seed=seed)
        parts = [_part(material, turns == turn) for turn in range(TURNS)]
        if all(_able(side) > 1 for part in parts for side in (part.train, part.held)):
            return parts
    return [deal(material, groups, seed=seed)]


def deal(material: Material, groups: Sequence[str], *, seed: int) -> Part:
    """One part, as `parts_of` deals many pictures; at most `MOST_HELD` groups of a class are held
    out. Raises as it does."""
    rng = np.random.default_rng([seed, 5])
    held = np.zeros(len(material), np.bool_)
    names = np.asarray(groups, dtype=str)
    for own in _decks(material, names):
        count = min(len(own) - 1, MOST_HELD, max(1, round(HELD_OUT * len(own))))
        held |= np.isin(names, rng.permutation(own)[: max(0, count)])
    part = _part(material, held)
    for side in (part.train, part.held):
        if _able(side) < 2:
            raise _too_few(int(side.swappable.sum()), _able(side))
    return part


def _turns(material: Material, groups: Sequence[str], *, seed: int) -> NDArray[np.int64]:
    """(N,) the turn in which each picture is held out."""
    rng = np.random.default_rng([seed, 6])
    names = np.asarray(groups, dtype=str)
    turns: dict[str, int] = {}
    for own in _decks(material, names):
        new = [name for name in rng.permutation(own) if name not in turns]
        turns |= {str(name): number % TURNS for number, name in enumerate(new)}
    return np.asarray([turns[name] for name in groups], np.int64)


def _decks(material: Material, names: NDArray[np.str_]) -> Iterator[NDArray[np.str_]]:
    """The duplicate groups of each class, those with an object to swap and the others apart."""
    labels = material.labels.numpy()
    able = np.isin(names, names[material.swappable.numpy()])
    for label in np.unique(labels):
        for side in (able, ~able):
            yield np.unique(names[(labels == label) & side])


def _part(material: Material, held: NDArray[np.bool_]) -> Part:
    kept = torch.from_numpy(held)
    return Part(material.part((~kept).nonzero()[:, 0]), material.part(kept.nonzero()[:, 0]))


def _able(material: Material) -> int:
    """Classes with objects to swap."""
    return len(torch.unique(material.labels[material.swappable]))


def _too_large(images: int) -> DataError:
    return DataError(
        "The training pictures do not fit into memory.",
        code="repair.too_large",
        expected=f"at most {MOST_BYTES // 2**30} GiB of pictures at the network's size",
        got=f"more after {images:,} pictures",
        remedy="give fewer pictures with --limit; a few hundred of every class are enough",
    )


def _too_few(images: int, classes: int) -> DataError:
    return DataError(
        "A repair puts objects on other pictures' backgrounds.",
        code="repair.no_donors",
        expected="training pictures with object masks of at least two classes",
        got=f"{images} such pictures of {classes} classes",
        remedy="name the training data with --data and its masks with --masks",
    )
