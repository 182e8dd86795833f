"""A case as pictures: the network's view and the heat map on it, side by side."""

from __future__ import annotations

import html
import io
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_, phrase
from auditor.files import absolute, located
from auditor.imagery.decode import UnreadableImage, open_upright
from auditor.imagery.overlay import cam_grid, heat_overlay, outline
from auditor.imagery.rle import decode_rle
from auditor.imagery.view import model_view
from auditor.storage.manifest import preprocess_of
from auditor.wording.numbers import share

GAP = 8


@dataclass(frozen=True)
class CasePictures:
    """Two pictures of one case; a notebook shows them.

    Attributes:
        original: RGB, the network's view.
        overlay: the same with the heat map and, where there is a mask, its outline.
        caption: label, answer, verdict and reason in words.
    """

    original: Image.Image
    overlay: Image.Image
    caption: str

    @property
    def picture(self) -> Image.Image:
        """Both side by side, RGB."""
        width, height = self.original.size
        both = Image.new("RGB", (2 * width + GAP, height), "white")
        both.paste(self.original, (0, 0))
        both.paste(self.overlay, (width + GAP, 0))
        return both

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.picture.save(buffer, "PNG")
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        source = b64encode(self._repr_png_()).decode()
        return (
            f'<figure><img src="data:image/png;base64,{source}" alt="original and heat map">'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )


def show_case(case: pd.Series, manifest: Manifest) -> CasePictures:
    """The pictures of a row of `cases`.

    Raises:
        RunError: if the image is not where the run found it, or cannot be read any more.
    """
    original = case_view(str(case["image"]), manifest)
    caption = (
        f"{case['label']}, answered {case['predicted']} ({share(case['confidence'])}): "
        f"{case['verdict']}. {case['reason']}"
    )
    return CasePictures(original, case_overlay(original, case), caption)


def case_overlay(view: Image.Image, case: Mapping[str, Any] | pd.Series) -> Image.Image:
    """The network's view with the case's heat map and the outline of its mask."""
    shown = view
    # A map or a mask that no audit writes: the picture is shown without it.
    with suppress(ValueError):
        grid = cam_grid(case["cam"], int(case["cam_height"]), int(case["cam_width"]))
        shown = heat_overlay(view, grid)
    with suppress(ValueError):
        mask = case["mask"]
        shown = outline(shown, decode_rle(mask)) if isinstance(mask, str) else shown
    return shown


def case_view(image: str, manifest: Manifest) -> Image.Image:
    """The network's view of an image, found under the manifest's data root.

    Raises:
        RunError: as `show_case`.
    """
    root = absolute(Path(manifest.data_root))
    path = absolute(located(root, image))
    try:
        if not path.is_relative_to(root):
            raise UnreadableImage("a path that leads out of the data root")
        return model_view(open_upright(path), preprocess_of(manifest))
    except UnreadableImage as error:
        raise RunError(
            phrase("The image {image} cannot be shown.", image=image),
            code="run.image_not_shown",
            expected=phrase("the image under {root}, as it was when it was audited", root=root),
            got=error.reason,
            remedy=N_("put the data back where the audit found it"),
        ) from None
