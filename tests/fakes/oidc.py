"""A small OpenID Connect provider on loopback: discovery, sign-in, PKCE, RS256 tokens, sign-out."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "auditor", "of-the-client"
LIFETIME_SECONDS = 300


@dataclass
class Provider:
    """What the provider knows.

    Attributes:
        people: name on the button -> claims of the id token.
        key: that signs.
        url: where it listens.
        codes: given out and not yet exchanged: code -> (claims, what was asked).
        faults: requests that a client should not have made.
    """

    people: dict[str, dict[str, Any]]
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    url: str = ""
    codes: dict[str, tuple[dict[str, Any], dict[str, str]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def page(self, asked: dict[str, str]) -> str:
        """A button for everybody who has an account."""
        ways = "".join(
            f'<p><a href="/approve?{escape(urlencode(asked | {"who": who}))}">{escape(who)}</a></p>'
            for who in self.people
        )
        return f"<!doctype html><title>Provider</title><h1>Who are you?</h1>{ways}"

    def approve(self, asked: dict[str, str]) -> str:
        """Where the browser goes on with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = (self.people[asked["who"]], asked)
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The id token for a code, once, to the client alone that asked for it; else None."""
        claims, asked = self.codes.pop(form.get("code", ""), ({}, {}))
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = {
            "code": bool(asked),
            "client": authorization == f"Basic {basic}",
            "PKCE": challenge == asked.get("code_challenge"),
            "redirect": form.get("redirect_uri") == asked.get("redirect_uri"),
        }
        self.faults += [name for name, held in right.items() if not held]
        if not all(right.values()):
            return None
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + LIFETIME_SECONDS}
        said |= {"nonce": asked["nonce"]} | claims
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, said, self.key)
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "id_token": signed,
        }


@contextmanager
def provider(people: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """A provider that listens until the block ends."""
    known = Provider(people)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query))
            match parts.path:
                case "/.well-known/openid-configuration":
                    self.answer(known.metadata())
                case "/jwks":
                    self.answer({"keys": [known.key.as_dict(private=False) | {"use": "sig"}]})
                case "/authorize":
                    self.answer(known.page(asked), "text/html; charset=utf-8")
                case "/approve":
                    self.go(known.approve(asked))
                case "/logout":
                    self.go(asked["post_logout_redirect_uri"])
                case _:
                    self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            token = known.token(form, self.headers.get("Authorization", ""))
            if token is None:
                self.answer({"error": "invalid_grant"}, status=400)
            else:
                self.answer(token)

        def answer(
            self, content: dict[str, Any] | str, kind: str = "application/json", status: int = 200
        ) -> None:
            body = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def go(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield known
        finally:
            server.shutdown()
            thread.join()
