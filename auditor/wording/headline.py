"""The outcome of a run in one sentence: shown at the top of every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.domain.manifest import Manifest
from auditor.domain.verdicts import CLASS_VERDICTS, ClassVerdict
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH, listed, share

NAMES = 4


@dataclass(frozen=True)
class Headline:
    """The outcome in words.

    Attributes:
        verdict: one sentence.
        details: what else has to be known before trusting it, a sentence each.
        tone: of the verdict: confirmed, suspected, undetermined or clean.
        tally: (verdict, number of classes), all verdicts.
    """

    verdict: str
    details: tuple[str, ...]
    tone: str
    tally: tuple[tuple[str, int], ...]


def headline(
    verdicts: Mapping[str, str], floor: float | None = None, _: Translator = ENGLISH
) -> Headline:
    """From the verdict of every class and the effect floor (None where it is not known)."""
    found: dict[str, list[str]] = {str(verdict): [] for verdict in CLASS_VERDICTS}
    for name, verdict in verdicts.items():
        found.setdefault(verdict, []).append(name)
    sentence, tone = _sentence(found, len(verdicts), floor, _)
    tally = tuple((verdict, len(names)) for verdict, names in found.items())
    return Headline(sentence, tuple(_details(found, len(verdicts), _)), tone, tally)


def audited(manifest: Manifest, _: Translator = ENGLISH) -> str:
    """How much of the data the verdict rests on."""
    done, skipped = manifest.counts.audited, manifest.counts.skipped
    if manifest.pictures is not None:
        return _(
            "{n:,} questions about {pictures:,} images audited, {skipped:,} skipped",
            n=done,
            pictures=manifest.pictures,
            skipped=skipped,
        )
    if not skipped:
        return _.ngettext(
            "{n:,} image audited, none skipped", "{n:,} images audited, none skipped", done
        )
    return _.ngettext(
        "{n:,} image audited, {skipped:,} skipped",
        "{n:,} images audited, {skipped:,} skipped",
        done,
        skipped=skipped,
    )


def _details(found: Mapping[str, list[str]], classes: int, _: Translator) -> list[str]:
    confirmed, suspected = found[ClassVerdict.CONFIRMED], found[ClassVerdict.SUSPECTED]
    undetermined, context = found[ClassVerdict.UNDETERMINED], found[ClassVerdict.CONTEXT]
    details = []
    if suspected and confirmed:
        details.append(
            _.ngettext(
                "{n:,} more class is suspected: {names}.",
                "{n:,} more classes are suspected: {names}.",
                len(suspected),
                names=listed(suspected, NAMES, _),
            )
        )
    if undetermined and (confirmed or suspected or len(undetermined) < classes):
        details.append(
            _.ngettext(
                "{n:,} class could not be evaluated: {names}.",
                "{n:,} classes could not be evaluated: {names}.",
                len(undetermined),
                names=listed(undetermined, NAMES, _),
            )
        )
    if context:
        details.append(
            _.ngettext(
                "In {n:,} class the model looks at the background without depending on it: "
                "{names}.",
                "In {n:,} classes the model looks at the background without depending on it: "
                "{names}.",
                len(context),
                names=listed(context, NAMES, _),
            )
        )
    return details


def _sentence(
    found: Mapping[str, list[str]], classes: int, floor: float | None, _: Translator
) -> tuple[str, str]:
    confirmed, suspected = found[ClassVerdict.CONFIRMED], found[ClassVerdict.SUSPECTED]
    evaluated = classes - len(found[ClassVerdict.UNDETERMINED])
    if confirmed:
        told = _.ngettext(
            "Shortcut confirmed in {found:,} of {n:,} class: {names}.",
            "Shortcut confirmed in {found:,} of {n:,} classes: {names}.",
            classes,
            found=len(confirmed),
            names=listed(confirmed, NAMES, _),
        )
        return told, "confirmed"
    if suspected:
        told = _.ngettext(
            "No shortcut is confirmed, but {n:,} class cannot be cleared: {names}.",
            "No shortcut is confirmed, but {n:,} classes cannot be cleared: {names}.",
            len(suspected),
            names=listed(suspected, NAMES, _),
        )
        return told, "suspected"
    if not evaluated:
        return _("No class could be evaluated."), "undetermined"
    least = "" if floor is None else _(" of {floor} or more", floor=share(floor))
    if evaluated == classes:
        return _("A shortcut{least} is ruled out for every class.", least=least), "clean"
    told = _.ngettext(
        "A shortcut{least} is ruled out for the {n:,} class that could be evaluated.",
        "A shortcut{least} is ruled out for the {n:,} classes that could be evaluated.",
        evaluated,
        least=least,
    )
    return told, "clean"
