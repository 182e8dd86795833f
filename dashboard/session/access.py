"""Who looks and what they may do: solo mode without sign-in, or a team that signs in by OIDC.

Every page asks `current`, everything that writes asks `decider`: a button that is not shown is a
courtesy, these are the lock.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.domain.messages import N_, phrase
from dashboard.session import state
from dashboard.session.roles import Role, read_roles

ROLES_VARIABLE = "AUDITOR_ROLES"
AUTH = "auth"
NEEDED = ("redirect_uri", "cookie_secret")
FEWEST_SECRET = 32
"""Characters of the secret that signs the cookies: whoever guesses it is anybody."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who looks.

    Attributes:
        name: what a review carries: the signed-in e-mail address; in solo mode the account's name.
        role: what they may do.
        signed_in: whether a provider says who it is; in solo mode nobody does.
        why: why the role is none, where the file of roles does not say so.
    """

    name: str
    role: Role
    signed_in: bool
    why: str = ""

    def may(self, role: Role) -> bool:
        """Whether the person may do what `role` may."""
        return self.role.includes(role)


NOBODY = Person("", Role.NONE, signed_in=False)


def team() -> bool:
    """Whether people have to sign in. One half of the settings is enough: `check` tells."""
    return bool(os.environ.get(ROLES_VARIABLE)) or bool(_settings())


def check() -> None:
    """Refuse half a team mode: it must never be taken for a whole one.

    Raises:
        AuditorError: sign-in, roles or the package for it are missing or wrong.
    """
    if not team():
        return
    settings, roles = _settings(), os.environ.get(ROLES_VARIABLE)
    if not settings:
        raise _half(
            phrase("{name} is set, but no [auth] section can be read", name=ROLES_VARIABLE),
            N_("write [auth] into .streamlit/secrets.toml"),
        )
    if not roles:
        raise _half(
            phrase("there is an [auth] section, but {name} is not set", name=ROLES_VARIABLE),
            phrase("set {name} to a file of roles", name=ROLES_VARIABLE),
        )
    missing = [key for key in NEEDED if not settings.get(key)]
    if missing or not providers():
        names = ", ".join(missing) or "a provider with client_id"
        raise _half(phrase("[auth] lacks {names}", names=names), N_("complete it"))
    if len(str(settings["cookie_secret"])) < FEWEST_SECRET:
        raise _half(
            phrase("cookie_secret has fewer than {n} characters", n=FEWEST_SECRET),
            phrase(
                "make one: {command}",
                command='python -c "import secrets; print(secrets.token_hex(32))"',
            ),
        )
    if find_spec("authlib") is None or find_spec("httpx") is None:
        raise _half(N_("Authlib is not installed"), "pip install 'shortcut-auditor[team]'")
    read_roles(Path(roles))


def own_hosts() -> list[str]:
    """The name that the provider sends people back to, by which browsers ask for this app."""
    name = urlsplit(str(_settings().get("redirect_uri", ""))).hostname
    return [name] if name else []


def providers() -> list[str]:
    """What `st.login` takes: "" for the provider in [auth] itself, and the names of the others."""
    settings = _settings()
    named = [name for name, value in settings.items() if _is_provider(value)]
    return ([""] if _is_provider(settings) else []) + named


def current() -> Person:
    """Who looks: in solo mode whoever sits here, in team mode who is signed in, else `NOBODY`.

    Raises:
        AuditorError: team mode is not set up whole, or the file of roles is wrong.
    """
    if not team():
        return Person(state.reviewer(), Role.ADMIN, signed_in=False)
    check()
    claims = _claims()
    if claims is None:
        return NOBODY
    email = str(claims.get("email") or "").strip().lower()
    if "@" not in email:
        name = str(claims.get("name") or claims.get("sub") or "?")
        why = "The provider does not say your e-mail address, by which roles are given."
        return Person(name, Role.NONE, signed_in=True, why=why)
    if str(claims.get("email_verified", True)).lower() != "true":
        why = "The provider has not verified that this e-mail address is yours."
        return Person(email, Role.NONE, signed_in=True, why=why)
    return Person(email, read_roles(Path(os.environ[ROLES_VARIABLE])).of(email), signed_in=True)


def decider() -> str:
    """The name under which a decision or a note is saved now.

    Raises:
        AuditorError: whoever looks may not decide.
    """
    person = current()
    if not person.may(Role.REVIEWER):
        raise _refused(person, Role.REVIEWER, phrase("You may not decide here."))
    return person.name


def looker() -> Person:
    """Who looks, where looking is allowed.

    Raises:
        AuditorError: it is not.
    """
    person = current()
    if not person.may(Role.VIEWER):
        raise _refused(person, Role.VIEWER, phrase("You may not look at audits here."))
    return person


def _refused(person: Person, role: Role, problem: str) -> AuditorError:
    return AuditorError(
        problem,
        code="dashboard.may_not",
        expected=phrase("the role {role}", role=role.value),
        got=f"{person.name or 'nobody'}, {person.role.value}",
        remedy=N_("ask whoever runs this page for the role"),
    )


def _settings() -> Mapping[str, Any]:
    """The [auth] section of Streamlit's secrets, empty without one."""
    if not st.secrets.load_if_toml_exists():
        return {}
    section = st.secrets.get(AUTH)
    return section if isinstance(section, Mapping) else {}


def _is_provider(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value.get("client_id"))


def _claims() -> Mapping[str, Any] | None:
    """What the provider says of who is signed in; None if nobody is."""
    return st.user.to_dict() if st.user.is_logged_in else None


def _half(got: str, remedy: str) -> AuditorError:
    return AuditorError(
        N_("Team mode is not set up whole, so nobody is let in."),
        code="dashboard.team_mode",
        expected=phrase(
            "[auth] in Streamlit's secrets, and {variable} naming a file of roles",
            variable=ROLES_VARIABLE,
        ),
        got=got,
        remedy=phrase("{remedy} (docs/team.md)", remedy=remedy),
    )
