"""Requests of fragments that went while they waited are passed over; all others run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from dashboard import late_requests


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[RerunData]:
    """What Streamlit's own way of running a script is asked for."""
    found: list[RerunData] = []
    monkeypatch.setattr(late_requests, "_run_script", lambda _runner, data: found.append(data))
    monkeypatch.setattr(ScriptRunner, "_run_script", ScriptRunner._run_script)
    late_requests.drop_late_requests()
    return found


@pytest.mark.parametrize(
    ("fragments", "runs"),
    [([], True), (["here"], True), (["gone", "here"], True), (["gone"], False)],
)
def test_only_a_request_of_nothing_but_gone_fragments_is_dropped(
    heard: list[RerunData], fragments: list[str], *, runs: bool
) -> None:
    storage = MemoryFragmentStorage()
    storage.register("here", lambda: None)
    runner = SimpleNamespace(_fragment_storage=storage)
    ScriptRunner._run_script(runner, RerunData(fragment_id_queue=fragments))  # type: ignore[arg-type]
    assert bool(heard) is runs
