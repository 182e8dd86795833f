"""What was understood of a dataset, on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.data.checks.inspection import Inspection, Sizes
from auditor.data.checks.lookalikes import Lookalikes
from auditor.data.checks.mask_areas import Areas
from auditor.domain.mask_doubts import DOUBT_MEANING
from auditor.domain.samples import Skip
from auditor.wording.numbers import count

NARROWEST = 110
CLASSES, VALUES, REASONS, NAMED = 40, 6, 12, 3


def show(seen: Inspection) -> None:
    """Print an inspection; every list is cut to what fits on a screen and says what is left."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=NARROWEST)
    console.print(Text(f"{seen.kind} in {seen.root}", style="bold"))
    console.print(_classes(seen))
    for line in _facts(seen):
        console.print(Text(line))
    for warning in _warnings(seen):
        console.print(Text(f"warning: {warning}", style="yellow"))
    for line in _skips(seen.skips):
        console.print(Text(line, style="red"))


def _classes(seen: Inspection) -> Table:
    table = Table(
        title=f"{count(seen.images, 'image')} in {count(len(seen.classes), 'class')}",
        title_justify="left",
    )
    table.add_column("class", overflow="fold")
    table.add_column("images", justify="right")
    table.add_column("with a mask", justify="right")
    for each in seen.classes[:CLASSES]:
        table.add_row(Text(each.name), f"{each.images:,}", f"{each.masks:,}")
    left = len(seen.classes) - CLASSES
    if left > 0:
        table.add_row(Text(f"and {left} more", style="dim"), "", "")
    return table


def _facts(seen: Inspection) -> Iterator[str]:
    if seen.splits:
        yield f"splits: {_counts(seen.splits)}"
    yield f"masks: {_counts(seen.mask_kinds)}"
    if seen.areas is not None:
        yield _areas(seen.areas)
    if seen.sizes is not None:
        yield _sizes(seen.sizes)
    for each in seen.slices:
        yield f"slice {each.column}: {_counts(each.values)}"
    yield _similar(seen)


def _similar(seen: Inspection) -> str:
    told = f"similar images: {count(seen.lookalikes.compared, 'image')} decoded and compared"
    if not seen.lookalikes.left:
        return f"{told}, all that could be read"
    left = f"{seen.lookalikes.left:,} not opened"
    return f"{told}, {left}: a run compares all, --strict opens everything"


def _areas(areas: Areas) -> str:
    low, _, middle, _, high = areas.quantiles
    return (
        f"object's share of the image: median {middle:.1%}, 5% to 95% of images {low:.1%} to "
        f"{high:.1%} ({count(areas.measured, 'mask')} measured)"
    )


def _sizes(sizes: Sizes) -> str:
    (w, h), (width, height), (across, down) = sizes.smallest, sizes.median, sizes.largest
    extras = [
        f", {number:,} {words}"
        for number, words in (
            (sizes.rotated, "rotated by EXIF"),
            (sizes.animated, "animated (the first frame is taken)"),
        )
        if number
    ]
    return (
        f"size: median {width}x{height}, from {w}x{h} to {across}x{down} pixels "
        f"({count(sizes.measured, 'header')} read){''.join(extras)}"
    )


def _warnings(seen: Inspection) -> Iterator[str]:
    yield from seen.warnings
    if seen.areas is not None:
        for doubt, images in seen.areas.doubts:
            told = f"{DOUBT_MEANING[doubt]} ({_few(images)})"
            yield f"{count(len(images), 'mask')} {doubt.value}: {told}"
    if seen.identical:
        files = sum(map(len, seen.identical))
        yield (
            f"{files:,} files have the same content as another "
            f"({count(len(seen.identical), 'group')}; {_few(seen.identical[0])})"
        )
    if seen.identical_across_splits:
        yield f"{count(seen.identical_across_splits, 'group')} of them over several splits: a leak"
    if seen.identical_across_labels:
        yield f"{count(seen.identical_across_labels, 'group')} of them under several labels"
    yield from _look_alikes(seen.lookalikes)


def _look_alikes(lookalikes: Lookalikes) -> Iterator[str]:
    if lookalikes.alike:
        images, groups = sum(map(len, lookalikes.alike)), count(len(lookalikes.alike), "group")
        yield f"{images:,} images look like another one ({groups}; {_few(lookalikes.alike[0])})"
    if lookalikes.across_splits:
        yield f"{count(lookalikes.across_splits, 'group')} of these over several splits: a leak"
    if lookalikes.across_labels:
        yield f"{count(lookalikes.across_labels, 'group')} of these under several labels"


def _skips(skips: Sequence[Skip]) -> Iterator[str]:
    if not skips:
        return
    yield f"{count(len(skips), 'input')} would be skipped:"
    reasons = Counter(skip.reason for skip in skips).most_common()
    for reason, number in reasons[:REASONS]:
        images = [skip.image for skip in skips if skip.reason == reason]
        yield f"  {number:,} x {reason} ({_few(images)})"
    if len(reasons) > REASONS:
        yield f"  and {len(reasons) - REASONS} more reasons (--json lists all)"


def _counts(counts: Sequence[tuple[str, int]]) -> str:
    told = ", ".join(f"{name} {number:,}" for name, number in counts[:VALUES])
    left = len(counts) - VALUES
    return f"{told} and {left} more" if left > 0 else told


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
