"""Notifications about scheduled audits: message and target."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

MAILBOX = re.compile(r"[^\s@,<>\"()]+@[^\s@,<>\"()]+")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FORMS = (
    "https://HOST/PATH for a webhook, mailto:NAME@HOST[,NAME@HOST], "
    "smtp[s]://SERVER[:PORT]/NAME@HOST[,NAME@HOST], or env:VARIABLE that holds one of these"
)


@dataclass(frozen=True)
class Notice:
    """One message.

    Attributes:
        id: the same for every try, so that a receiver can tell a repetition.
        subject: one line.
        text: for people.
        data: for machines, plain JSON values.
    """

    id: str
    subject: str
    text: str
    data: Mapping[str, Any]


class NoticeKind(StrEnum):
    """How a message is sent."""

    WEBHOOK = "webhook"
    MAIL = "mail"
    VARIABLE = "variable"


@dataclass(frozen=True)
class Target:
    """Where a message goes.

    Attributes:
        kind: how it travels.
        address: as it was given.
        server: of mail, "smtp://host:port" or "smtps://host:port"; None for the machine's own.
        recipients: of mail.
    """

    kind: NoticeKind
    address: str
    server: str | None = None
    recipients: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The address as logs may show it: without path and query, where tokens live."""
        if self.kind is NoticeKind.WEBHOOK:
            parts = urlsplit(self.address)
            return f"{parts.scheme}://{parts.netloc}"
        return self.address

    @classmethod
    def parse(cls, address: str) -> Target:
        """The target that an address names.

        Raises:
            ValueError: it names none, or carries a password.
        """
        address = address.strip()
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"{error}; expected {FORMS}") from None
        if parts.username is not None or parts.password is not None:
            raise ValueError(
                "no user or password belongs into an address that is kept: give env:VARIABLE, with "
                "the whole address in that variable; for mail set AUDITOR_SMTP_USER and "
                "AUDITOR_SMTP_PASSWORD"
            )
        match parts.scheme:
            case "http" | "https" if parts.hostname:
                return cls(NoticeKind.WEBHOOK, address)
            case "mailto":
                return cls(NoticeKind.MAIL, address, None, _recipients(parts.path, parts))
            case "smtp" | "smtps" if parts.hostname:
                standing = 465 if parts.scheme == "smtps" else 25
                host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
                server = f"{parts.scheme}://{host}:{port or standing}"
                return cls(
                    NoticeKind.MAIL, address, server, _recipients(parts.path.lstrip("/"), parts)
                )
            case "env" if VARIABLE.fullmatch(parts.path):
                return cls(NoticeKind.VARIABLE, address)
        raise ValueError(f"expected {FORMS}")


def _recipients(text: str, parts: SplitResult) -> tuple[str, ...]:
    found = tuple(unquote(one).strip() for one in text.split(","))
    if parts.query or parts.fragment:
        raise ValueError("only recipients belong into a mail address, nothing after ? or #")
    wrong = [one for one in found if not MAILBOX.fullmatch(one)]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no mail address; expected NAME@HOST")
    return found
