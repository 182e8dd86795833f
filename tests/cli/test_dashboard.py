"""`auditor dashboard` is stopped by what it was started as, and warns where strangers can come."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_sigterm_ends_the_app_with_the_command(tmp_path: Path, address: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "auditor", "dashboard", str(tmp_path)]
    exposed = ["--exposed"] if address == "0.0.0.0" else []  # noqa: S104
    process = subprocess.Popen(
        [*command, "--address", address, "--port", str(port), "--json", *exposed],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        health = f"http://127.0.0.1:{port}/_stcore/health"
        assert _answers(health, process), "the app did not start"
        process.send_signal(signal.SIGTERM)
        out, said = process.communicate(timeout=PATIENCE_SECONDS)
        with pytest.raises(OSError, match="refused"):
            urlopen(health, timeout=5)
    finally:
        process.kill()
    assert ("nobody has to sign in" in said) is (address == "0.0.0.0")  # noqa: S104
    assert "Traceback" not in said
    assert "config option section" not in said
    assert json.loads(out)["runs"] == str(tmp_path), "all of stdout is one JSON document"


def test_without_the_flag_others_are_not_let_in(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "auditor", "dashboard", str(tmp_path)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    done = subprocess.run(
        [*command, "--address", "0.0.0.0", "--port", str(port)],  # noqa: S104
        cwd=tmp_path,
        env=os.environ | home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--exposed" in done.stderr


def test_a_file_is_no_folder_of_runs(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.touch()
    done = command("dashboard", file)
    assert done.code == 2
    assert "cases.csv" in done.err


@pytest.mark.parametrize(("word", "said"), [("--json", '"url"'), ("--quiet", "")])
def test_where_it_is_served_is_said_as_every_command_says_it(
    tmp_path: Path, word: str, said: str
) -> None:
    program = (
        "import dashboard.__main__ as it, runpy; it.ready.modules = lambda: None; "
        "runpy.run_module = lambda *_, **__: None; "
        f"it.main(['--port', '0', {word!r}, {str(tmp_path)!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    if said:
        assert said in done.stdout
        assert json.loads(done.stdout)["runs"] == str(tmp_path)
    else:
        assert not done.stdout


def _answers(url: str, process: subprocess.Popen[str]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310
                return bool(answer.read() == b"ok")
        except OSError:
            time.sleep(0.2)
    return False
