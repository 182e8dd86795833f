"""What the audited data are made of: where they come from, masks, duplicates, properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from auditor.domain.manifest import Manifest
from auditor.domain.mask_references import MaskSource
from auditor.domain.messages import N_
from auditor.wording.catalogue import Translator

COMPOSED_OF: Final = ("mask_source", "mask_doubt", "duplicate_group")
"""Columns of all cases that `composition` reads."""
MASKS: Final = {
    MaskSource.FILE: N_("drawn"),
    MaskSource.BOX: N_("boxes"),
    MaskSource.AUTO: N_("automatic"),
    MaskSource.NONE: N_("without a mask"),
}


@dataclass(frozen=True, slots=True)
class Composition:
    """Counts of cases.

    Attributes:
        masks: by `MaskSource`.
        doubtful: whose mask is in doubt.
        repeated: in a group of near-duplicates.
        groups: such groups.
        properties: names of the columns that became slices.
    """

    masks: Mapping[str, int] = field(default_factory=dict)
    doubtful: int = 0
    repeated: int = 0
    groups: int = 0
    properties: tuple[str, ...] = ()


def composition(cases: pd.DataFrame, slices: pd.DataFrame) -> Composition:
    """Of all cases of a run.

    Args:
        cases: `COMPOSED_OF` of every case.
        slices: the run's.
    """
    groups = cases["duplicate_group"].dropna().value_counts()
    several = groups[groups > 1]
    return Composition(
        masks={str(source): int(n) for source, n in cases["mask_source"].value_counts().items()},
        doubtful=int(cases["mask_doubt"].notna().sum()),
        repeated=int(several.sum()),
        groups=len(several),
        properties=tuple(map(str, slices["slice"].dropna().unique())),
    )


def composition_facts(
    found: Composition, manifest: Manifest, _: Translator
) -> list[tuple[str, str]]:
    """Provenance and composition by their names, those that are known."""
    masks = [
        f"{_(title)} {found.masks[name]:,}" for name, title in MASKS.items() if name in found.masks
    ]
    doubtful = _.ngettext("{n:,} in doubt", "{n:,} in doubt", found.doubtful)
    told = [*masks, *([doubtful] if found.doubtful else [])]
    repeated = _(
        "{n:,} images in {groups:,} groups; a group counts as one image",
        n=found.repeated,
        groups=found.groups,
    )
    facts = {
        _("Data"): manifest.setting("data", "path"),
        _("Data, SHA-256"): manifest.fingerprints.dataset,
        _("Object masks"): ", ".join(told),
        _("Near-duplicates"): repeated if found.groups else _("none found"),
        _("Properties compared"): ", ".join(found.properties),
    }
    return [(name, str(fact)) for name, fact in facts.items() if fact not in (None, "")]
