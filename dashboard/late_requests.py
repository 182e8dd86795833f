"""What a page asks for that is not there any more is not heard: the page that follows stays."""

from __future__ import annotations

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

_run_script = ScriptRunner._run_script


def drop_late_requests() -> None:
    """Let Streamlit pass over a request of fragments that went while the request waited.

    Streamlit drops a request whose fragment is gone when it comes. One that comes while the next
    page is being made waits, though, and is then run as one of the page that was left: the browser
    hears of another page than the one it has just got, throws the elements of both away, and stays
    empty. Nothing is lost with the request: decisions wait in the browser until they are saved.
    """
    ScriptRunner._run_script = _run_what_is_there  # type: ignore[method-assign]


def _run_what_is_there(self: ScriptRunner, rerun_data: RerunData) -> None:
    fragments = rerun_data.fragment_id_queue
    if not fragments or any(self._fragment_storage.contains(each) for each in fragments):
        _run_script(self, rerun_data)
