"""Who may do what: a small TOML file, from e-mail address or domain to role."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from auditor.domain.errors import AuditorError
from auditor.domain.messages import N_, phrase


class Role(StrEnum):
    """What a person may do; each includes the ones before it."""

    NONE = "none"
    """nothing, not even look"""
    VIEWER = "viewer"
    """look and download"""
    REVIEWER = "reviewer"
    """decide and write notes"""
    ADMIN = "admin"
    """see who may do what"""

    def includes(self, other: Role) -> bool:
        """Whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Roles:
    """The rules, most particular first.

    Attributes:
        people: e-mail address, lower case -> role.
        domains: what stands after the @, lower case -> role.
        default: of anybody else who can sign in.
    """

    people: Mapping[str, Role]
    domains: Mapping[str, Role]
    default: Role

    def of(self, email: str) -> Role:
        """The role of `email`: the person's, else the domain's (exactly that one), else default."""
        address = email.strip().lower()
        _, at, domain = address.rpartition("@")
        by_domain = self.domains.get(domain, self.default) if at else self.default
        return self.people.get(address, by_domain)


def read_roles(path: Path) -> Roles:
    """The rules in the file as it is now.

    Raises:
        AuditorError: it cannot be read, or something in it means nothing. All faults at once.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _fault(path, str(error)) from error
    faults = [f"unknown key {key}" for key in content if key not in {"default", *_TABLES}]
    people, domains = (_table(content, name, faults) for name in _TABLES)
    default = _role(content.get("default", Role.NONE), "default", faults)
    faults += [f"people: {who} is no e-mail address" for who in people if "@" not in who]
    faults += [f"domains: {name} holds an @" for name in domains if "@" in name]
    if default.includes(Role.REVIEWER):
        faults.append(f"default = {default.value}: only viewer or none, name those who decide")
    if faults:
        raise _fault(path, "; ".join(faults))
    return Roles(people, domains, default)


_TABLES = ("people", "domains")


def _table(content: Mapping[str, Any], name: str, faults: list[str]) -> dict[str, Role]:
    table = content.get(name, {})
    if not isinstance(table, Mapping):
        faults.append(f"{name} is no table")
        return {}
    return {
        key.strip().lower(): _role(value, f"{name}: {key}", faults) for key, value in table.items()
    }


def _role(value: Any, where: str, faults: list[str]) -> Role:
    if isinstance(value, str) and value in set(Role):
        return Role(value)
    faults.append(f"{where} = {value!r}: no role")
    return Role.NONE


def _fault(path: Path, got: str) -> AuditorError:
    return AuditorError(
        N_("The file of roles cannot be used."),
        code="dashboard.roles",
        expected=phrase(
            "default = viewer or none, and the tables people (e-mail address = role) and "
            "domains (domain = role); roles are {names}",
            names=", ".join(Role),
        ),
        got=f"{path}: {got}",
        remedy=N_("correct the file; it is read again each time, so nothing has to be restarted"),
    )
