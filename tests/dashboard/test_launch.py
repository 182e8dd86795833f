"""How the app is started, and what it refuses to start on."""

from __future__ import annotations

import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from auditor.domain.errors import AuditorError
from dashboard import launch

CONFIG = tomllib.loads((launch.APP.parent / ".streamlit" / "config.toml").read_text("utf-8"))


def test_the_command_serves_this_app() -> None:
    command = launch.command("127.0.0.1", 8600)
    assert command[0] == sys.executable
    assert Path(command[4]).is_file()
    flags = dict(zip(command[5::2], command[6::2], strict=True))
    assert flags["--server.address"] == "127.0.0.1"
    assert flags["--server.port"] == "8600"
    assert flags["--browser.gatherUsageStats"] == "false"


def test_it_is_safe_by_default() -> None:
    assert CONFIG["server"]["address"] == launch.DEFAULT_ADDRESS == "127.0.0.1"
    assert CONFIG["server"]["enableXsrfProtection"] is True
    assert CONFIG["server"]["enableCORS"] is True
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert "http" not in str(CONFIG["theme"])


def test_streamlit_takes_every_setting() -> None:
    """An unknown or misspelt option would be ignored with a warning."""
    script = (
        "import sys; from streamlit import config\n"
        "config._main_script_path = sys.argv[1]\n"
        "config.get_config_options(force_reparse=True)\n"
        "print(config.get_option('client.toolbarMode'), config.get_option('theme.dark.textColor'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(launch.APP)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["minimal", CONFIG["theme"]["dark"]["textColor"]]
    assert "not a valid config option" not in done.stderr + done.stdout


def test_the_runs_folder_travels_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = launch.environment(tmp_path, {"PATH": "/bin"})
    assert environment == {"PATH": "/bin", launch.RUNS_VARIABLE: str(tmp_path.resolve())}
    monkeypatch.setenv(launch.RUNS_VARIABLE, environment[launch.RUNS_VARIABLE])
    assert launch.runs_folder() == tmp_path.resolve()


def test_a_busy_port_is_explained() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AuditorError) as caught:
            launch.check_address("127.0.0.1", port)
        assert f"--port {port + 1}" in caught.value.remedy
    launch.check_address("127.0.0.1", port)


@pytest.mark.parametrize("address", ["203.0.113.7", "no such host.invalid"])
def test_a_foreign_address_is_explained(address: str) -> None:
    with pytest.raises(AuditorError) as caught:
        launch.check_address(address, 8600)
    assert caught.value.code == "dashboard.address"


def test_a_busy_port_ends_the_command_with_two(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "dashboard", str(tmp_path), "--port", port],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "expected:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1", "http://127.0.0.1:8501"),
        ("0.0.0.0", "http://localhost:8501"),  # noqa: S104
        ("::1", "http://[::1]:8501"),
    ],
)
def test_what_to_type_into_the_browser(address: str, said: str) -> None:
    assert launch.url(address, 8501) == said
