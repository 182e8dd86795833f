"""A user's own function as a segmenter. It runs the user's code."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from auditor.domain.errors import DataError, ModelError
from auditor.segmentation.segmenters import Mask, Picture


@dataclass(frozen=True)
class FunctionSegmenter:
    """`function(image, label)`: an (H, W, 3) uint8 image and its label to an (H, W) mask (bool, or
    numbers whose non-zero ones are object) or None.

    Attributes:
        function: of the user.
        name: "module:function".
        identity: of its source, so that an edited function makes its masks anew.
    """

    function: Callable[[Picture, str], Any]
    name: str
    identity: str

    @classmethod
    def load(cls, name: str) -> FunctionSegmenter:
        """Import it; the module may lie in the current folder.

        Raises:
            ModelError: it cannot be imported.
        """
        module_name, _, function_name = name.partition(":")
        try:
            with _current_folder_importable():
                module = importlib.import_module(module_name)
            function = getattr(module, function_name)
        except Exception as error:
            raise ModelError(
                f"The function {name} cannot be imported.",
                code="masks.function_not_importable",
                expected="module:function, importable here, that takes an image and its label",
                got=f"{type(error).__name__}: {error}",
                remedy="fix it, or run from the folder that holds the module",
            ) from error
        try:
            source = inspect.getsource(module)
        except (OSError, TypeError):
            source = ""
        digest = hashlib.sha256(source.encode()).hexdigest()[:16]
        return cls(function, name, f"function:{name}:{digest}")

    def masks(self, pictures: Sequence[Picture], labels: Sequence[str]) -> list[Mask | None]:
        """See `Segmenter`.

        Raises:
            DataError: the function fails, or gives what is no mask of its image.
        """
        return [self._mask(p, label) for p, label in zip(pictures, labels, strict=True)]

    def _mask(self, picture: Picture, label: str) -> Mask | None:
        try:
            found = self.function(picture, label)
        except Exception as error:
            raise self._fault(f"{type(error).__name__}: {error}") from error
        if found is None:
            return None
        mask = np.asarray(found)
        if mask.shape != picture.shape[:2]:
            raise self._fault(f"a mask of shape {mask.shape} for an image of {picture.shape[:2]}")
        return np.asarray(mask != 0, np.bool_)

    def _fault(self, got: str) -> DataError:
        return DataError(
            f"The function {self.name} gives no mask.",
            code="masks.function_gives_none",
            expected="an (H, W) array of the image's size, or None",
            got=got,
            remedy="fix the function; masks that were made stay kept",
        )


@contextmanager
def _current_folder_importable() -> Iterator[None]:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        if here in sys.path:
            sys.path.remove(here)
