"""Masks that people corrected: they come before the data's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from auditor.data.listing import Listing
from auditor.data.masks.mask_tree import MaskTree
from auditor.domain.errors import DataError
from auditor.domain.messages import coded_n
from auditor.domain.samples import Sample


def with_corrected_masks(listing: Listing, folder: Path) -> Listing:
    """The listing with the masks of a folder that mirrors the images' tree, in the place of any
    other mask. Non-zero pixels are the object, whatever `data.mask_values` says of other masks.

    Args:
        listing: of a dataset.
        folder: as `auditor import-reviews --masks-out` writes it.

    Raises:
        DataError: there is no such folder, or no image has a mask there.
    """
    tree = MaskTree.of(folder)
    taken = 0

    def corrected(sample: Sample) -> Sample:
        nonlocal taken
        found = tree.find(sample.image)
        taken += found is not None
        return sample if found is None else replace(sample, mask=found)

    records = tuple(corrected(r) if isinstance(r, Sample) else r for r in listing.records)
    others = tuple(map(corrected, listing.others))
    if not taken:
        raise DataError(
            "No image has a corrected mask.",
            code="masks.none_corrected",
            expected=f"masks in {folder} under the images' names (cls/a.jpg -> cls/a.png)",
            got=f"{len(tree.files)} files there, none of an image of the data",
            remedy="name the right data.corrected_masks, or leave it out",
        )
    said = coded_n(
        "data.corrected_masks",
        "{n:,} image has a corrected mask",
        "{n:,} images have a corrected mask",
        taken,
    )
    return replace(listing, records=records, others=others, warnings=(*listing.warnings, said))
