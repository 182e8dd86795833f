"""deploy/dashboard-requirements.txt is enough for the dashboard, and for what reads runs."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.lock import PROJECT, asked_for, installed
from tests.fakes.runs import make_run

ROOT = Path(__file__).parents[2]
LIST = ROOT / "deploy" / "dashboard-requirements.txt"
LATE = {"weasyprint", "fsspec"}
"""Imported when a PDF or a run elsewhere is asked for, and said to be missing then."""
COMMANDS = [
    "export {run} --what cases --out {out}/cases.csv",
    "report {run} --out {out}/report.html",
    "compare {run} {run} --out {out}/changes.md",
    "gate {run} --max-confirmed 99 --junit {out}/gate.xml",
    "schedule list --runs {out}",
]
WITHOUT = """
import json, sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    names = frozenset(json.loads(sys.argv.pop(1)))
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""
PAGES = """
from streamlit.testing.v1 import AppTest
for view in ("overview", "gallery", "case", "classes", "slices", "compare", "runs"):
    app = AppTest.from_file(sys.argv[1], default_timeout=60)
    app.query_params["run"] = "one"
    app.switch_page(f"views/{view}.py").run()
    assert not app.exception, (view, app.exception)
    print(view, len(app.main), "torch" in sys.modules)
"""
SHELL = "from auditor.cli import main; main()"


def listed() -> list[Requirement]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


def absent() -> str:
    """Modules that a venv of the list alone would lack, as JSON."""
    present = {*installed(listed()), "shortcut-auditor"}
    homes = packages_distributions()
    return json.dumps(
        [
            module
            for module, owners in homes.items()
            if not {canonicalize_name(owner) for owner in owners} & present
            and module not in {"auditor", "dashboard", "_distutils_hack"}
        ]
    )


def python(script: str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + script, absent(), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "AUDITOR_RUNS": str(folder)},
    )


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    make_run(folder / "one", classes=5, per_class=8)
    return folder


def test_the_list_names_all_that_the_dashboard_imports() -> None:
    graph = grimp.build_graph(
        "auditor", "dashboard", include_external_packages=True, exclude_type_checking_imports=True
    )
    reached = {module for module in graph.modules if module.split(".")[0] == "dashboard"}
    waiting = list(reached)
    while waiting:
        new = graph.find_modules_directly_imported_by(waiting.pop()) - reached
        reached |= new
        waiting += new
    homes = packages_distributions()
    foreign = {name for name in reached if "." not in name and name in homes}
    needed = {canonicalize_name(homes[name][0]) for name in foreign}
    assert "streamlit" in needed
    assert needed - LATE - {"shortcut-auditor"} <= set(installed(listed()))
    assert "torch" not in installed(listed())


def test_the_list_asks_for_what_the_project_asks_for() -> None:
    project = {canonicalize_name(each.name): each.specifier for each in asked_for(PROJECT)}
    for each in listed():
        assert project[canonicalize_name(each.name)] == each.specifier, each.name


def test_every_page_opens_without_torch(catalog: Path) -> None:
    done = python(PAGES, str(ROOT / "dashboard" / "app.py"), folder=catalog)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 7
    assert all(int(shown) > 0 and torch == "False" for _, shown, torch in lines)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split()[0])
def test_what_reads_runs_works_without_torch(command: str, catalog: Path, tmp_path: Path) -> None:
    words = command.format(run=catalog / "one", out=tmp_path).split()
    done = python(SHELL, *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_an_audit_says_that_torch_is_missing(catalog: Path) -> None:
    done = python("import torch", folder=catalog)
    assert "No module named 'torch'" in done.stderr
