"""What the data give away, by an audit of the data, beside what the model uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from auditor.domain.data_traits import LeakVerdict
from auditor.domain.given_away import TRAIT_USE_MEANING, TraitUse, trait_use
from auditor.reports.rows import Row, rows_of
from auditor.wording.catalogue import Translator
from auditor.wording.data_findings import VERDICTS, finding_reason, trait_title
from auditor.wording.numbers import ENGLISH

TOLD = (LeakVerdict.GIVES_AWAY.value, LeakVerdict.POSSIBLE.value)
LINES_SHOWN = 60


@dataclass(frozen=True)
class GivenAwayLine:
    """One family of traits that gives a class away.

    Attributes:
        name: of the class.
        trait: title of the family.
        verdict: how sure it is, in words.
        reason: what was found.
        use: whether the model uses it.
        told: the same in words.
    """

    name: str
    trait: str
    verdict: str
    reason: str
    use: TraitUse
    told: str


def given_away_lines(
    findings: pd.DataFrame | None, classes: Sequence[Row], _: Translator = ENGLISH
) -> list[GivenAwayLine]:
    """What surely or possibly gives these classes away, the surest first.

    Args:
        findings: of the data audit; None where there is none.
        classes: rows of `classes`; findings on other classes are left out.
        _: of the reader's language.
    """
    if findings is None:
        return []
    known = {str(row["class"]): row for row in classes}
    rows = [row for row in rows_of(findings) if row["verdict"] in TOLD and row["class"] in known]
    rows.sort(key=lambda row: TOLD.index(row["verdict"]))
    return [_line(row, known[row["class"]], _) for row in rows]


def _line(found: Row, row: Row, _: Translator) -> GivenAwayLine:
    use = trait_use(found["trait"], row["verdict"], row["cue"])
    return GivenAwayLine(
        name=row["class"],
        trait=trait_title(found, _),
        verdict=_(VERDICTS[LeakVerdict(found["verdict"])]),
        reason=finding_reason(found, _),
        use=use,
        told=_(TRAIT_USE_MEANING[use]),
    )
