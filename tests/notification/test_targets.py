"""Which addresses there are, and that secrets stay out of them."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.config import AuditConfig
from auditor.domain.errors import ConfigError, NotificationError
from auditor.domain.notices import NoticeKind, Target
from auditor.notification import deliver
from tests.fakes.clock import FakeClock
from tests.fakes.hook import Hook
from tests.notification.conftest import NOTICE

CLOCK = FakeClock(datetime(2026, 11, 24, tzinfo=UTC))


def test_every_form_is_understood() -> None:
    hook = Target.parse("https://chat.example.org:8443/hooks/t0ken?key=t0ken")
    assert (hook.kind, hook.label) == (NoticeKind.WEBHOOK, "https://chat.example.org:8443")
    mail = Target.parse("mailto:a@b.org,c%2Bd@e.org")
    assert (mail.server, mail.recipients) == (None, ("a@b.org", "c+d@e.org"))
    assert Target.parse("smtp://mail.org/a@b.org").server == "smtp://mail.org:25"
    assert Target.parse("smtps://mail.org/a@b.org").server == "smtps://mail.org:465"
    assert Target.parse("smtp://[::1]:2525/a@b.org").server == "smtp://[::1]:2525"
    assert Target.parse("env:CHAT_HOOK").kind is NoticeKind.VARIABLE


@pytest.mark.parametrize(
    "address",
    [
        *("", "nonsense", "ftp://host/x", "https://", "mailto:", "mailto:nobody", "smtp://host/"),
        *("mailto:a@b.org?subject=x", "mailto:a@b.org\nBcc:c@d.org x", "env:", "env:A B"),
        *("https://ann:s3cret@host/x", "https://ann@host/x", "smtp://ann:s3cret@host/a@b.org"),
        *("http://host:port/x", "http://[::1/x", "slack://a/b"),
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"expected|belong|address") as caught:
        Target.parse(address)
    assert "s3cret" not in str(caught.value)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_target_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert Target.parse(text).label


def test_an_address_can_live_in_the_environment_alone(hook: Hook) -> None:
    where = deliver(NOTICE, "env:CHAT", environment={"CHAT": hook.address}, clock=CLOCK)
    assert where == "env:CHAT"
    assert hook.paths == ["/hook/t0ken"]


@pytest.mark.parametrize("value", [None, "", "t0ken", "env:CHAT", "https://ann:t0ken@host/"])
def test_a_variable_without_an_address_is_said_without_its_value(value: str | None) -> None:
    environment = {} if value is None else {"CHAT": value}
    with pytest.raises(NotificationError) as caught:
        deliver(NOTICE, "env:CHAT", environment=environment, clock=CLOCK)
    assert "CHAT" in caught.value.remedy
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://mail.org", "smtp://ann:s3cret@mail.org", "mail.org"])
def test_a_wrong_mail_server_is_said_without_its_value(url: str) -> None:
    with pytest.raises(NotificationError) as caught:
        deliver(NOTICE, "mailto:a@b.org", environment={"AUDITOR_SMTP_URL": url}, clock=CLOCK)
    assert "AUDITOR_SMTP_URL" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_configuration_holds_no_password() -> None:
    tree = {"data": {"path": "x"}, "model": {"factory": "a:b"}}
    with pytest.raises(ConfigError) as caught:
        AuditConfig.from_dict(tree | {"notify": {"targets": ["https://ann:pw@host/"]}})
    assert "notify.targets" in str(caught.value)
    config = AuditConfig.from_dict(tree | {"notify": {"targets": ["env:CHAT"], "on": "always"}})
    assert tomllib.loads(config.to_toml())["notify"]["targets"] == ["env:CHAT"]
