"""Who may do what: solo mode, a whole team mode, and half a one that lets nobody in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.domain.errors import AuditorError
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from dashboard.components import inbox
from dashboard.runs import access as run_access
from dashboard.runs.access import RunCatalog
from dashboard.session import access, state
from dashboard.session.context import Context
from dashboard.session.roles import Role
from tests.dashboard.apps import Open, text
from tests.fakes.runs import make_run

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "c" * 32,
    "client_id": "auditor",
}
Team = Callable[..., None]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(access.ROLES_VARIABLE, raising=False)
    monkeypatch.setattr(access, "_settings", dict)


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Team:
    """Turns team mode on, with these claims of who is signed in."""
    roles = tmp_path / "roles.toml"
    roles.write_text(
        '[people]\n"v@a.example" = "viewer"\n"r@a.example" = "reviewer"\n"a@a.example" = "admin"\n'
    )

    def on(claims: dict[str, Any] | None = None, **settings: Any) -> None:
        monkeypatch.setenv(access.ROLES_VARIABLE, str(roles))
        monkeypatch.setattr(access, "_settings", lambda: SETTINGS | settings)
        monkeypatch.setattr(access, "_claims", lambda: claims)

    return on


def test_solo_mode_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(state.REVIEWER_VARIABLE, "Dr. Ana")
    person = access.current()
    assert (person.name, person.signed_in) == ("Dr. Ana", False)
    assert access.decider() == "Dr. Ana"


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        (None, Role.NONE),
        ({}, Role.NONE),
        ({"email": "V@a.example"}, Role.VIEWER),
        ({"email": "r@a.example", "email_verified": True}, Role.REVIEWER),
        ({"email": "a@a.example", "email_verified": "true"}, Role.ADMIN),
        ({"email": "a@a.example", "email_verified": False}, Role.NONE),
        ({"email": "a@a.example", "email_verified": "false"}, Role.NONE),
        ({"email": "a@a.example", "email_verified": None}, Role.NONE),
        ({"email": "x@a.example"}, Role.NONE),
        ({"name": "a@a.example", "sub": "a@a.example"}, Role.NONE),
    ],
)
def test_the_role_comes_from_the_verified_address(
    team: Team, claims: dict[str, Any] | None, role: Role
) -> None:
    team(claims)
    assert access.current().role is role
    if role.includes(Role.REVIEWER):
        assert access.decider() == str(claims and claims["email"]).lower()
    else:
        with pytest.raises(AuditorError) as caught:
            access.decider()
        assert caught.value.code == "dashboard.may_not"
    if not role.includes(Role.VIEWER):
        with pytest.raises(AuditorError) as caught:
            access.looker()
        assert caught.value.code == "dashboard.may_not"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"redirect_uri": ""}, "redirect_uri"),
        ({"cookie_secret": "short"}, "fewer than 32"),
        ({"client_id": ""}, "a provider"),
    ],
)
def test_an_incomplete_auth_section_lets_nobody_in(
    team: Team, settings: dict[str, str], said: str
) -> None:
    team({"email": "a@a.example"}, **settings)
    with pytest.raises(AuditorError) as caught:
        access.current()
    assert said in caught.value.got


def test_roles_without_sign_in_let_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the secrets do not parse any more: never solo mode by accident."""
    monkeypatch.setenv(access.ROLES_VARIABLE, "roles.toml")
    with pytest.raises(AuditorError) as caught:
        access.current()
    assert caught.value.code == "dashboard.team_mode"


