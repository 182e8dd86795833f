"""`auditor verify` and `auditor sign` as commands: exit codes and what they write."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command
from tests.verification.test_verify import Keys, made, run

__all__ = ["made", "run"]


def test_holds_is_0_fails_is_1_no_run_is_2(command: Command, run: Path, tmp_path: Path) -> None:
    assert command("verify", run).code == 0
    told = command("verify", run, "--json", "--quiet")
    assert json.loads(told.out)["holds"] is True
    (run / "report.html").write_text("another")
    told = command("verify", run, "--json")
    assert told.code == 1
    assert json.loads(told.out)["holds"] is False
    assert command("verify", tmp_path).code == 2


def test_a_run_is_signed_and_a_damaged_one_is_not(
    command: Command, run: Path, tmp_path: Path
) -> None:
    keys = Keys(tmp_path)
    assert command("sign", run, "--key", keys.private, "--name", "Dr. A").code == 0
    assert command("verify", run, "--public-key", keys.public).code == 0
    assert command("report", run).code == 2  # its report is part of what was signed
    (run / "signature.json").unlink()
    assert command("report", run).code == 0
    assert command("verify", run).code == 0  # the manifest follows a report that is made anew
    (run / "report.html").write_text("another")
    assert command("sign", run, "--key", keys.private).code == 2
    assert not (run / "signature.json").exists()
