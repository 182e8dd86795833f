"""The dashboard as it is started for other machines: Streamlit itself stands behind the door."""

from __future__ import annotations

import http.client
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from dashboard.door import MOST_MESSAGE, TOO_BIG

ROOT = Path(__file__).parents[2]
TOKEN = "served" * 4
PATIENCE = 120.0


@dataclass(frozen=True)
class Served:
    """A dashboard that listens everywhere, and the cookie of somebody who has the address."""

    port: int
    cookie: str

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        link.request(method, path, body, headers)
        answer = link.getresponse()
        answer.read()
        return answer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("served")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "dashboard", str(home), "--port", str(port)]
    own = {"PYTHONPATH": str(ROOT), "HOME": str(home), "AUDITOR_DASHBOARD_TOKEN": TOKEN}
    process = subprocess.Popen(
        [*command, "--address", "0.0.0.0", "--exposed"],  # noqa: S104
        cwd=home,
        env=os.environ | own,
        stdout=subprocess.DEVNULL,
    )
    found = Served(port, f"auditor_token={TOKEN}")
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(found):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(served: Served) -> bool:
    try:
        return served.ask("/_stcore/health").status == 200
    except OSError:
        return False


def test_pages_need_the_token(served: Served) -> None:
    assert served.ask("/").status == 403
    assert served.ask(f"/?token={TOKEN}").status == 303
    page = served.ask("/", Cookie=served.cookie)
    assert page.status == 200
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_uploads_and_metrics_are_closed(served: Served) -> None:
    sent = served.ask(
        "/_stcore/upload_file/a/b", method="PUT", body=b"x" * 100_000, Cookie=served.cookie
    )
    assert sent.status == 404
    assert served.ask("/_stcore/metrics", Cookie=served.cookie).status == 404


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{1}"])
def test_a_name_that_was_pointed_here_gets_nothing(served: Served, host: str) -> None:
    assert served.ask("/", Host=host, Cookie=served.cookie).status == 421


def test_a_session_needs_the_token_and_its_own_page(served: Served) -> None:
    address = f"ws://127.0.0.1:{served.port}/_stcore/stream"
    own = f"http://127.0.0.1:{served.port}"
    cookie = {"Cookie": served.cookie}
    with connect(address, origin=own, additional_headers=cookie) as session:  # type: ignore[arg-type]
        session.ping().wait(10)
    for origin, headers in ((own, {}), ("http://evil.example", cookie)):
        with pytest.raises(InvalidStatus):
            connect(address, origin=origin, additional_headers=headers)  # type: ignore[arg-type]


def test_a_long_message_is_refused_before_it_is_there(served: Served) -> None:
    """Else whoever can connect makes the server hold it for as long as it stays unfinished."""
    address = f"ws://127.0.0.1:{served.port}/_stcore/stream"
    with connect(address, additional_headers={"Cookie": served.cookie}) as session:
        announced = b"\x82\xff" + struct.pack(">Q", MOST_MESSAGE + 1) + bytes(4)
        session.socket.sendall(announced)  # a frame's head, and none of its bytes
        with pytest.raises(ConnectionClosed) as ended:
            session.recv(timeout=30)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == TOO_BIG
