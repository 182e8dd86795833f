"""Progress for machines."""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.cli import json_lines
from auditor.cli.progress import memory, progress
from auditor.cli.run import audit
from auditor.config import AuditConfig
from auditor.storage.run import Run
from auditor.wording.catalogue import translator
from auditor.wording.languages import LANGUAGES
from tests.fakes.runs import make_run


def test_every_line_is_an_object_with_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(0.0, 20.0)
    monkeypatch.setattr(json_lines, "monotonic", lambda: next(clock))
    monkeypatch.setattr(json_lines, "device_use", lambda: None)
    with progress(translator("zh"), quiet=True, log_json=True) as reported:
        reported.stage("saliency maps", 10)
        reported.advance(4)
        reported.stage("evaluating classes", None)
        reported.advance(3)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["stage"]) for line in lines] == [
        ("stage", "saliency maps"),
        ("progress", "saliency maps"),
        ("done", "saliency maps"),
        ("stage", "evaluating classes"),
        ("progress", "evaluating classes"),
        ("done", "evaluating classes"),
    ]
    first = lines[1]
    assert (first["done"], first["total"]) == (4, 10)
    assert (first["seconds"], first["per_second"], first["seconds_left"]) == (20.0, 0.2, 30.0)
    assert lines[4]["seconds_left"] is None
    assert {(line["device_memory"], line["device_percent"]) for line in lines} == {(None, None)}
    assert all(line["peak_memory"] > 0 and line["time"].endswith("+00:00") for line in lines)


def test_warnings_and_the_end_are_lines_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run", classes=3)
    odd = {"warnings": ["6 of 48 images have no mask"], "lost_classes": {"cow": "broken image"}}
    ended = Run(run.path, run.manifest | odd, run.summary)
    monkeypatch.setattr("auditor.wiring.audit", lambda *_, **__: ended)
    config = AuditConfig.from_dict({"data": {"path": str(run.path)}, "model": {"factory": "m:f"}})
    audit(config, resume=False, quiet=False, as_json=True, log_json=True)
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.err.splitlines()]
    assert [line["event"] for line in lines] == ["warning", "warning", "written"]
    assert lines[1]["text"] == odd["warnings"][0]
    assert lines[2]["run"] == json.loads(said.out)["run"] == str(run.path)


class Cuda:
    """As much of torch.cuda as progress asks."""

    def __init__(self, percent: int | None) -> None:
        self._percent = percent

    def is_available(self) -> bool:
        return True

    def max_memory_allocated(self) -> int:
        return 3 * 2**20

    def utilization(self) -> int:
        if self._percent is None:
            raise ModuleNotFoundError("nvidia-ml-py does not seem to be installed")
        return self._percent


@pytest.mark.parametrize("percent", [87, None])
def test_a_device_is_told_with_its_use_where_that_is_known(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    percent: int | None,
) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=Cuda(percent)))
    with progress(translator("zh"), quiet=True, log_json=True) as reported:
        reported.stage("saliency maps", 10)
    for line in map(json.loads, capsys.readouterr().err.splitlines()):
        assert (line["device_memory"], line["device_percent"]) == (3 * 2**20, percent)
    for lang in LANGUAGES:
        told = memory(translator(lang))
        assert "3 MiB" in told
        assert ("87%" in told) == (percent == 87)
