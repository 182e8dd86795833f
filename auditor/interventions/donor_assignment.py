"""Who meets whose background, settled over all subjects before any image is changed.

So that trials can be made a part at a time, in any order and on any machine: a part needs the
pixels of its own cases and of the donors they meet, and nothing of the other parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from auditor.domain.cues import Cue
from auditor.domain.interventions import APPEARANCES, FLAT_FILLS, TRANSPLANTS
from auditor.domain.multilabel import absent
from auditor.domain.samples import Sample
from auditor.interventions.donor_choice import Donors, Pairs, choose_donors
from auditor.interventions.edges import PLACES
from auditor.interventions.holes import area_share, find_objects
from auditor.interventions.plan import EVERYTHING, Scope
from auditor.tensors.batch import Batch


@dataclass(frozen=True)
class DonorEligibility:
    """What the choice of donors needs to know of N subjects; no pixels.

    Attributes:
        samples: the subjects that could be read.
        usable: of each, whether it has an object-free version.
        lends: of each, whether its appearance can be given away: it has background, or no mask.
        hole_share: of each, share of the image that its hole takes, 0..1.
        pixels: of one image, height times width; 0 without any.
    """

    samples: tuple[Sample, ...]
    usable: tuple[bool, ...]
    lends: tuple[bool, ...]
    hole_share: tuple[float, ...]
    pixels: int

    def select(self, chosen: Sequence[bool]) -> DonorEligibility:
        """Some of the subjects, N flags."""
        return DonorEligibility(
            tuple(compress(self.samples, chosen)),
            tuple(compress(self.usable, chosen)),
            tuple(compress(self.lends, chosen)),
            tuple(compress(self.hole_share, chosen)),
            self.pixels,
        )


@dataclass(frozen=True)
class DonorAssignment:
    """Donors by case: case_id -> case_ids, in the order in which they are met.

    Attributes:
        same: donors of the case's own class.
        other: donors of other classes.
        appearance_same, appearance_other: the same for properties of the whole image.
        sampled: cases of the random sample, the only ones whose appearance is changed.
    """

    same: Mapping[str, tuple[str, ...]]
    other: Mapping[str, tuple[str, ...]]
    appearance_same: Mapping[str, tuple[str, ...]]
    appearance_other: Mapping[str, tuple[str, ...]]
    sampled: frozenset[str]

    def donors_of(self, case_ids: Iterable[str]) -> frozenset[str]:
        """Every donor that any of these cases meets."""
        return frozenset(
            donor
            for name in case_ids
            for met in (self.same, self.other, self.appearance_same, self.appearance_other)
            for donor in met.get(name, ())
        )

    def among(self, samples: Sequence[Sample], asked: Iterable[str]) -> Donors:
        """The donors of the asked cases as positions in `samples`, which hold them all."""
        return _as_positions(self.same, self.other, samples, asked)

    def appearance_among(self, samples: Sequence[Sample], asked: Iterable[str]) -> Donors:
        """The donors of appearance, likewise."""
        return _as_positions(self.appearance_same, self.appearance_other, samples, asked)

    def of(self, case_ids: Iterable[str]) -> DonorAssignment:
        """The meetings of these cases alone."""
        kept = tuple(case_ids)
        same, other, appearance_same, appearance_other = (
            {name: met[name] for name in kept if name in met}
            for met in (self.same, self.other, self.appearance_same, self.appearance_other)
        )
        return DonorAssignment(
            same, other, appearance_same, appearance_other, self.sampled & frozenset(kept)
        )


def assess_eligibility(batches: Iterable[Batch], *, batch_size: int = 32) -> DonorEligibility:
    """Look all subjects over, a batch in memory at a time."""
    samples: list[Sample] = []
    usable: list[bool] = []
    lends: list[bool] = []
    hole_share: list[float] = []
    pixels = 0
    for batch in batches:
        object_masks = find_objects(batch, batch_size=batch_size)
        samples += batch.samples
        usable += object_masks.usable.tolist()
        lends += (object_masks.usable | ~batch.has_mask).tolist()
        hole_share += area_share(object_masks.holes).tolist()
        pixels = batch.masks[0].numel()
    return DonorEligibility(tuple(samples), tuple(usable), tuple(lends), tuple(hole_share), pixels)


def assign_donors(
    found: DonorEligibility,
    *,
    sampled: frozenset[str],
    swaps: int,
    seed: int,
    labels: Sequence[str] = (),
) -> DonorAssignment:
    """Draw every subject's donors. See `donor_choice.choose_donors`.

    Args:
        labels: of several an image, each a question of its own: its images lend to each other and
            to those without it. Empty where all classes lend to all.
    """
    if labels:
        return _of_labels(found, labels, sampled=sampled, swaps=swaps, seed=seed)
    samples = found.samples
    drawn = [sample.case_id in sampled for sample in samples]
    donors = choose_donors(
        samples,
        sampled=drawn,
        usable=found.usable,
        hole_share=found.hole_share,
        swaps=swaps,
        seed=seed,
    )
    appearance = choose_donors(
        samples,
        sampled=drawn,
        usable=[yes and able for yes, able in zip(drawn, found.lends, strict=True)],
        hole_share=found.hole_share,
        swaps=swaps,
        seed=seed,
        same_swaps=1,
        most_classes=swaps,
    )
    return DonorAssignment(
        _by_case(donors.same, samples),
        _by_case(donors.other, samples),
        _by_case(appearance.same, samples),
        _by_case(appearance.other, samples),
        sampled=sampled,
    )


def _of_labels(
    found: DonorEligibility,
    labels: Sequence[str],
    *,
    sampled: frozenset[str],
    swaps: int,
    seed: int,
) -> DonorAssignment:
    parts = [
        assign_donors(
            found.select([sample.label in (label, absent(label)) for sample in found.samples]),
            sampled=sampled,
            swaps=swaps,
            seed=seed,
        )
        for label in labels
    ]
    return DonorAssignment(
        same=_joined(part.same for part in parts),
        other=_joined(part.other for part in parts),
        appearance_same=_joined(part.appearance_same for part in parts),
        appearance_other=_joined(part.appearance_other for part in parts),
        sampled=sampled,
    )


def _joined(parts: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    return {case: donors for part in parts for case, donors in part.items()}


def count_pictures(
    found: DonorEligibility,
    assignment: DonorAssignment,
    *,
    swaps: int,
    asked: Collection[str] | None = None,
    scope: Scope = EVERYTHING,
) -> int:
    """About how many changed images the network will be asked about: a bound, since what does not
    fit (an equal hole, a patch) is left out.

    Args:
        asked: case_ids; None for all.
        scope: what is asked of some of them only.
    """
    total = 0
    for sample, usable in zip(found.samples, found.usable, strict=True):
        name = sample.case_id
        if asked is not None and name not in asked:
            continue
        met = len(assignment.other.get(name, ()))
        total += 1
        if usable:
            fills = 3 + len(assignment.same.get(name, ())) + met + 2 * min(swaps, met)
            plain = scope.misled is None or name in scope.misled
            total += 2 + len(FLAT_FILLS) * plain + 2 * fills
        if name in assignment.sampled:
            given = [
                len(appearance.get(name, ()))
                for appearance in (assignment.appearance_same, assignment.appearance_other)
            ]
            closed = scope.closed.get(name, frozenset())
            edged = Cue.EDGE_MARK not in closed
            tried = len(TRANSPLANTS) - len(closed - {Cue.EDGE_MARK})
            total += len(APPEARANCES) * (name not in scope.closed) + tried * sum(given) + 2 * 2
            total += (PLACES + 2 * 4 + 2 * given[1]) * usable * edged
    return total


def _as_positions(
    same: Mapping[str, tuple[str, ...]],
    other: Mapping[str, tuple[str, ...]],
    samples: Sequence[Sample],
    asked: Iterable[str],
) -> Donors:
    position = {sample.case_id: i for i, sample in enumerate(samples)}
    cases = sorted(asked)

    def pairs(met: Mapping[str, tuple[str, ...]]) -> Pairs:
        return [(position[c], position[donor]) for c in cases for donor in met.get(c, ())]

    return Donors(pairs(same), pairs(other))


def _by_case(pairs: Pairs, samples: Sequence[Sample]) -> dict[str, tuple[str, ...]]:
    met: dict[str, list[str]] = {}
    for subject, donor in pairs:
        met.setdefault(samples[subject].case_id, []).append(samples[donor].case_id)
    return {name: tuple(donors) for name, donors in met.items()}
