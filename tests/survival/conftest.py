from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.config import AuditConfig
from tests.fakes.planted import config_of, write_dataset

ROOT = Path(__file__).parents[2]
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def ask() -> Iterator[Ask]:
    """Runs the command line in a forked process; see `forking`."""
    command = [sys.executable, "-m", "tests.survival.forking"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None

        def ask_once(*argv: object, **hit: object) -> dict[str, Any]:
            print(json.dumps({"argv": list(map(str, argv)), **hit}), file=server.stdin, flush=True)
            answer: dict[str, Any] = json.loads(server.stdout.readline())
            return answer

        yield ask_once
        server.stdin.close()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration file of a small audit with something of everything in it."""
    folder = tmp_path_factory.mktemp("data")
    images = write_dataset(folder, per_class=3)
    (images / "red" / "broken.png").write_bytes(b"no image")
    tree = config_of(
        folder,
        interventions={"per_class": 2, "swaps": 1, "nominated_budget": 1},
        findings={"min_images": 2},
        run={"batch_size": 4},
    )
    tree["run"].pop("out")
    path = folder / "audit.toml"
    path.write_text(AuditConfig.from_dict(tree).to_toml())
    return path
