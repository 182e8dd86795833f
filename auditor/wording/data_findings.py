"""What a data audit found, in the reader's language: made from the columns of a finding's row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.domain.data_traits import MIN_IMAGES, TRAITS, LeakVerdict, TraitKind
from auditor.domain.leaks import LEAK_FLOOR
from auditor.domain.messages import N_
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH, interval, share

Row = Mapping[str, Any]

VERDICTS = {
    LeakVerdict.GIVES_AWAY: N_("Gives away"),
    LeakVerdict.POSSIBLE: N_("Possible"),
    LeakVerdict.NOT_FOUND: N_("Not found"),
    LeakVerdict.UNDETERMINED: N_("Undetermined"),
}
REASONS = {
    "data_gives_away": N_(
        "From {what} alone, images of '{name}' are told from those of other classes in {sure} of"
        " pairs (50% by chance)."
    ),
    "data_possible": N_(
        "From {what} alone, images of '{name}' are told from those of other classes in {sure} of"
        " pairs (50% by chance). This is more than chance, but {floor} is neither reached nor"
        " ruled out."
    ),
    "data_possible_object_may_be_seen": N_(
        "From {what}, images of '{name}' are told from those of other classes in {sure} of pairs"
        " (50% by chance). Without object masks it may be the object itself that is seen."
    ),
    "data_not_found": N_(
        "From {what}, pairs of images are told apart in {sure} (50% by chance): nothing was found."
    ),
    "data_undetermined": N_(
        "Fewer than {least} independent images: nothing can be said about '{name}'."
    ),
}
"""English by `reason_code`."""
MASKS_FIRST = N_("Give object masks to see whether it is the object. If not: {advice}")


def trait_title(row: Row, _: Translator) -> str:
    """The family of traits, with the column of metadata."""
    title = _(TRAITS[TraitKind(row["trait"])].title)
    return (
        title
        if row["column"] is None
        else _("{title}: {column}", title=title, column=row["column"])
    )


def finding_reason(row: Row, _: Translator = ENGLISH) -> str:
    """What was found, with its numbers; as stored where this version has no words for it."""
    if row["reason_code"] not in REASONS:
        return str(row["reason"])
    title, column = _(TRAITS[TraitKind(row["trait"])].title), row["column"]
    what = _within(title) if column is None else _("the column '{column}'", column=column)
    return _(
        REASONS[row["reason_code"]],
        what=what,
        name=row["class"],
        sure=interval(row["auroc"], row["auroc_low"], row["auroc_high"]),
        floor=share(LEAK_FLOOR),
        least=MIN_IMAGES,
    )


def _within(title: str) -> str:
    """A title inside a sentence."""
    return title[:1].lower() + title[1:]


def finding_action(row: Row, _: Translator = ENGLISH) -> str | None:
    """What the data team should do; None where nothing was found."""
    if row["verdict"] not in (LeakVerdict.GIVES_AWAY, LeakVerdict.POSSIBLE):
        return None
    advice = _(TRAITS[TraitKind(row["trait"])].advice, name=row["class"])
    return _(MASKS_FIRST, advice=advice) if row["object_seen"] else advice
