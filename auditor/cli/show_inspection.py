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
from auditor.domain.mask_doubts import DOUBT_MEANING, MaskDoubt
from auditor.domain.messages import N_
from auditor.domain.samples import Skip
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import exact

NARROWEST = 110
CLASSES, VALUES, REASONS, NAMED = 40, 6, 12, 3

DOUBTED: dict[MaskDoubt, tuple[str, str]] = {
    MaskDoubt.EMPTY: (N_("{n:,} mask empty: {told}"), "{n:,} masks empty: {told}"),
    MaskDoubt.FULL: (N_("{n:,} mask full: {told}"), "{n:,} masks full: {told}"),
    MaskDoubt.TINY: (N_("{n:,} mask tiny: {told}"), "{n:,} masks tiny: {told}"),
    MaskDoubt.INVERTED: (N_("{n:,} mask inverted: {told}"), "{n:,} masks inverted: {told}"),
    MaskDoubt.REPEATED: (N_("{n:,} mask repeated: {told}"), "{n:,} masks repeated: {told}"),
}
KINDS = {"class folders": N_("class folders"), "manifest": N_("manifest")}
MASK_KINDS = {
    "automatic": N_("automatic"),
    "box": N_("box"),
    "file": N_("file"),
    "none": N_("none"),
    "polygons": N_("polygons"),
    "runs": N_("runs"),
}


def show(seen: Inspection, _: Translator) -> None:
    """Print an inspection; every list is cut to what fits on a screen and says what is left."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=NARROWEST)
    title = _("{kind} in {root}", kind=_(KINDS.get(seen.kind, seen.kind)), root=seen.root)
    console.print(Text(title, style="bold"))
    console.print(_classes(seen, _))
    for line in _facts(seen, _):
        console.print(Text(line))
    for warning in _warnings(seen, _):
        console.print(Text(_("warning: {warning}", warning=warning), style="yellow"))
    for line in _skips(seen.skips, _):
        console.print(Text(line, style="red"))


def _classes(seen: Inspection, _: Translator) -> Table:
    title = _(
        "{images} in {classes}",
        images=_.ngettext("{n:,} image", "{n:,} images", seen.images),
        classes=_.ngettext("{n:,} class", "{n:,} classes", len(seen.classes)),
    )
    table = Table(title=title, title_justify="left")
    table.add_column(_("class"), overflow="fold")
    table.add_column(_("images"), justify="right")
    table.add_column(_("with a mask"), justify="right")
    for each in seen.classes[:CLASSES]:
        table.add_row(Text(each.name), f"{each.images:,}", f"{each.masks:,}")
    left = len(seen.classes) - CLASSES
    if left > 0:
        table.add_row(Text(_("and {left} more", left=left), style="dim"), "", "")
    return table


def _facts(seen: Inspection, _: Translator) -> Iterator[str]:
    if seen.splits:
        yield _("splits: {counts}", counts=_counts(seen.splits, _))
    kinds = [(_(MASK_KINDS.get(kind, kind)), number) for kind, number in seen.mask_kinds]
    yield _("masks: {counts}", counts=_counts(kinds, _))
    if seen.areas is not None:
        yield _areas(seen.areas, _)
    if seen.sizes is not None:
        yield _sizes(seen.sizes, _)
    for each in seen.slices:
        yield _("slice {column}: {counts}", column=each.column, counts=_counts(each.values, _))
    yield _similar(seen.lookalikes, _)


def _similar(lookalikes: Lookalikes, _: Translator) -> str:
    images = _.ngettext("{n:,} image", "{n:,} images", lookalikes.compared)
    if not lookalikes.left:
        return _(
            "similar images: {images} decoded and compared, all that could be read", images=images
        )
    return _(
        "similar images: {images} decoded and compared, {left:,} not opened: a run compares all,"
        " --strict opens everything",
        images=images,
        left=lookalikes.left,
    )


def _areas(areas: Areas, _: Translator) -> str:
    low, _q1, middle, _q3, high = areas.quantiles
    return _(
        "object's share of the image: median {middle}, 5% to 95% of images {low} to {high}"
        " ({masks} measured)",
        middle=exact(middle),
        low=exact(low),
        high=exact(high),
        masks=_.ngettext("{n:,} mask", "{n:,} masks", areas.measured),
    )


def _sizes(sizes: Sizes, _: Translator) -> str:
    (w, h), (width, height), (across, down) = sizes.smallest, sizes.median, sizes.largest
    told = _(
        "size: median {median}, from {smallest} to {largest} pixels ({headers} read)",
        median=f"{width}x{height}",
        smallest=f"{w}x{h}",
        largest=f"{across}x{down}",
        headers=_.ngettext("{n:,} header", "{n:,} headers", sizes.measured),
    )
    if sizes.rotated:
        told += _(", {n:,} rotated by EXIF", n=sizes.rotated)
    if sizes.animated:
        told += _(", {n:,} animated (the first frame is taken)", n=sizes.animated)
    return told


def _warnings(seen: Inspection, _: Translator) -> Iterator[str]:
    yield from map(_.told, seen.warnings)
    if seen.areas is not None:
        for doubt, images in seen.areas.doubts:
            told = f"{_.told(DOUBT_MEANING[doubt])} ({_few(images)})"
            yield _.ngettext(*DOUBTED[doubt], len(images), told=told)
    if seen.identical:
        yield _(
            "{files:,} files have the same content as another ({groups}; {names})",
            files=sum(map(len, seen.identical)),
            groups=_groups(len(seen.identical), _),
            names=_few(seen.identical[0]),
        )
    if seen.identical_across_splits:
        groups = _groups(seen.identical_across_splits, _)
        yield _("{groups} of them over several splits: a leak", groups=groups)
    if seen.identical_across_labels:
        groups = _groups(seen.identical_across_labels, _)
        yield _("{groups} of them under several labels", groups=groups)
    yield from _look_alikes(seen.lookalikes, _)


def _look_alikes(lookalikes: Lookalikes, _: Translator) -> Iterator[str]:
    if lookalikes.alike:
        yield _(
            "{images:,} images look like another one ({groups}; {names})",
            images=sum(map(len, lookalikes.alike)),
            groups=_groups(len(lookalikes.alike), _),
            names=_few(lookalikes.alike[0]),
        )
    if lookalikes.across_splits:
        groups = _groups(lookalikes.across_splits, _)
        yield _("{groups} of these over several splits: a leak", groups=groups)
    if lookalikes.across_labels:
        groups = _groups(lookalikes.across_labels, _)
        yield _("{groups} of these under several labels", groups=groups)


def _groups(number: int, _: Translator) -> str:
    return _.ngettext("{n:,} group", "{n:,} groups", number)


def _skips(skips: Sequence[Skip], _: Translator) -> Iterator[str]:
    if not skips:
        return
    yield _.ngettext("{n:,} input would be skipped:", "{n:,} inputs would be skipped:", len(skips))
    reasons = Counter(_.told(skip.reason) for skip in skips).most_common()
    for reason, number in reasons[:REASONS]:
        images = [skip.image for skip in skips if _.told(skip.reason) == reason]
        yield f"  {number:,} x {reason} ({_few(images)})"
    if len(reasons) > REASONS:
        yield _("  and {left} more reasons (--json lists all)", left=len(reasons) - REASONS)


def _counts(counts: Sequence[tuple[str, int]], _: Translator) -> str:
    told = ", ".join(f"{name} {number:,}" for name, number in counts[:VALUES])
    left = len(counts) - VALUES
    return _("{names} and {left} more", names=told, left=left) if left > 0 else told


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
