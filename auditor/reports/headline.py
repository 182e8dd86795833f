"""The verdict first, in words: what a reader in a hurry takes away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.reports.words import CLASS_ORDER, count, listed


@dataclass(frozen=True)
class Headline:
    """Attributes:
    verdict: one sentence.
    details: what else has to be known before trusting it, a sentence each.
    tone: of the verdict: confirmed, suspected, undetermined or clean.
    tally: (verdict, number of classes), all verdicts.
    """

    verdict: str
    details: tuple[str, ...]
    tone: str
    tally: tuple[tuple[str, int], ...]


def headline(verdicts: Mapping[str, str], floor: float | None) -> Headline:
    """From the verdict of every class and the effect floor."""
    by_verdict: dict[str, list[str]] = {verdict: [] for verdict in CLASS_ORDER}
    for name, verdict in verdicts.items():
        by_verdict.setdefault(verdict, []).append(name)
    confirmed, suspected = by_verdict["confirmed"], by_verdict["suspected"]
    undetermined, context = by_verdict["undetermined"], by_verdict["context"]
    details = []
    if suspected and confirmed:
        more = count(len(suspected), "more class")
        details.append(
            f"{more} {'is' if len(suspected) == 1 else 'are'} suspected: {listed(suspected)}."
        )
    if undetermined and (confirmed or suspected or len(undetermined) < len(verdicts)):
        details.append(
            f"{count(len(undetermined), 'class')} could not be judged: {listed(undetermined)}."
        )
    if context:
        details.append(
            f"{count(len(context), 'class')} looked at the background without depending on it: "
            f"{listed(context)}."
        )
    sentence, tone = _sentence(by_verdict, len(verdicts), floor)
    tally = tuple((verdict, len(names)) for verdict, names in by_verdict.items())
    return Headline(sentence, tuple(details), tone, tally)


def skipped_words(counts: Mapping[str, Any]) -> str:
    """How much of the data the verdict rests on."""
    audited, skipped = int(counts.get("audited", 0)), int(counts.get("skipped", 0))
    told = f"{count(audited, 'image')} audited"
    return f"{told}, {skipped:,} skipped" if skipped else f"{told}, none skipped"


def _sentence(
    by_verdict: Mapping[str, list[str]], classes: int, floor: float | None
) -> tuple[str, str]:
    confirmed, suspected = by_verdict["confirmed"], by_verdict["suspected"]
    undetermined = by_verdict["undetermined"]
    if confirmed:
        relies = "relies" if len(confirmed) == 1 else "rely"
        return (
            f"{len(confirmed)} of {count(classes, 'class')} {relies} on a shortcut: "
            f"{listed(confirmed)}.",
            "confirmed",
        )
    if suspected:
        return (
            f"No shortcut is proven, but {count(len(suspected), 'class')} cannot be cleared: "
            f"{listed(suspected)}.",
            "suspected",
        )
    if not classes or len(undetermined) == classes:
        return "No class could be judged.", "undetermined"
    judged = classes - len(undetermined)
    above = "" if floor is None else f" of {floor:.2f} or more"
    who = "any class" if judged == classes else f"the {count(judged, 'class')} that could be judged"
    return f"A shortcut{above} is ruled out for {who}.", "clean"
