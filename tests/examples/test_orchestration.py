"""The orchestrators' examples call the command as it is, and read what it says.

Prefect and Dagster are not installed for tests: their decorators are stood in for by ones that
call the function. docs/orchestration.md says with which versions the files were run for real.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import tomli_w

from tests.fakes.planted import config_of, write_dataset

EXAMPLES = Path(__file__).parents[2] / "examples" / "orchestration"


def plain(*given: Any, **_: Any) -> Any:
    """A decorator, with or without arguments, that leaves the function as it is."""
    return given[0] if given and callable(given[0]) else plain


@pytest.fixture
def audit_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small audit, and `auditor` on the path."""
    command = tmp_path / "bin" / "auditor"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m auditor "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=":")
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parents[1]))
    write_dataset(tmp_path, per_class=3)
    tree = json.loads(json.dumps(config_of(tmp_path), default=str))
    tree["run"].pop("out")
    tree["interventions"] = {"enabled": False}
    (tmp_path / "audit.toml").write_text(tomli_w.dumps(tree))
    return tmp_path / "audit.toml"


def module(monkeypatch: pytest.MonkeyPatch, name: str, **values: Any) -> None:
    made = ModuleType(name)
    vars(made).update(values)
    monkeypatch.setitem(sys.modules, name, made)


@pytest.mark.slow
def test_the_prefect_flow_audits_and_holds_the_gate(
    audit_toml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(monkeypatch, "prefect", flow=plain, task=plain)
    run = tmp_path / "runs" / "a"
    names = runpy.run_path(str(EXAMPLES / "prefect_flow.py"))
    told = names["audit_and_gate"](str(audit_toml), str(run))
    assert told["holds"] is True
    assert (run / "manifest.json").is_file()
    with pytest.raises(RuntimeError, match="exit 2"):
        names["audit"](str(tmp_path / "none.toml"), str(tmp_path / "runs" / "b"))


@pytest.mark.slow
def test_the_dagster_asset_and_its_check(
    audit_toml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("AssetCheckResult", "Definitions", "MaterializeResult")
    module(
        monkeypatch,
        "dagster",
        asset=plain,
        asset_check=plain,
        **dict.fromkeys(names, SimpleNamespace),
    )
    run = tmp_path / "runs" / "a"
    monkeypatch.setenv("AUDIT_CONFIG", str(audit_toml))
    monkeypatch.setenv("AUDIT_RUN", str(run))
    made = runpy.run_path(str(EXAMPLES / "dagster_assets.py"))
    assert made["audit_run"]().metadata["run"] == str(run)
    assert made["no_class_is_confirmed"]().passed is True
