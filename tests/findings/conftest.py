"""Shared by the tests of verdicts."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fewer_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the bootstrap: verdicts in these worlds are far from every bound."""
    monkeypatch.setattr("auditor.statistics.intervals.RESAMPLES", 200)