def test_sign_in_without_roles_lets_nobody_in(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team({"email": "a@a.example"})
    monkeypatch.delenv(access.ROLES_VARIABLE)
    with pytest.raises(AuditorError) as caught:
        access.current()
    assert caught.value.code == "dashboard.team_mode"


def test_several_providers_can_be_named(team: Team) -> None:
    team(None, client_id="", clinic={"client_id": "x"}, other={"client_id": "y"})
    assert access.providers() == ["clinic", "other"]


def test_the_server_refuses_a_viewers_bulk_decision(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: Run = make_run(tmp_path / "runs" / "demo", classes=2, per_class=3, images=False)
    store = open_store(run.path.parent)
    memory: dict[str, Any] = {}
    monkeypatch.setattr(state, "restore", memory.get)
    monkeypatch.setattr(state, "remember", memory.__setitem__)
    monkeypatch.setattr(state, "take", lambda name: memory.pop(name, None))
    monkeypatch.setattr(state, "component", lambda key: memory.get(key, {}))
    events = [
        {
            "token": f"abc-{n}",
            "run": "demo",
            "case": case,
            "decision": "confirmed",
            "reviewer": "r@a.example",
        }
        for n, case in enumerate(run.cases()["case_id"], start=1)
    ]
    memory["gallery"] = {"events": {"instance": "abc", "batch": 1, "decisions": events}}
    catalog = RunCatalog(run.path.parent, (run,), ())
    team({"email": "v@a.example"})
    now = Context(catalog, run, store, run_access.undecided(run), access.current())
    inbox.receive("gallery", now)
    assert "v@a.example, viewer" in memory[inbox.FAILURE]
    assert store.events("demo") == []
    team({"email": "r@a.example"})
    inbox.receive("gallery", now)
    assert {event.reviewer for event in store.events("demo")} == {"r@a.example"}
    assert len(store.events("demo")) == len(events)


def test_a_secret_of_just_enough_letters_is_enough(team: Team) -> None:
    team({"email": "a@a.example"}, cookie_secret="c" * 32)
    assert access.current().role is Role.ADMIN
    team({"email": "a@a.example"}, cookie_secret="c" * 31)
    with pytest.raises(AuditorError) as caught:
        access.check()
    assert (caught.value.code, "32" in caught.value.got) == ("dashboard.team_mode", True)


def test_nothing_is_checked_where_nobody_signs_in() -> None:
    assert not access.team()
    access.check()
    assert access.providers() == []
    assert access.own_hosts() == []


def test_one_half_of_team_mode_is_team_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.ROLES_VARIABLE, "roles.toml")
    assert access.team()
    monkeypatch.delenv(access.ROLES_VARIABLE)
    monkeypatch.setattr(access, "_settings", lambda: SETTINGS)
    assert access.team()


def test_the_provider_sends_people_back_to_this_name(team: Team) -> None:
    team(None, redirect_uri="https://Audit.Example.org:8443/oauth2callback")
    assert access.own_hosts() == ["audit.example.org"]
    assert access.providers() == [""]


@pytest.mark.parametrize("package", ["authlib", "httpx"])
def test_without_the_package_nobody_is_let_in(
    team: Team, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    team({"email": "a@a.example"})
    monkeypatch.setattr(access, "find_spec", lambda name: None if name == package else name)
    with pytest.raises(AuditorError) as caught:
        access.current()
    assert caught.value.code == "dashboard.team_mode"
    assert "shortcut-auditor[team]" in caught.value.remedy


@pytest.mark.parametrize(
    ("claims", "name", "why"),
    [
        ({"name": "Ana", "sub": "7"}, "Ana", "does not say"),
        ({"sub": "7"}, "7", "does not say"),
        ({}, "?", "does not say"),
        ({"email": "no address"}, "?", "does not say"),
        ({"email": " A@a.example", "email_verified": False}, "a@a.example", "not verified"),
        ({"email": "x@a.example"}, "x@a.example", ""),
    ],
)
def test_who_has_no_role_is_told_why(
    team: Team, claims: dict[str, Any], name: str, why: str
) -> None:
    team(claims)
    person = access.current()
    assert (person.name, person.role, person.signed_in) == (name, Role.NONE, True)
    assert (why in person.why) if why else person.why == ""


def test_who_may_look_is_told_who_it_is(team: Team) -> None:
    team({"email": "v@a.example"})
    person = access.looker()
    assert (person.name, person.role, person.signed_in) == ("v@a.example", Role.VIEWER, True)
    assert person.may(Role.VIEWER)
    assert not person.may(Role.REVIEWER)
    with pytest.raises(AuditorError) as caught:
        access.decider()
    assert "v@a.example, viewer" in caught.value.got
    team(None)
    assert access.current() is access.NOBODY
    assert not access.NOBODY.signed_in
    with pytest.raises(AuditorError) as caught:
        access.looker()
    assert "nobody, none" in caught.value.got


def test_solo_mode_is_everybodys_own_machine() -> None:
    assert access.current().role is Role.ADMIN


@pytest.mark.parametrize("view", ["gallery", "overview", "classes", "reviews", "reports", "runs"])
def test_no_page_shows_anything_to_a_stranger(
    catalog: Path, show: Open, team: Team, view: str
) -> None:
    team(None)
    app = show(catalog, view)
    assert not app.exception
    assert len(app.button) == 1
    assert "first" not in text(app)
    assert len(app.main) == 3  # title, words, button


def test_admins_see_the_rules(catalog: Path, show: Open, team: Team) -> None:
    team({"email": "a@a.example"})
    app = show(catalog, "team")
    assert not app.exception
    assert list(app.dataframe[0].value["Role"]) == ["admin", "reviewer", "viewer", "none"]


def test_a_broken_file_of_roles_is_told_and_lets_nobody_in(
    catalog: Path, show: Open, team: Team, tmp_path: Path
) -> None:
    team({"email": "a@a.example"})
    (tmp_path / "roles.toml").write_text("[people")
    app = show(catalog)
    assert not app.exception
    assert "people" in app.error[0].value
    assert len(app.main) == 1


def test_half_a_team_mode_does_not_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dashboard", str(tmp_path)],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), access.ROLES_VARIABLE: "roles.toml"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert access.ROLES_VARIABLE in done.stderr
    assert "Traceback" not in done.stderr
