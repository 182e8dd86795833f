"""Real servers on this machine: a webhook's receiver, and mail servers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from auditor.domain.notices import Notice
from tests.fakes.hook import Hook, receiver

RIGHT, WRONG = b"right", b"wr0ng"
NOTICE = Notice("nightly-1", "[auditor] nightly: done", "cow: clean → confirmed", {"text": "moo"})


@pytest.fixture
def hook() -> Iterator[Hook]:
    with receiver() as got:
        yield got


@dataclass
class Post:
    """A mail server's box: envelopes, sign-ins, and what it answers to DATA."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: Any, session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        self.over_tls.append(session.ssl is not None)
        return self.answers.pop(0) if self.answers else "250 OK"

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        self.signed_in.append((data.login, data.password))
        return AuthResult(success=data.password == RIGHT, handled=False)


@dataclass(frozen=True)
class Servers:
    """Starts mail servers; `authority` is the file of the certificate that signed theirs."""

    authority: str
    context: ssl.SSLContext
    started: list[Controller]

    def start(self, **settings: Any) -> Post:
        post = Post()
        controller = AnyPort(
            post, hostname="127.0.0.1", port=0, authenticator=post.authenticate, **settings
        )
        controller.start()
        self.started.append(controller)
        post.port = controller.port
        return post


class AnyPort(Controller):
    """Listens on a free port and says which."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def servers(tmp_path: Any) -> Iterator[Servers]:
    authority = trustme.CA()
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost", "mail.test").configure_cert(context)
    made = Servers(str(file), context, [])
    yield made
    for controller in made.started:
        controller.stop()
