"""Which notifier an address needs, and how often a delivery is tried."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.domain.errors import NotificationError
from auditor.domain.notices import Notice, NoticeKind, Target
from auditor.notification.mail import Mail, Server
from auditor.notification.webhook import Webhook
from auditor.ports import Clock, Notifier

PAUSES_SECONDS = (1.0, 5.0)
"""before the second and the third try"""
WEBHOOK_SECRET = "AUDITOR_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
SMTP_URL = "AUDITOR_SMTP_URL"
SMTP_USER = "AUDITOR_SMTP_USER"
SMTP_PASSWORD = "AUDITOR_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
SMTP_FROM = "AUDITOR_SMTP_FROM"
SMTP_TLS = "AUDITOR_SMTP_TLS"
LOCAL_SERVER = "smtp://localhost:25"


def deliver(notice: Notice, address: str, *, environment: Mapping[str, str], clock: Clock) -> str:
    """Send a message, up to three times; where it went, as logs may show it.

    Args:
        notice: the message.
        address: see `Target`.
        environment: holds servers and secrets.
        clock: waits between the tries.

    Raises:
        NotificationError: no try succeeded, or none can.
    """
    target = Target.parse(address)
    notifier = notifier_for(target, environment)
    for pause in PAUSES_SECONDS:
        try:
            notifier.send(notice)
        except NotificationError as error:
            if not error.again:
                raise
            clock.sleep(pause)
        else:
            return target.label
    notifier.send(notice)
    return target.label


def notifier_for(target: Target, environment: Mapping[str, str]) -> Notifier:
    """The implementation behind an address.

    Raises:
        NotificationError: the environment lacks what the address needs.
    """
    if target.kind is NoticeKind.VARIABLE:
        return notifier_for(_from_variable(target, environment), environment)
    if target.kind is NoticeKind.WEBHOOK:
        secret = environment.get(WEBHOOK_SECRET) or None
        return Webhook(target.address, label=target.label, secret=secret)
    return Mail(
        Server(
            address=target.server or _own_server(environment),
            user=environment.get(SMTP_USER) or None,
            password=environment.get(SMTP_PASSWORD) or None,
            sender=environment.get(SMTP_FROM) or None,
            tls=environment.get(SMTP_TLS, "").lower() != "off",
        ),
        target.recipients,
    )


def _from_variable(target: Target, environment: Mapping[str, str]) -> Target:
    name = target.address.removeprefix("env:")
    try:
        found = Target.parse(environment.get(name, ""))
    except ValueError:
        found = None
    if found is None or found.kind is NoticeKind.VARIABLE:
        raise NotificationError(
            f"The variable {name} names no place to send to.",
            code="notify.no_address",
            expected=f"{name} to hold an address, without user and password in it",
            got="nothing" if not environment.get(name) else "something else (not shown)",
            remedy=f"set {name} for the process that runs the schedules",
        )
    return found


def _own_server(environment: Mapping[str, str]) -> str:
    """AUDITOR_SMTP_URL, checked by putting a recipient behind it."""
    url = (environment.get(SMTP_URL) or LOCAL_SERVER).rstrip("/")
    try:
        server = Target.parse(f"{url}/nobody@localhost").server
    except ValueError:
        server = None
    if server is None:
        raise NotificationError(
            f"{SMTP_URL} names no mail server.",
            code="notify.no_mail_server",
            expected="smtp://HOST:PORT or smtps://HOST:PORT, without user and password",
            got="something else (not shown)",
            remedy=f"correct {SMTP_URL}; {SMTP_USER} and {SMTP_PASSWORD} sign in",
        )
    return server
