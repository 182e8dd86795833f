"""The GPU's benchmark runs on a processor with tiny sizes, so that it is ready when a GPU is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks import gpu


def test_without_a_gpu_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit) as caught:
        gpu.main([])
    assert caught.value.code == 2
    assert "--device cpu" in capsys.readouterr().err


@pytest.mark.slow
def test_every_figure_is_measured(tmp_path: Path) -> None:
    given = ["--device", "cpu", "--networks", "resnet18", "--batch", "2", "--rounds", "2"]
    gpu.main([*given, "--decode", "4", "--out", str(tmp_path / "table.md")])
    lines = (tmp_path / "table.md").read_text().splitlines()
    rows = [line.split(" | ") for line in lines if line.startswith("| resnet18")]
    measured = {row[1] for row in rows}
    assert {
        "plain bfloat16 inference",
        "a further target",
        "float32 from the processor's",
    } <= measured
    assert any(name.startswith("maps beside it") for name in measured)
    assert any(name.startswith("interventions, float32") for name in measured)
    # The processor agrees with itself.
    agreement = next(row[2] for row in rows if row[1].startswith("float32 from"))
    assert "logits 0.0e+00, maps 0.0e+00" in agreement
