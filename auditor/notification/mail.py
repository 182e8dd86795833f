"""Mail over SMTP."""

from __future__ import annotations

import ipaddress
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from auditor.domain.errors import NotificationError
from auditor.domain.notices import Notice

TIMEOUT_SECONDS = 20.0
TEMPORARY = range(400, 500)


@dataclass(frozen=True)
class Server:
    """A mail server and how to speak to it.

    Attributes:
        address: smtp://host:port (STARTTLS) or smtps://host:port (TLS from the first byte).
        user: signs in with `password` if given, over TLS or on this machine only.
        sender: of the messages.
        tls: whether smtp:// insists on STARTTLS; on this machine it does not.
    """

    address: str
    user: str | None = None
    password: str | None = None
    sender: str | None = None
    tls: bool = True

    def __repr__(self) -> str:
        return f"Server({self.address!r})"


class Mail:
    """A `Notifier` that sends `notice.text`."""

    def __init__(
        self, server: Server, recipients: tuple[str, ...], *, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._server = server
        self._recipients = recipients
        self._timeout = timeout

    def send(self, notice: Notice) -> None:
        """Hand it to the server.

        Raises:
            NotificationError: the server cannot be reached or trusted, or refuses.
        """
        try:
            with self._connected() as smtp:
                refused = smtp.send_message(self._message(notice))
        except smtplib.SMTPResponseException as error:
            said = error.smtp_error
            text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
            again = error.smtp_code in TEMPORARY
            raise self._failure(f"{error.smtp_code} {text}", again=again) from None
        except smtplib.SMTPRecipientsRefused as error:
            again = all(code in TEMPORARY for code, _ in error.recipients.values())
            who = ", ".join(error.recipients)
            raise self._failure(f"it refused {who}", again=again) from None
        except ssl.SSLCertVerificationError as error:
            raise self._failure(error.verify_message, again=False) from None
        except smtplib.SMTPNotSupportedError as error:
            raise self._failure(str(error), again=False) from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._failure(str(error) or type(error).__name__, again=True) from None
        if refused:
            raise self._failure(f"it refused {', '.join(refused)}", again=False)

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self._server.address)
        host, port = parts.hostname or "localhost", parts.port or 25
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=self._timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(host, port, timeout=self._timeout)
        try:
            if parts.scheme == "smtp" and self._server.tls and not _is_here(host):
                smtp.starttls(context=context)
            self._sign_in(smtp, host)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP, host: str) -> None:
        if self._server.user is None:
            return
        if not isinstance(smtp.sock, ssl.SSLSocket) and not _is_here(host):
            raise smtplib.SMTPNotSupportedError("a password is not sent without TLS")
        smtp.login(self._server.user, self._server.password or "")

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = " ".join(notice.subject.split())
        message["From"] = self._server.sender or f"auditor@{socket.getfqdn()}"
        message["To"] = ", ".join(self._recipients)
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = f"<{notice.id}@shortcut-auditor>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notice.text)
        return message

    def _failure(self, got: str, *, again: bool) -> NotificationError:
        return NotificationError(
            f"The mail server {self._server.address} did not take the message.",
            code="notify.mail_refused",
            expected="a server that can be reached, trusted and that accepts the recipients",
            got=got,
            remedy="check AUDITOR_SMTP_URL, AUDITOR_SMTP_USER, AUDITOR_SMTP_PASSWORD, "
            "AUDITOR_SMTP_FROM and AUDITOR_SMTP_TLS",
            again=again,
        )


def _is_here(host: str) -> bool:
    """Whether `host` is this machine: what is said to it crosses no network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in ("localhost", "localhost.")
