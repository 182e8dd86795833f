"""Team mode in a real browser: people sign in at a real provider, roles hold, names are kept."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from auditor.reviews.store import open_store
from tests.browser.conftest import PATIENCE_MS, free_port, serving
from tests.fakes.oidc import CLIENT_ID, CLIENT_SECRET, Provider, provider
from tests.fakes.runs import make_run

pytestmark = pytest.mark.browser

PEOPLE = {
    "Vera": {"sub": "1", "email": "Vera@clinic.example", "email_verified": True},
    "Rosa": {"sub": "2", "email": "rosa@clinic.example"},
    "Adam": {"sub": "3", "email": "adam@clinic.example"},
    "Mallory": {"sub": "4", "email": "rosa@clinic.example", "email_verified": False},
    "Nils": {"sub": "5", "email": "nils@elsewhere.example"},
    "Nemo": {"sub": "6", "name": "<b>Nemo</b>"},
}
ROLES = """
[people]
"rosa@clinic.example" = "reviewer"
"Adam@clinic.example" = "admin"

[domains]
"clinic.example" = "viewer"
"""
SECRETS = """
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "{id}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""
CARD = "article.card[aria-current=true]"


@dataclass(frozen=True)
class Team:
    """A dashboard that asks who comes."""

    url: str
    runs: Path
    provider: Provider

    def saved(self) -> list[tuple[str, str, str]]:
        """(reviewer, decision, note) of every event, in order."""
        with sqlite3.connect(self.runs / "reviews.sqlite3") as database:
            query = "SELECT reviewer, decision, note FROM reviews ORDER BY id"
            return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    home = tmp_path_factory.mktemp("team")
    make_run(home / "runs" / "shared", classes=3, per_class=6)
    open_store(home / "runs").close()
    (home / "roles.toml").write_text(ROLES)
    (home / ".streamlit").mkdir()
    port = free_port()
    with provider(PEOPLE) as known:
        (home / ".streamlit" / "secrets.toml").write_text(
            SECRETS.format(
                url=f"http://127.0.0.1:{port}",
                id=CLIENT_ID,
                secret=CLIENT_SECRET,
                provider=known.url,
            )
        )
        roles = str(home / "roles.toml")
        with serving(home / "runs", port=port, AUDITOR_ROLES=roles) as url:
            yield Team(url, home / "runs", known)
        assert known.faults == []


