"""The file of roles: the most particular rule counts, faults are told, nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.domain.errors import AuditorError
from dashboard.session.roles import Role, read_roles

RULES = """
default = "viewer"

[people]
"Ana@Clinic.example" = "admin"
"out@clinic.example" = "none"

[domains]
"clinic.example" = "reviewer"
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "roles.toml"
    path.write_text(RULES)
    return path


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("ana@clinic.example", Role.ADMIN),
        (" ANA@CLINIC.EXAMPLE ", Role.ADMIN),
        ("out@clinic.example", Role.NONE),
        ("ben@clinic.example", Role.REVIEWER),
        ("ben@sub.clinic.example", Role.VIEWER),
        ("ben@evilclinic.example", Role.VIEWER),
        ("ben@clinic.example@elsewhere.example", Role.VIEWER),
        ("clinic.example", Role.VIEWER),
        ("", Role.VIEWER),
    ],
)
def test_the_most_particular_rule_counts(rules: Path, email: str, role: Role) -> None:
    assert read_roles(rules).of(email) is role


def test_without_a_default_strangers_have_no_role(rules: Path) -> None:
    rules.write_text("")
    assert read_roles(rules).of("ana@clinic.example") is Role.NONE


def test_each_role_includes_the_ones_before() -> None:
    order = [Role.NONE, Role.VIEWER, Role.REVIEWER, Role.ADMIN]
    for place, role in enumerate(order):
        assert [role.includes(other) for other in order] == [n <= place for n in range(4)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('default = "reviewer"', "only viewer or none"),
        ('default = "owner"', "no role"),
        ('[people]\n"ana" = "admin"', "no e-mail address"),
        ('[people]\n"ana@a.example" = "boss"', "'boss': no role"),
        ('[people]\n"ana@a.example" = 1', "1: no role"),
        ('[domains]\n"@a.example" = "viewer"', "holds an @"),
        ('people = "ana@a.example"', "people is no table"),
        ('[groups]\nx = "viewer"', "unknown key groups"),
        ("no toml", "roles.toml"),
    ],
)
def test_faults_are_told(rules: Path, content: str, said: str) -> None:
    rules.write_text(content)
    with pytest.raises(AuditorError) as caught:
        read_roles(rules)
    assert said in caught.value.got


def test_all_faults_come_at_once(rules: Path) -> None:
    rules.write_text('default = "x"\n[people]\na = "viewer"\n[domains]\nb = "y"')
    with pytest.raises(AuditorError) as caught:
        read_roles(rules)
    assert caught.value.got.count(";") == 2


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(AuditorError) as caught:
        read_roles(tmp_path / "none.toml")
    assert caught.value.code == "dashboard.roles"
