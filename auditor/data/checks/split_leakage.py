"""The same picture in two splits: what a network has seen in training, it need not understand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.data.checks.duplicates import identical
from auditor.data.checks.near_duplicates import near_duplicates
from auditor.data.listing import NAMED_AT_MOST
from auditor.domain.messages import coded, coded_n
from auditor.domain.samples import Sample


@dataclass(frozen=True, slots=True)
class SplitLeak:
    """An audited image and the first of its twins in another split.

    Attributes:
        same_file: the files have the same bytes; else the pictures look alike.
    """

    image: str
    twin: str
    split: str
    same_file: bool


@dataclass(frozen=True)
class Leakage:
    """Audited images that another split holds too (manifest key `leakage`).

    Attributes:
        audited: images that were compared.
        others: images of other splits; every file's content was compared.
        looked_at: of these, how many were also compared by what they look like.
        leaks: one for each audited image with a twin.
    """

    audited: int
    others: int
    looked_at: int
    leaks: tuple[SplitLeak, ...]

    def warnings(self) -> Iterator[str]:
        """What a user should hear, a sentence each."""
        if not self.leaks:
            return
        splits = sorted({leak.split for leak in self.leaks})
        same = sum(leak.same_file for leak in self.leaks)
        shown = ", ".join(f"{leak.image} = {leak.twin}" for leak in self.leaks[:NAMED_AT_MOST])
        more = len(self.leaks) - NAMED_AT_MOST
        pairs = coded("names.more", "{names} and {n:,} more", names=shown, n=more)
        yield coded_n(
            "data.leak",
            "LEAK: {n:,} of {all:,} audited images is in split {splits} too ({same:,} the same"
            " file, {alike:,} similar), so accuracy is too high: {pairs}",
            "LEAK: {n:,} of {all:,} audited images are in split {splits} too ({same:,} the same"
            " file, {alike:,} similar), so accuracy is too high: {pairs}",
            len(self.leaks),
            all=self.audited,
            splits=", ".join(splits),
            same=same,
            alike=len(self.leaks) - same,
            pairs=pairs if more > 0 else shown,
        )
        if self.looked_at < self.others:
            yield coded(
                "data.leak_unknown",
                "of the {all:,} images of other splits {n:,} were compared by what they look like:"
                " there may be more leaks",
                all=self.others,
                n=self.looked_at,
            )


def find_leaks(
    samples: Sequence[Sample],
    others: Sequence[Sample],
    hashes: Mapping[str, bytes],
) -> Leakage | None:
    """Images that lie in two splits, among the audited ones and between them and the others.

    Args:
        samples: what is audited, each with its split.
        others: images of the same dataset's other splits.
        hashes: case_id -> perceptual hash, as far as there are any.

    Returns:
        None where the data names no second split.
    """
    everything = [*samples, *others]
    if len({sample.split for sample in everything} - {None}) < 2:
        return None
    ours = {sample.case_id for sample in samples}
    leaks: dict[str, SplitLeak] = {}
    alike = near_duplicates([hashes.get(sample.case_id) for sample in everything])
    groups = [(group, True) for group in identical(everything)]
    groups += [(tuple(everything[i] for i in members), False) for members in alike]
    for group, same_file in groups:
        for sample in group:
            twin = _twin(sample, group)
            if sample.case_id in ours and twin is not None and twin.split is not None:
                leak = SplitLeak(sample.image, twin.image, twin.split, same_file)
                leaks.setdefault(sample.image, leak)
    return Leakage(
        audited=len(samples),
        others=len(others),
        looked_at=sum(sample.case_id in hashes for sample in others),
        leaks=tuple(leaks[image] for image in sorted(leaks)),
    )


def _twin(sample: Sample, group: Sequence[Sample]) -> Sample | None:
    apart = (s for s in group if s.split not in (None, sample.split) and s.path != sample.path)
    return next(apart, None) if sample.split is not None else None
