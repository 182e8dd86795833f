"""Progress in cases while images are asked."""

from __future__ import annotations

from auditor.ports import Progress


class CaseProgress:
    """Tells a progress of whole cases while images are asked."""

    def __init__(self, progress: Progress, *, cases: int, images: int) -> None:
        self._progress = progress
        self._cases, self._images = cases, images
        self._asked = 0

    def advance(self, images: int) -> None:
        before = self._asked * self._cases // self._images
        self._asked += images
        steps = self._asked * self._cases // self._images - before
        if steps:
            self._progress.advance(steps)
