"""A webhook: what arrives, what is tried again, and what never leaks."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auditor.domain.errors import NotificationError
from auditor.notification import deliver
from auditor.notification.webhook import Webhook
from tests.fakes.clock import FakeClock
from tests.fakes.hook import Hook
from tests.notification.conftest import NOTICE

KEY = "a shared secret"


def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 24, tzinfo=UTC))


def test_json_arrives_signed_and_named(hook: Hook) -> None:
    notice = replace(NOTICE, data={"text": "Kühe: 日本", "n": None})
    where = deliver(
        notice, hook.address, environment={"AUDITOR_WEBHOOK_SECRET": KEY}, clock=clock()
    )
    assert where == hook.address.removesuffix("/hook/t0ken")
    (body,), (headers,) = hook.bodies, hook.headers
    assert json.loads(body) == notice.data
    assert hook.paths == ["/hook/t0ken"]
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["X-Auditor-Delivery"] == "nightly-1"
    expected = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Auditor-Signature-256"] == f"sha256={expected}"


def test_without_a_secret_nothing_is_signed(hook: Hook) -> None:
    deliver(NOTICE, hook.address, environment={}, clock=clock())
    assert "X-Auditor-Signature-256" not in hook.headers[0]


def test_a_server_s_fault_is_tried_again_with_growing_pauses(hook: Hook) -> None:
    hook.answers = [500, 429, 200]
    waited = clock()
    deliver(NOTICE, hook.address, environment={}, clock=waited)
    assert len(hook.bodies) == 3
    assert waited.slept == sorted(waited.slept)
    assert len(waited.slept) == 2
    assert {headers["X-Auditor-Delivery"] for headers in hook.headers} == {"nightly-1"}


def test_three_tries_and_no_more(hook: Hook) -> None:
    hook.answers = [503] * 9
    with pytest.raises(NotificationError) as caught:
        deliver(NOTICE, hook.address, environment={}, clock=clock())
    assert len(hook.bodies) == 3
    assert "503" in caught.value.got


@pytest.mark.parametrize("code", [302, 307, 400, 404, 410])
def test_what_will_not_change_is_tried_once(hook: Hook, code: int) -> None:
    hook.answers = [code]
    with pytest.raises(NotificationError) as caught:
        deliver(NOTICE, hook.address, environment={}, clock=clock())
    assert str(code) in caught.value.got
    assert hook.paths == ["/hook/t0ken"]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_nobody_there_is_said_without_the_token() -> None:
    address = f"http://127.0.0.1:{free_port()}/t0ken"
    with pytest.raises(NotificationError) as caught:
        deliver(NOTICE, address, environment={}, clock=clock())
    assert "refused" in caught.value.got
    assert "t0ken" not in str(caught.value)
    assert "127.0.0.1" in caught.value.problem


def test_a_receiver_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/t0ken"
        with pytest.raises(NotificationError) as caught:
            Webhook(address, label="here", timeout=0.2).send(NOTICE)
    assert caught.value.again
    assert caught.value.got


def test_nonsense_for_an_answer_is_a_failure_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"\x00\xff what?\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NotificationError):
            Webhook(address, label="here", timeout=5).send(NOTICE)
        thread.join()
