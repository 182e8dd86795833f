"""Object masks of cases in the pixels of their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.data.label_filter import known_samples, label_names
from auditor.data.masks.reading import MaskFault, read_mask
from auditor.data.sources.opening import open_data
from auditor.domain.errors import AuditorError
from auditor.domain.mask_references import MaskReference
from auditor.domain.multilabel import MULTILABEL
from auditor.domain.preprocess import Preprocess
from auditor.imagery.decode import UnreadableImage
from auditor.imagery.rle import decode_rle
from auditor.imagery.view_back import file_values
from auditor.storage.audited_config import audited_config
from auditor.storage.manifest import preprocess_of
from auditor.storage.run import Run


@dataclass(frozen=True)
class CaseMasks:
    """Where the masks of some cases are.

    Attributes:
        drawn: by case_id, as the data has them; empty where the data is not there any more.
        preprocess: geometry of the audit's own copies.
        fit: resize masks of another size, as the audit did.
    """

    drawn: Mapping[str, MaskReference]
    preprocess: Preprocess
    fit: bool

    @classmethod
    def of(cls, run: Run, case_ids: Sequence[str]) -> CaseMasks:
        """The masks of some cases of a run."""
        wanted = set(case_ids)
        preprocess = preprocess_of(run.metadata)
        try:
            config = audited_config(run.metadata)
            listing = open_data(config.data, labels=config.model.output == MULTILABEL)
        except AuditorError:
            return cls({}, preprocess, fit=False)
        names = label_names(listing.classes, run.metadata.classes)
        samples = known_samples(listing.items(), names, [])
        drawn = {s.case_id: s.mask for s in samples if s.case_id in wanted and s.mask is not None}
        return cls(drawn, preprocess, config.data.mask_fit)

    def find(
        self, case_id: str, size: tuple[int, int], stored: str | None
    ) -> tuple[NDArray[np.bool_], str] | None:
        """A case's mask in its file's pixels, and where it is from: "data" as drawn, "view" the
        audit's copy, which lacks what the crop cut off; None without a mask.

        Args:
            case_id: of the run.
            size: height and width of the upright file.
            stored: the audit's copy, column `mask`.
        """
        reference = self.drawn.get(case_id)
        if reference is not None:
            try:
                return read_mask(reference, size, fit=self.fit)[0], "data"
            except (MaskFault, UnreadableImage):
                pass  # such as an automatic mask, which is made as its image is read
        if stored is None:
            return None
        try:
            return file_values(decode_rle(stored), size, self.preprocess), "view"
        except (ValueError, UnreadableImage):
            return None
