"""The table of repairs says what the repairs' own records say."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.repairs.method_names import Method
from auditor.repairs.records import Audited, Repair, Round
from benchmarks.repairs import line, row_of, without_masks


def audited(accuracy: float, **verdicts: str) -> Audited:
    confirmed = tuple(name for name, verdict in verdicts.items() if verdict == "confirmed")
    return Audited("r", accuracy, None, confirmed, {}, {}, verdicts)


def quality(broken: float) -> dict[str, float]:
    return {"accuracy": 0.9, "broken": broken, "worst_group": 0.5}


BEFORE = audited(0.90, cat="confirmed", dog="confirmed", cow="clean")
TRIALS = {
    Method.NOTHING.value: quality(0.5),
    Method.PLAIN.value: quality(0.6),
    Method.RANDOM.value: quality(0.65),
    Method.CONSISTENT.value: quality(0.8),
    Method.SUPPRESSION.value: None,
}


@pytest.mark.parametrize(
    ("after", "cleared", "newly", "holds"),
    [
        (audited(0.89, cat="clean", dog="context", cow="clean"), ("cat", "dog"), (), True),
        (audited(0.87, cat="clean", dog="suspected", cow="clean"), ("cat",), (), False),
        (audited(0.90, cat="clean", dog="clean", cow="confirmed"), ("cat", "dog"), ("cow",), False),
    ],
)
def test_a_row_counts_what_is_cleared_and_what_it_cost(
    after: Audited, cleared: tuple[str, ...], newly: tuple[str, ...], holds: bool
) -> None:
    done = Round(1, TRIALS, Method.CONSISTENT.value, "w", after)
    row = row_of("set", Repair(BEFORE, (done,), {}, "gone"))
    assert (row.cleared, row.newly, row.holds) == (cleared, newly, holds)
    assert row.broken == {
        Method.NOTHING.value: 0.5,
        Method.PLAIN.value: 0.6,
        Method.RANDOM.value: 0.65,
        "repair": 0.8,
    }
    assert line(row).count("|") == 10


def test_a_repair_that_kept_nothing_has_no_figure_of_its_own() -> None:
    done = Round(1, TRIALS, None, None, None)
    row = row_of("set", Repair(BEFORE, (done,), {}, "no better"))
    assert "repair" not in row.broken
    assert row.cleared == ()


def test_a_repair_that_was_compared_with_nothing_has_a_row() -> None:
    """As `--no-compared` leaves it, and as methods that were not tried any more do."""
    tried = {Method.NOTHING.value: quality(0.5), Method.LAST_LAYER.value: quality(0.8)}
    done = Round(1, tried, Method.LAST_LAYER.value, "w", audited(0.9, cat="clean", dog="clean"))
    row = row_of("set", Repair(BEFORE, (done,), {}, "gone"))
    assert row.broken == {Method.NOTHING.value: 0.5, "repair": 0.8}
    assert line(row).count("|") == 10


def test_pictures_without_masks_keep_their_labels(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("image,label,mask\na.png,cat,m/a.png\n", encoding="utf-8")
    assert without_masks(manifest).read_text("utf-8").split() == ["image,label", "a.png,cat"]
