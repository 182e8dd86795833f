"""Which trials are kept as pictures: for the worst cases, one of each kind of change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import pandas as pd

from auditor.domain.interventions import INTERVENTIONS, ON_DONOR, Fill, Intervention, Pictured

_NOWHERE: Mapping[str, str] = MappingProxyType({})
CASES_A_CLASS = 12
CASES_AT_MOST = 200

LOOKS_A_CLASS = 5
LOOKS_AT_MOST = 100


def _kinds(pictured: Pictured) -> tuple[tuple[Intervention, Fill], ...]:
    return tuple(
        (spec.id, fill)
        for spec in INTERVENTIONS
        if spec.pictured is pictured
        for fill in spec.shown_fills
    )


SHOWN = _kinds(Pictured.ALWAYS)
LOOKS_SHOWN = _kinds(Pictured.FEW)
PLACED = _kinds(Pictured.PLACED)
"""What shows a tint, a softness, a frame or a mark, each beside its control."""
_CONTROLS = {control: given for given, control in ON_DONOR.items()}


def worst_cases(cases: pd.DataFrame, named: Collection[str] = ()) -> list[str]:
    """case_ids of tested cases: some of every class, not too many in all.

    Args:
        cases: `case_id`, `label`, `tested` and `severity`, worst first.
        named: case_ids that findings name as examples; they come before the worst.
    """
    tested = _first(cases[cases["tested"]], named)
    kept = tested[tested.groupby("label").cumcount() < CASES_A_CLASS]
    return kept["case_id"].head(CASES_AT_MOST).tolist()


def looked_at(cases: pd.DataFrame, named: Collection[str] = ()) -> list[str]:
    """Of the `worst_cases` those whose appearance trials are shown, too: few of every class.

    Args:
        cases: `case_id` and `label` of the worst cases, in their order.
        named: as there.
    """
    ordered = _first(cases, named)
    kept = ordered[ordered.groupby("label").cumcount() < LOOKS_A_CLASS]
    return kept["case_id"].head(LOOKS_AT_MOST).tolist()


def _first(cases: pd.DataFrame, named: Collection[str]) -> pd.DataFrame:
    later = ~cases["case_id"].isin(list(named))
    return cases.loc[later.sort_values(kind="stable").index]


def showcase(
    trials: pd.DataFrame,
    case_ids: list[str],
    looked: Collection[str] = (),
    places: Mapping[str, str] = _NOWHERE,
) -> pd.DataFrame:
    """The trials to show of these cases, in the order of `SHOWN`; of some `LOOKS_SHOWN` too, and
    the part or property that names the cue of their class.

    Args:
        trials: of both rounds.
        case_ids: to show.
        looked: those of which more is shown.
        places: stored place by class, where an exchange names its cue.

    Of several donors the one with the median probability is shown: neither the best nor the worst
    that the numbers could offer. Where the picture is the donor's own, its control shows the same.
    """
    chosen = trials[trials["case_id"].isin(case_ids)]
    in_full = chosen["case_id"].isin(list(looked))
    placed = chosen["place"] == chosen["label"].astype(object).map(places)
    frames: dict[tuple[Intervention, Fill], pd.DataFrame] = {}
    for kind in (*SHOWN, *PLACED, *LOOKS_SHOWN):
        intervention, fill = kind
        rows = chosen[(chosen["intervention"] == intervention) & (chosen["fill"] == fill)]
        rows = rows[(kind in SHOWN) | in_full[rows.index]]
        if kind in PLACED:
            rows = rows[placed[rows.index]]
        if intervention in _CONTROLS:
            rows = rows.merge(frames[_CONTROLS[intervention], fill][["case_id", "donor"]])
        frames[kind] = _median(rows)
    return pd.concat(frames.values(), ignore_index=True)


def _median(rows: pd.DataFrame) -> pd.DataFrame:
    """Of every case the row with its median probability, the lower one of two."""
    ordered = rows.sort_values(["case_id", "p_label", "donor"])
    place = ordered.groupby("case_id").cumcount()
    size = ordered.groupby("case_id")["case_id"].transform("size")
    return ordered[place == (size - 1) // 2]
