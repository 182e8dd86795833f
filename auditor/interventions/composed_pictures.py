"""Changed pictures that follow from the data alone, kept while several networks are asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from auditor.domain.interventions import APPEARANCES, Fill, Intervention
from auditor.domain.samples import Sample
from auditor.tensors.scratch_file import ScratchFile

SHARE_OF_DISK: Final = 0.25
"""Of what is free in the folder for temporary files, when the first picture is kept."""
MOST_PICTURES: Final = 500_000
"""What is known of each takes about 300 bytes of memory."""

_OF_TWO: Final = frozenset((Intervention.EMPTY_OWN, Intervention.EMPTY_OTHER))
_SAME_AS: Final = {
    Intervention.EDGE_CONTROL: Intervention.EDGE_REMOVED,
    Intervention.BESIDE_CONTROL: Intervention.BESIDE_REMOVED,
}
"""Changes that differ in nothing but their place."""
KEPT: Final = frozenset(
    (
        *APPEARANCES,
        *_OF_TWO,
        *_SAME_AS,
        *_SAME_AS.values(),
        Intervention.OBJECT_REMOVED,
        Intervention.CONTROL_HOLE,
    )
)
"""Pictures that take a fill or a filter, and no number that was measured on a batch. Pasting an
object on a kept background takes less than a fill's tenth, so swaps are pasted again."""

Make = Callable[[Tensor], Tensor]
"""Composes the pictures at some places of a request: (K,) int64 -> (K, 3, H, W) uint8."""


class ComposedPictures:
    """Changed pictures of one dataset in one geometry, by what they show: the same bytes again.

    They lie in a `ScratchFile`. Once that or the number of pictures is at its bound, further ones
    are composed each time.

    Args:
        most_bytes: of the file; None for `SHARE_OF_DISK`.
        most_pictures: kept at once.
    """

    def __init__(
        self, most_bytes: int | None = None, *, most_pictures: int = MOST_PICTURES
    ) -> None:
        self._file = ScratchFile(SHARE_OF_DISK, most_bytes)
        self._most_pictures = most_pictures
        self._starts: dict[Hashable, int] = {}
        self._shape: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self._starts)

    def taken(self, keys: Sequence[Hashable], make: Make) -> Tensor:
        """The pictures with these keys; those that are not kept are composed, together.

        Returns:
            (B, 3, H, W) uint8 on the CPU.
        """
        missing = [i for i, key in enumerate(keys) if key not in self._starts]
        if len(missing) == len(keys) or self._shape is None:
            made = make(torch.arange(len(keys)))
            self._keep(keys, made)
            return made
        found = torch.empty((len(keys), *self._shape), dtype=torch.uint8)
        if missing:
            made = make(torch.tensor(missing))
            self._keep([keys[i] for i in missing], made)
            found[missing] = made
        composed = frozenset(missing)
        for i, key in enumerate(keys):
            if i not in composed:
                found[i] = self._read(self._starts[key])
        return found

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()
        self._starts, self._shape = {}, None

    def _keep(self, keys: Sequence[Hashable], made: Tensor) -> None:
        if self._shape is None:
            self._shape = tuple(made.shape[1:])
        if tuple(made.shape[1:]) != self._shape:
            raise ValueError(f"expected pictures of {self._shape}, got {tuple(made.shape[1:])}")
        for key, picture in zip(keys, made.numpy(), strict=True):
            if key in self._starts or len(self._starts) >= self._most_pictures:
                continue
            start = self._file.append(picture.tobytes())
            if start is None:
                return
            self._starts[key] = start

    def _read(self, start: int) -> Tensor:
        shape = self._shape or ()
        content = self._file.read(start, int(np.prod(shape)))
        return torch.from_numpy(np.frombuffer(content, np.uint8).reshape(shape).copy())


@dataclass(frozen=True)
class BatchPictures:
    """The changed pictures of N images, where a store keeps them.

    Attributes:
        samples: the N samples. Their file and mask say what is changed.
        store: None composes every time.
    """

    samples: Sequence[Sample]
    store: ComposedPictures | None = None

    def taken(
        self,
        intervention: Intervention,
        fill: Fill,
        subjects: Tensor,
        make: Make,
        *,
        donors: Tensor | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        """(B, 3, H, W) uint8, composed or as they were composed before.

        Args:
            intervention, fill: what is done.
            subjects: (B,) positions among the samples.
            make: composes them.
            donors: (B,) positions, where donors take part.
            places: (B,) places on the outlines, where they matter.
        """
        if self.store is None or intervention not in KEPT:
            return make(torch.arange(len(subjects), device=subjects.device))
        what = _SAME_AS.get(intervention, intervention)
        named = [self._named(subjects)]
        if intervention in _OF_TWO and donors is not None:
            named.append(self._named(donors))
        if places is not None:
            named.append(places.tolist())
        return self.store.taken([(what, fill, *key) for key in zip(*named, strict=True)], make)

    def _named(self, positions: Tensor) -> list[Hashable]:
        chosen = (self.samples[i] for i in positions.tolist())
        return [(sample.path, sample.mask) for sample in chosen]
