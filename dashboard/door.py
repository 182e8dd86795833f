"""Stands before every request: which host names count, who knows the token, what is open.

A plain ASGI middleware. It knows nothing of runs and of people: who signed in is `access`'s matter.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

HEALTH = "/_stcore/health"
METRICS = "/_stcore/metrics"
CLOSED = ("/_stcore/upload_file", "/_stcore/script-health-check", "/_stcore/agent")
"""Routes of Streamlit that this app does not use."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_MESSAGE = 2**20
"""Bytes of a message from a browser: what a click says is a few kilobytes."""
COOKIE = "auditor_token"
PARAMETER = "token"
SAFE: Headers = [
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'; base-uri 'self'; object-src 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
"""On every answer."""
TOO_BIG, REFUSED = 1009, 1008
"""Codes that close a WebSocket."""


@dataclass(frozen=True)
class Rules:
    """What the door asks.

    Attributes:
        hosts: names by which a browser may ask, in lower case; `*.example.org` covers what is below
            it. Never empty: a page elsewhere could point its own name here (DNS rebinding).
        literals: whether any address in numbers counts as well. No name can be rebound to one.
        token: who does not know it gets nothing; None where everybody on this machine may look.
        metrics: the bearer token for Prometheus; None closes the route.
    """

    hosts: frozenset[str]
    literals: bool = False
    token: str | None = None
    metrics: str | None = None


class Door:
    """Lets a request through to `app`, or answers itself."""

    def __init__(self, app: App, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            await self._http(scope, receive, _with_safe_headers(send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, headers = _path(scope), _headers(scope)
        if path == HEALTH:  # asked by address: by Docker, by the kubelet
            await self._app(scope, receive, send)
        elif not host_counts(headers.get("host"), self._rules):
            await _answer(send, 421, "This address is not one that the dashboard answers to.")
        elif path == METRICS:
            await self._metrics(scope, receive, send, headers)
        elif path.startswith(CLOSED):
            await _answer(send, 404, "There is nothing here.")
        elif scope["method"] not in READING:
            await _answer(send, 405, "Nothing can be sent to this address.")
        elif self._rules.token is None or self._knows(headers.get("cookie")):
            await self._app(scope, receive, send)
        else:
            await self._ask_token(scope, send)

    async def _metrics(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]
    ) -> None:
        wanted = self._rules.metrics
        given = headers.get("authorization", "").removeprefix("Bearer ")
        if wanted is None or not _same(given, wanted):
            await _answer(send, 404, "There is nothing here.")
        else:
            await self._app(scope, receive, send)

    async def _ask_token(self, scope: Scope, send: Send) -> None:
        """Whoever brings the token in the address gets a cookie, and the address without it."""
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        given = next((value for key, value in query if key == PARAMETER), "")
        if self._rules.token is None or not _same(given, self._rules.token):
            await _answer(
                send, 403, "Open the whole address that the dashboard printed, with its token."
            )
            return
        rest = urlencode([(key, value) for key, value in query if key != PARAMETER])
        # Never two slashes in front: that would be another host.
        target = "/" + _path(scope).lstrip("/\\") + (f"?{rest}" if rest else "")
        cookie = f"{COOKIE}={self._rules.token}; HttpOnly; SameSite=Strict; Path=/"
        if scope.get("scheme") == "https":
            cookie += "; Secure"
        headers = [
            (b"location", target.encode("latin-1", "ignore")),
            (b"set-cookie", cookie.encode()),
        ]
        await _answer(send, 303, "", headers)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        known = self._rules.token is None or self._knows(headers.get("cookie"))
        own = _is_own(headers.get("origin"), headers.get("host"))
        if known and own and host_counts(headers.get("host"), self._rules):
            await self._app(scope, _bounded(receive), send)
            return
        await receive()  # the handshake
        await send({"type": "websocket.close", "code": REFUSED})

    def _knows(self, cookies: str | None) -> bool:
        try:
            held = SimpleCookie(cookies or "").get(COOKIE)
        except CookieError:
            return False
        return held is not None and _same(held.value, self._rules.token or "")


def host_counts(host: str | None, rules: Rules) -> bool:
    """Whether the Host header of a request names this dashboard; a port does not matter."""
    try:
        parts = urlsplit(f"//{host or ''}")
        name, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if not name or parts.username is not None or parts.path or parts.query or parts.fragment:
        return False
    if name in rules.hosts or (rules.literals and _is_literal(name)):
        return True
    below = (pattern[1:] for pattern in rules.hosts if pattern.startswith("*."))
    return any(name.endswith(suffix) and name != suffix[1:] for suffix in below)


def known_hosts(names: Iterable[str]) -> frozenset[str]:
    """Names as `Rules` takes them. `*` alone would be every name and is left out."""
    plain = (name.strip().lower().rstrip(".").strip("[]") for name in names)
    return frozenset(name for name in plain if name and name != "*")


def _is_own(origin: str | None, host: str | None) -> bool:
    """A browser always says its page's origin; what is no browser may leave it out."""
    return origin is None or urlsplit(origin).netloc.lower() == (host or "").lower()


def _is_literal(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def _path(scope: Scope) -> str:
    return "/" + str(scope["path"]).lstrip("/")


def _headers(scope: Scope) -> dict[str, str]:
    """By name in lower case; of a name that stands twice, the values joined, so that none hides."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        joint = "; " if name == "cookie" else ", "
        found[name] = f"{found[name]}{joint}{text}" if name in found else text
    return found


def _with_safe_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in SAFE}
            kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in own]
            message = {**message, "headers": [*kept, *SAFE]}
        await send(message)

    return answer


def _bounded(receive: Receive) -> Receive:
    async def bounded() -> Message:
        message = await receive()
        if len(message.get("bytes") or message.get("text") or "") > MOST_MESSAGE:
            return {"type": "websocket.disconnect", "code": TOO_BIG}
        return message

    return bounded


async def _answer(send: Send, status: int, text: str, headers: Headers | None = None) -> None:
    body = text.encode()
    plain: Headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    start = {"type": "http.response.start", "status": status, "headers": [*plain, *(headers or [])]}
    await send(start)
    await send({"type": "http.response.body", "body": body})