@pytest.fixture
def visitor(chromium: Browser, team: Team) -> Iterator[Page]:
    """A page with cookies of its own that goes nowhere but to the app and its provider."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    own = (team.url, team.url.replace("http", "ws"), team.provider.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


def sign_in(page: Page, team: Team, who: str) -> None:
    page.goto(f"{team.url}/?run=shared&show=all")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=who).click()


def test_nobody_sees_anything_before_signing_in(visitor: Page, team: Team) -> None:
    frames: list[bytes | str] = []

    def listen(frame: bytes | str) -> None:
        frames.append(frame)

    visitor.on("websocket", lambda socket: socket.on("framereceived", listen))
    for path in ("", "overview", "case", "reports", "runs", "team"):
        visitor.goto(f"{team.url}/{path}?run=shared")
        expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()
        assert visitor.locator("article.card").count() == 0
    sent = b"".join(frame if isinstance(frame, bytes) else frame.encode() for frame in frames)
    assert b"Sign in" in sent
    for secret in (b"shared", b"kingfisher", b"bicycle", b"image/jpeg", CLIENT_SECRET.encode()):
        assert secret not in sent.replace(b"run=shared", b"")


def test_a_viewer_looks_and_cannot_decide(visitor: Page, team: Team) -> None:
    before = team.saved()
    sign_in(visitor, team, "Vera")
    expect(visitor.get_by_text("vera@clinic.example · viewer")).to_be_visible()
    expect(visitor.get_by_text("You look as a viewer")).to_be_visible()
    visitor.wait_for_selector(CARD)
    visitor.keyboard.press("1")
    visitor.keyboard.press("j")
    visitor.keyboard.press("Enter")
    visitor.wait_for_url(re.compile("/case"))
    expect(visitor.get_by_role("button", name="1 Yes, shortcut")).to_be_disabled()
    visitor.goto(f"{team.url}/team")
    expect(visitor.get_by_role("heading", name="Team")).to_have_count(0)
    assert team.saved() == before


def test_a_viewer_who_forges_a_decision_is_refused_by_the_server(visitor: Page, team: Team) -> None:
    before = team.saved()
    sign_in(visitor, team, "Vera")
    visitor.wait_for_selector(CARD)
    # The component itself believes that it may: only the server is left to refuse.
    visitor.add_init_script(
        "const parse = JSON.parse; JSON.parse = (...args) => {"
        " const value = parse(...args);"
        " if (value?.scope?.readonly) value.scope.readonly = false; return value; }"
    )
    visitor.reload()
    visitor.wait_for_selector(CARD)
    visitor.keyboard.press("1")
    expect(visitor.get_by_text("The last decision was not saved")).to_be_visible()
    expect(visitor.get_by_text("You may not decide here.").first).to_be_visible()
    assert team.saved() == before


def test_a_reviewers_decisions_carry_the_signed_in_name(visitor: Page, team: Team) -> None:
    sign_in(visitor, team, "Rosa")
    expect(visitor.get_by_text("rosa@clinic.example · reviewer")).to_be_visible()
    visitor.wait_for_selector(CARD)
    visitor.keyboard.press("1")
    visitor.keyboard.press("x")
    visitor.keyboard.press("x")
    visitor.keyboard.press("2")
    expect(visitor.locator(".tally .left")).to_have_text("3")
    visitor.keyboard.press("Enter")
    visitor.wait_for_url(re.compile("/case"))
    visitor.wait_for_selector(".viewer .photograph")
    visitor.keyboard.press("n")
    visitor.keyboard.type("<b>look</b> ![](http://elsewhere.example/)")
    visitor.keyboard.press("Control+Enter")
    expect(visitor.locator(".told .noted")).to_contain_text("<b>look</b> ![](http")
    expect(visitor.locator(".waiting").first).to_have_text("")
    assert [(who, what) for who, what, _ in team.saved()] == [
        ("rosa@clinic.example", "confirmed"),
        ("rosa@clinic.example", "dismissed"),
        ("rosa@clinic.example", "dismissed"),
        ("rosa@clinic.example", "noted"),
    ]


@pytest.mark.slow
def test_an_admin_sees_who_may_do_what(visitor: Page, team: Team) -> None:
    sign_in(visitor, team, "Adam")
    expect(visitor.get_by_text("adam@clinic.example · admin")).to_be_visible()
    visitor.get_by_role("link", name="Team").click()
    expect(visitor.get_by_role("heading", name="Nothing is assigned to you")).to_be_visible()
    expect(visitor.get_by_role("heading", name="Roles")).to_be_visible()


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("Mallory", "has not verified"),
        ("Nils", "Ask whoever runs this page"),
        ("Nemo", "does not say your e-mail address"),
    ],
)
def test_without_a_role_there_is_nothing_but_the_way_out(
    visitor: Page, team: Team, who: str, why: str
) -> None:
    sign_in(visitor, team, who)
    expect(visitor.get_by_role("heading", name="You may not look")).to_be_visible()
    expect(visitor.get_by_text(why)).to_be_visible()
    assert visitor.locator("article.card").count() == 0
    assert visitor.locator("[data-testid=stMain] b").count() == 0
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.slow
def test_signing_out_ends_it(visitor: Page, team: Team) -> None:
    sign_in(visitor, team, "Rosa")
    visitor.wait_for_selector(CARD)
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()
    visitor.goto(f"{team.url}/?run=shared")
    expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_role_that_is_taken_away_counts_at_once(visitor: Page, team: Team) -> None:
    sign_in(visitor, team, "Rosa")
    visitor.wait_for_selector(CARD)
    before = team.saved()
    rules = team.runs.parent / "roles.toml"
    rules.write_text(ROLES.replace('"reviewer"', '"viewer"'))
    try:
        visitor.keyboard.press("1")
        expect(visitor.get_by_text("You may not decide here.").first).to_be_visible()
        assert team.saved() == before
    finally:
        rules.write_text(ROLES)
