"""Who gets past the door, and what every answer carries: rebinding, uploads, tokens, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from auditor.domain.errors import AuditorError
from dashboard import launch
from dashboard.door import (
    COOKIE,
    MOST_MESSAGE,
    REFUSED,
    SAFE,
    Door,
    Rules,
    host_counts,
    known_hosts,
)
from tests.fakes.loops import run_apart

TOKEN = "0123456789abcdef" * 2
LOCAL = Rules(known_hosts(launch.LOCAL_HOSTS))
EXPOSED = replace(LOCAL, literals=True, token=TOKEN)


@dataclass
class Answer:
    """What came back, and whether the app behind the door was asked."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    asked: bool = False
    closed: int | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)


def ask(
    rules: Rules,
    path: str = "/",
    *,
    host: str = "localhost:8501",
    method: str = "GET",
    query: str = "",
    kind: str = "http",
    said: Sequence[dict[str, Any]] = (),
    **headers: str,
) -> Answer:
    answer = Answer()
    waiting = [{"type": "websocket.connect"}, *said] if kind == "websocket" else [*said]

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        answer.asked = True
        if kind == "websocket":
            for _ in waiting.copy():
                answer.heard.append(await receive())
            return
        framed = [(b"X-Frame-Options", b"ALLOWALL"), (b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": framed})
        await send({"type": "http.response.body", "body": b"app"})

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            for name, value in message["headers"]:
                assert name.decode() not in answer.headers
                answer.headers[name.decode()] = value.decode()
        elif message["type"] == "http.response.body":
            answer.body += message["body"]
        else:
            answer.closed = message.get("code")

    sent = [(b"host", host.encode())] if host else []
    sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": kind,
        "path": path,
        "method": method,
        "query_string": query.encode(),
        "headers": sent,
        "scheme": "http",
    }
    run_apart(Door(behind, rules)(scope, receive, send))
    return answer


def raw(headers: list[tuple[bytes, bytes]], rules: Rules = LOCAL, kind: str = "http") -> list[Any]:
    """What the app was called with, for headers as they come, in twos as well."""
    seen: list[Any] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        pass

    scope = {"type": kind, "path": "/", "method": "GET", "query_string": b"", "headers": headers}
    run_apart(Door(behind, rules)(scope, receive, send))
    return seen


@pytest.mark.parametrize(
    ("host", "counts"),
    [
        ("localhost:8501", True),
        ("LOCALHOST.", True),
        ("127.0.0.1:1", True),
        ("[::1]:8501", True),
        ("evil.example", False),
        ("evil.example:8501", False),
        ("localhost.evil.example", False),
        ("evil@localhost", False),
        ("localhost/..", False),
        ("localhost:port", False),
        ("192.0.2.7", False),
        ("", False),
    ],
)
def test_only_known_names_count(host: str, counts: bool) -> None:
    assert host_counts(host, LOCAL) is counts
    assert ask(LOCAL, host=host).asked is counts
    assert ask(LOCAL, host=host, kind="websocket").asked is counts


def test_names_below_a_pattern_and_numbers() -> None:
    rules = Rules(known_hosts(["*.example.org", "*", " "]), literals=True)
    assert host_counts("a.example.org", rules)
    assert not host_counts("example.org", rules)
    assert not host_counts("evilexample.org", rules)
    assert not host_counts("evil.example", rules)
    assert host_counts("192.0.2.7:8501", rules)
    assert host_counts("[2001:db8::1]", rules)


@pytest.mark.parametrize(
    ("origin", "asked"),
    [
        ("http://localhost:8501", True),
        ("http://localhost:9999", False),
        ("https://evil.example", False),
        ("null", False),
        (None, True),
    ],
)
def test_a_websocket_of_another_page_is_refused(origin: str | None, asked: bool) -> None:
    headers = {} if origin is None else {"origin": origin}
    found = ask(LOCAL, "/_stcore/stream", kind="websocket", **headers)
    assert found.asked is asked
    assert found.closed == (None if asked else REFUSED)


@pytest.mark.parametrize("path", ["/", "/_stcore/metrics", "/_stcore/upload_file/a/b", "/case"])
@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_no_answer_can_be_framed(path: str, host: str) -> None:
    found = ask(LOCAL, path, host=host)
    assert found.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in found.headers["content-security-policy"]
    assert "X-Frame-Options" not in found.headers
    assert {name.decode() for name, _ in SAFE} <= set(found.headers)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS", "GET"])
def test_nothing_can_be_uploaded(method: str) -> None:
    for path in ("/_stcore/upload_file/session/file", "//_stcore/upload_file/session/file"):
        found = ask(LOCAL, path, method=method)
        assert (found.asked, found.status) == (False, 404)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "TRACE"])
