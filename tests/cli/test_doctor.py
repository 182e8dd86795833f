"""What counts as missing depends on what the environment is for."""

from __future__ import annotations

from collections.abc import Set

import pytest

from auditor.cli import doctor

NO_TORCH = "torch or torchvision cannot be imported"


def examined(
    monkeypatch: pytest.MonkeyPatch, missing: Set[str], own: str = "shortcut-auditor"
) -> dict[str, object]:
    """What the doctor finds; of our two distributions `own`, or both where it is empty."""
    absent = {*missing, *({"shortcut-auditor", doctor.VIEWER} - {own} if own else ())}
    monkeypatch.setattr(doctor, "_version", lambda name: None if name in absent else "1.0")
    faults = [NO_TORCH] if missing & doctor.OF_AUDITS else []
    monkeypatch.setattr(doctor, "_device", lambda: {"name": None, "faults": faults})
    return doctor.examination()


def test_a_viewers_environment_is_healthy_and_says_that_it_cannot_audit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = examined(monkeypatch, {"torch", "torchvision"})
    assert (found["healthy"], found["faults"]) == (True, [])
    assert doctor.READS_ONLY in str(found["notes"])


def test_the_wheel_without_torch_is_healthy_alone_and_a_fault_beside_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = examined(monkeypatch, {"torch", "torchvision"}, own=doctor.VIEWER)
    assert (alone["healthy"], alone["faults"]) == (True, [])
    beside = examined(monkeypatch, set(), own="")
    assert (beside["healthy"], beside["faults"]) == (False, [doctor.BOTH])


@pytest.mark.parametrize("missing", [{"torch"}, {"torch", "torchvision", "duckdb"}, {"duckdb"}])
def test_anything_else_that_is_missing_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, missing: set[str]
) -> None:
    found = examined(monkeypatch, missing)
    assert found["healthy"] is False
    said = str(found["faults"])
    assert all(f"{name} " in said for name in missing)
    assert (NO_TORCH in said) == bool(missing & doctor.OF_AUDITS)
    assert doctor.READS_ONLY not in str(found["notes"])
