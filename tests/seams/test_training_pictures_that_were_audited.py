"""Training pictures that an audit has seen are counted by their files, however they are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.data.sources.opening import open_source
from auditor.domain.samples import Sample
from auditor.repairs.loading import overlap_of
from tests.fakes.runs import make_run


def test_they_are_counted_by_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(tmp_path / "run", classes=2)
    root = Path(run.metadata.data_root)
    names = [str(name) for name in run.cases(("image",))["image"]]
    assert len(set(names)) > 3
    other = tmp_path / "other.png"
    other.write_bytes((root / names[0]).read_bytes())
    rows = [*(f"{root / name},a" for name in names[:3]), f"{other},a"]
    (tmp_path / "train.csv").write_text("\n".join(["image,label", *rows]) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    samples = [s for s in open_source(Path("train.csv")).items() if isinstance(s, Sample)]
    assert len(samples) == 4
    assert overlap_of(run, samples) == 3
    assert overlap_of(run, [s for s in samples if s.path.name == "other.png"]) == 0