def test_nothing_can_be_sent_elsewhere(method: str) -> None:
    assert ask(LOCAL, "/", method=method).status == 405


def test_metrics_need_their_own_token() -> None:
    assert ask(LOCAL, "/_stcore/metrics").status == 404
    rules = replace(EXPOSED, metrics="m" * 20)
    assert ask(rules, "/_stcore/metrics").status == 404
    assert ask(rules, "/_stcore/metrics", authorization="Bearer wrong").status == 404
    assert ask(rules, "/_stcore/metrics", authorization=f"Bearer {'m' * 20}").asked


def test_health_is_open_by_any_name() -> None:
    assert ask(EXPOSED, "/_stcore/health", host="10.1.2.3:8501").asked
    assert ask(EXPOSED, "/_stcore/health", host="pod.cluster").asked


def test_without_the_token_nothing_is_shown() -> None:
    for query in ("", "token=", "token=wrong", "token=" + TOKEN[:-1]):
        found = ask(EXPOSED, "/case", query=query)
        assert (found.asked, found.status) == (False, 403)
    for cookie in ("", f"{COOKIE}=", f"{COOKIE}=wrong", "a=b; c", f"{COOKIE}wrong={TOKEN}"):
        assert ask(EXPOSED, "/media/x", cookie=cookie).status == 403
        refused = ask(EXPOSED, "/_stcore/stream", kind="websocket", cookie=cookie)
        assert (refused.asked, refused.closed) == (False, REFUSED)


def test_the_token_becomes_a_cookie_and_leaves_the_address() -> None:
    found = ask(EXPOSED, "/case", query=f"run=a+b&token={TOKEN}&case=1")
    assert (found.asked, found.status) == (False, 303)
    assert found.headers["location"] == "/case?run=a+b&case=1"
    cookie = found.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    held = cookie.partition(";")[0]
    assert ask(EXPOSED, "/", cookie=f"a=b; {held}").asked
    stream = ask(EXPOSED, "/_stcore/stream", kind="websocket", cookie=held)
    assert stream.asked


def test_the_address_without_token_stays_on_this_host() -> None:
    for path in ("//evil.example/", "/\\evil.example"):
        found = ask(EXPOSED, path, query=f"token={TOKEN}")
        assert found.headers["location"].startswith("/evil.example")


def test_a_message_that_is_too_long_ends_the_session() -> None:
    short = {"type": "websocket.receive", "bytes": b"x" * MOST_MESSAGE}
    long = {"type": "websocket.receive", "bytes": b"x" * (MOST_MESSAGE + 1)}
    found = ask(LOCAL, "/_stcore/stream", kind="websocket", said=[short, long])
    assert [message["type"] for message in found.heard] == [
        "websocket.connect",
        "websocket.receive",
        "websocket.disconnect",
    ]


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_on_this_machine_nothing_is_asked_and_only_its_names_count(address: str) -> None:
    made = launch.guarded(address, expose=False, signs_in=False, base={})
    rules = launch.rules(made)
    assert rules.token is None
    assert not rules.literals
    assert rules.hosts == {*launch.LOCAL_HOSTS, address}
    assert set(made[launch.HOSTS_VARIABLE].split()) == rules.hosts
    assert launch.rules({}).hosts == set(launch.LOCAL_HOSTS)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "box.example.org"])  # noqa: S104
def test_for_other_machines_there_is_a_flag_and_a_token(address: str) -> None:
    with pytest.raises(AuditorError) as caught:
        launch.guarded(address, expose=False, signs_in=False, base={})
    assert caught.value.code == "dashboard.exposed"
    made = launch.guarded(address, expose=True, signs_in=False, base={})
    rules = launch.rules(made)
    assert rules.token is not None
    assert len(rules.token) == 32
    assert (
        rules.token
        != launch.guarded(address, expose=True, signs_in=False, base={})[launch.TOKEN_VARIABLE]
    )
    assert f"?token={rules.token}" in launch.url(address, 8501, rules.token)
    assert not host_counts("evil.example", rules)


def test_a_team_signs_in_instead_and_names_its_proxy() -> None:
    made = launch.guarded(
        "0.0.0.0",  # noqa: S104
        expose=False,
        signs_in=True,
        hosts=["audit.example.org"],
        base={launch.HOSTS_VARIABLE: "also.example.org"},
    )
    rules = launch.rules(made)
    assert rules.token is None
    assert {"audit.example.org", "also.example.org"} <= rules.hosts
    assert not host_counts("evil.example", rules)


