"""The GitHub Action's scripts, run one by one as its runner does; its `gh` takes notes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.runs import make_run

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
NOTES = """#!/bin/sh
case "$*" in *--paginate*) [ -f before ] && cat before; exit 0;; esac
echo "$*" >> asked
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, script in (
        ("gh", NOTES),
        ("auditor", f'#!/bin/sh\nexec "{sys.executable}" -m auditor "$@"\n'),
    ):
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    make_run(tmp_path / "runs" / "new", images=False)
    return tmp_path


def run_step(home: Path, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """As a runner does it: bash -eo pipefail, inputs by environment alone."""
    step = STEPS[name]
    assert set(step["env"]) <= set(variables), "every variable of the step is given"
    path = f"{home / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=home,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def gate(home: Path, limits: str) -> tuple[int, str]:
    done = run_step(
        home,
        "gate",
        OUT="runs/new",
        BASELINE="runs/none",
        GATE=limits,
        GITHUB_STEP_SUMMARY=str(home / "summary.md"),
        GITHUB_OUTPUT=str(home / "outputs"),
    )
    told = (home / "outputs").read_text() if (home / "outputs").exists() else ""
    return done.returncode, told


def test_the_gates_outcome_is_an_output_and_not_yet_the_end(home: Path) -> None:
    assert gate(home, "--max-confirmed 0") == (0, "holds=false\n")
    assert (home / "runs" / "new-gate.xml").is_file()
    assert (home / "summary.md").stat().st_size > 0


def test_a_gate_that_holds_says_so(home: Path) -> None:
    assert gate(home, "--max-confirmed 9") == (0, "holds=true\n")


def test_bad_limits_end_the_job(home: Path) -> None:
    assert gate(home, "--max-confirmed many") == (2, "")


@pytest.mark.parametrize(("holds", "code"), [("true", 0), ("false", 1), ("", 1)])
def test_the_job_ends_as_the_gate_said(home: Path, holds: str, code: int) -> None:
    assert run_step(home, "outcome", HOLDS=holds).returncode == code


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("", "--method POST repos/o/r/issues/7/comments"),
        ("42\n", "--method PATCH repos/o/r/issues/comments/42"),
    ],
)
def test_the_comment_is_one_and_carries_the_report(home: Path, before: str, asked: str) -> None:
    if before:
        (home / "before").write_text(before)
    done = run_step(
        home,
        "comment",
        OUT="runs/new",
        LANG_OF_COMMENT="en",
        GH_TOKEN="t",  # noqa: S106
        REPOSITORY="o/r",
        PULL_REQUEST="7",
    )
    assert done.returncode == 0, done.stderr
    assert (home / "asked").read_text().startswith(f"api {asked} ")
    body = (home / "runs" / "new-body.md").read_text()
    assert body.startswith("<!-- shortcut-auditor -->\n# ")
    assert len(body) <= 65_536


def test_inputs_reach_scripts_as_variables_alone() -> None:
    for step in STEPS.values():
        assert "${{" not in step["run"], step["name"]
