"""Mail: through a real server, encrypted where it leaves this machine."""

from __future__ import annotations

import email
import email.policy
import socket
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.domain.errors import NotificationError
from auditor.domain.notices import Notice
from auditor.notification import deliver
from tests.fakes.clock import FakeClock
from tests.notification.conftest import NOTICE, RIGHT, WRONG, Post, Servers

ANN = "ann@example.org"


@pytest.fixture
def mail_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is not this machine's and leads to it."""
    real = socket.getaddrinfo

    def find(host: Any, *more: Any, **settings: Any) -> Any:
        return real("127.0.0.1" if host == "mail.test" else host, *more, **settings)

    monkeypatch.setattr(socket, "getaddrinfo", find)


def send(address: str, notice: Notice = NOTICE, **environment: str) -> FakeClock:
    clock = FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
    names = {f"AUDITOR_SMTP_{key.upper()}": value for key, value in environment.items()}
    deliver(notice, address, environment=names, clock=clock)
    return clock


def message(post: Post) -> Any:
    (envelope,) = post.envelopes
    content = envelope.content
    assert isinstance(content, bytes)
    return email.message_from_bytes(content, policy=email.policy.default)


def test_a_message_arrives_with_its_text(servers: Servers) -> None:
    post = servers.start()
    text = "cow: clean → confirmed\nKühe"
    send(
        f"mailto:{ANN},bob@example.org",
        replace(NOTICE, text=text),
        url=f"smtp://127.0.0.1:{post.port}",
        **{"from": "audits@example.org"},
    )
    got = message(post)
    assert post.envelopes[0].rcpt_tos == [ANN, "bob@example.org"]
    assert got["From"] == "audits@example.org"
    assert got["Subject"] == "[auditor] nightly: done"
    assert got.get_content().splitlines() == text.splitlines()
    assert "nightly-1@" in got["Message-ID"]


def test_a_name_with_line_ends_forges_no_header(servers: Servers) -> None:
    post = servers.start()
    forged = replace(NOTICE, subject="cow\r\nBcc: eve@example.org\r\n\r\nhello")
    send(f"smtp://127.0.0.1:{post.port}/{ANN}", forged)
    assert message(post)["Bcc"] is None
    assert post.envelopes[0].rcpt_tos == [ANN]


@pytest.mark.usefixtures("mail_test")
def test_what_leaves_the_machine_is_encrypted_and_signed_in(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", servers.authority)
    post = servers.start(tls_context=servers.context, require_starttls=True)
    send(f"smtp://mail.test:{post.port}/{ANN}", user="ann", password=RIGHT.decode())
    assert post.over_tls == [True]
    assert post.signed_in == [(b"ann", RIGHT)]


@pytest.mark.usefixtures("mail_test")
def test_tls_from_the_first_byte(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", servers.authority)
    post = servers.start(ssl_context=servers.context)
    send(f"smtps://mail.test:{post.port}/{ANN}")
    assert len(post.envelopes) == 1


@pytest.mark.usefixtures("mail_test")
def test_a_certificate_of_nobody_is_refused(servers: Servers) -> None:
    post = servers.start(tls_context=servers.context)
    with pytest.raises(NotificationError) as caught:
        send(f"smtp://mail.test:{post.port}/{ANN}")
    assert "certificate" in caught.value.got or "self-signed" in caught.value.got
    assert not caught.value.again
    assert post.envelopes == []


@pytest.mark.usefixtures("mail_test")
def test_no_tls_no_mail_unless_it_is_switched_off_and_never_a_password(servers: Servers) -> None:
    post = servers.start(auth_require_tls=False)
    address = f"smtp://mail.test:{post.port}/{ANN}"
    with pytest.raises(NotificationError) as caught:
        send(address)
    assert "STARTTLS" in caught.value.got
    with pytest.raises(NotificationError) as caught:
        send(address, tls="off", user="ann", password=RIGHT.decode())
    assert "TLS" in caught.value.got
    assert (post.envelopes, post.signed_in) == ([], [])
    send(address, tls="off")
    assert len(post.envelopes) == 1


def test_a_wrong_password_is_said_but_not_shown(servers: Servers) -> None:
    post = servers.start(auth_require_tls=False)
    with pytest.raises(NotificationError) as caught:
        send(f"smtp://localhost:{post.port}/{ANN}", user="ann", password=WRONG.decode())
    assert "535" in caught.value.got
    assert WRONG.decode() not in str(caught.value)


def test_a_busy_server_is_tried_again_and_a_refusal_is_not(servers: Servers) -> None:
    post = servers.start()
    post.answers = ["451 try later", "250 OK"]
    assert len(send(f"smtp://127.0.0.1:{post.port}/{ANN}").slept) == 1
    assert len(post.envelopes) == 2
    post.answers = ["554 no"]
    with pytest.raises(NotificationError) as caught:
        send(f"smtp://127.0.0.1:{post.port}/{ANN}")
    assert caught.value.code == "notify.mail_refused"
    assert "554 no" in caught.value.got
    assert len(post.envelopes) == 3


def test_refused_recipients_are_named(servers: Servers) -> None:
    post = servers.start()
    post.refused = {"bob@example.org"}
    with pytest.raises(NotificationError) as caught:
        send(f"smtp://127.0.0.1:{post.port}/{ANN},bob@example.org")
    assert "bob@example.org" in caught.value.got
    assert post.envelopes[0].rcpt_tos == [ANN]


def test_no_server_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(NotificationError) as caught:
        send(f"smtp://127.0.0.1:{port}/{ANN}")
    assert "refused" in caught.value.got