@pytest.mark.parametrize("chosen", ["short", "has spaces in it, long", "ünïcödé" * 5])
def test_a_token_of_one_s_own_is_long_and_plain(chosen: str) -> None:
    base = {launch.TOKEN_VARIABLE: chosen}
    with pytest.raises(AuditorError) as caught:
        launch.guarded("0.0.0.0", expose=True, signs_in=False, base=base)  # noqa: S104
    assert caught.value.code == "dashboard.weak_token"
    base = {launch.TOKEN_VARIABLE: TOKEN}
    made = launch.guarded("0.0.0.0", expose=True, signs_in=False, base=base)  # noqa: S104
    assert made[launch.TOKEN_VARIABLE] == TOKEN


def test_every_refusal_is_plain_text_that_nobody_keeps() -> None:
    for found, status in (
        (ask(LOCAL, host="evil.example"), 421),
        (ask(LOCAL, "/_stcore/upload_file/a"), 404),
        (ask(LOCAL, "/_stcore/agent"), 404),
        (ask(LOCAL, method="PUT"), 405),
        (ask(LOCAL, "/_stcore/metrics"), 404),
        (ask(EXPOSED), 403),
    ):
        assert found.status == status
        assert found.headers["content-type"] == "text/plain; charset=utf-8"
        assert found.headers["content-length"] == str(len(found.body))
        assert found.headers["cache-control"] == "no-store"
        assert len(found.body) > 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_let_through_as_it_came(method: str) -> None:
    found = ask(LOCAL, "/case", method=method)
    assert (found.asked, found.status, found.body) == (True, 200, b"app")
    assert found.headers["content-type"] == "text/html"


def test_what_is_neither_a_page_nor_a_stream_is_the_apps_matter() -> None:
    assert raw([], kind="lifespan")


def test_a_header_that_stands_twice_hides_nothing() -> None:
    local, evil = (b"host", b"localhost"), (b"Host", b"evil.example")
    assert raw([local])
    assert not raw([local, evil])
    assert not raw([evil, local])
    token = (b"cookie", f"{COOKIE}={TOKEN}".encode())
    assert raw([local, (b"cookie", b"a=b"), token], EXPOSED)
    assert raw([local, token, (b"cookie", b"a=b")], EXPOSED)
    own, other = (b"origin", b"http://localhost"), (b"origin", b"https://evil.example")
    assert raw([local, own], kind="websocket")
    assert not raw([local, own, other], kind="websocket")
    assert raw([local, (b"origin", b"http://LOCALHOST")], kind="websocket")


def test_a_host_is_a_name_and_a_port_and_nothing_else() -> None:
    for host in ("localhost?a", "localhost#a", "a@localhost", "localhost/", ":8501", "[::1"):
        assert not host_counts(host, LOCAL)
    assert not host_counts(None, LOCAL)
    assert not host_counts("999.1.1.1", EXPOSED)
    assert Rules(frozenset()) == Rules(frozenset(), literals=False, token=None, metrics=None)
    assert not Rules(frozenset()).literals


def test_names_are_known_in_lower_case_without_dots_and_brackets() -> None:
    assert known_hosts([" Box.Example. ", "[::1]", "*", "", "*.A.b"]) == {
        "box.example",
        "::1",
        "*.a.b",
    }


def test_the_cookie_of_a_secure_page_is_for_secure_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ask(EXPOSED, "/case", query=f"token={TOKEN}&note=")
    assert found.headers["location"] == "/case?note="
    assert "Secure" not in found.headers["set-cookie"]
    assert "Path=/" in found.headers["set-cookie"]
    assert found.body == b""
    assert ask(EXPOSED, "/", query=f"token={TOKEN}").headers["location"] == "/"
    first = ask(EXPOSED, "/", query=f"token=wrong&token={TOKEN}")
    assert first.status == 403
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "path": "/",
        "method": "GET",
        "query_string": f"token={TOKEN}".encode(),
        "headers": [(b"host", b"localhost")],
        "scheme": "https",
    }
    run_apart(Door(None, EXPOSED)(scope, None, send))  # type: ignore[arg-type]
    assert dict(sent[0]["headers"])[b"set-cookie"].endswith(b"; Secure")


def test_a_message_of_text_is_bounded_too_and_the_end_says_why() -> None:
    at_most = {"type": "websocket.receive", "text": "x" * MOST_MESSAGE}
    over = {"type": "websocket.receive", "text": "x" * (MOST_MESSAGE + 1)}
    found = ask(LOCAL, "/_stcore/stream", kind="websocket", said=[at_most, over])
    assert [each.get("code") for each in found.heard] == [None, None, 1009]
    assert ask(LOCAL, host="evil.example", kind="websocket").closed == REFUSED == 1008
    assert MOST_MESSAGE == 1024 * 1024
