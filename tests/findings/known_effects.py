"""Effects whose numbers are chosen, for rules whose bounds are known."""

from __future__ import annotations

from auditor.statistics.effects import Effect


def known_effect(
    mean: float,
    low: float | None = None,
    high: float | None = None,
    *,
    p_value: float | None = 0.01,
    fills: tuple[float, ...] = (),
) -> Effect:
    """An effect with these bounds, the mean itself where none is given; `fills` are the means under
    single fills, the mean by default."""
    return Effect(
        mean,
        mean if low is None else low,
        mean if high is None else high,
        p_value,
        {f"fill{number}": value for number, value in enumerate(fills or (mean,))},
        24,
        12,
    )
