"""Two networks in one call: every picture decoded and changed once, every run as if made alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tomli_w
from typer.testing import CliRunner

import auditor
from auditor.cli.app import app
from auditor.config import AuditConfig
from auditor.data import chunks
from auditor.domain.errors import (
    AuditInterrupted,
    AuditorError,
    ConfigError,
    ModelError,
    RunError,
)
from auditor.interventions.composed_pictures import ComposedPictures, Make
from auditor.many_models import model_configs
from auditor.storage.run import open_run
from tests.fakes.planted import config_of, write_dataset

NETWORKS = {"cheater": "build_network", "repaired": "build_repaired"}
TABLES = ("cases", "classes", "slices", "trials", "evidence", "hypotheses", "skipped")


def written(folder: Path) -> tuple[Path, dict[str, Path]]:
    """A common configuration, and a file for each network, of data with a broken picture."""
    write_dataset(folder, per_class=6)
    (folder / "images" / "red" / "009.png").write_bytes(b"no picture")
    tree = json.loads(json.dumps(config_of(folder), default=str))
    model = tree.pop("model")
    tree["run"].pop("out")
    tree["interventions"] = {"per_class": 6, "looks": [3, 6]}
    (folder / "common.toml").write_text(tomli_w.dumps(tree))
    files = {}
    for name, function in NETWORKS.items():
        files[name] = folder / f"{name}.toml"
        own = {"model": model | {"factory": f"tests.fakes.planted:{function}"}}
        files[name].write_text(tomli_w.dumps(own))
    return folder / "common.toml", files


def called(*given: Any) -> Any:
    return CliRunner().invoke(app, ["run", *map(str, given), "--quiet"])


def composings(patch: pytest.MonkeyPatch) -> tuple[Counter[Hashable], Counter[Hashable]]:
    """How often each changed picture is asked for, and how often it is composed."""
    asked: Counter[Hashable] = Counter()
    composed: Counter[Hashable] = Counter()
    original = ComposedPictures.taken

    def counted(store: ComposedPictures, keys: Sequence[Hashable], make: Make) -> Any:
        def making(at: Any) -> Any:
            composed.update(keys[i] for i in at.tolist())
            return make(at)

        asked.update(keys)
        return original(store, keys, making)

    patch.setattr(ComposedPictures, "taken", counted)
    return asked, composed


@pytest.mark.slow
def test_each_run_is_what_an_audit_of_its_network_alone_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common, files = written(tmp_path)
    read: Counter[str] = Counter()
    original = chunks.read_picture

    def counted(path: Path) -> Any:
        read[path.name + path.parent.name] += 1
        return original(path)

    monkeypatch.setattr(chunks, "read_picture", counted)
    asked, composed = composings(monkeypatch)
    models = [part for file in files.values() for part in ("--model", file)]
    result = called(common, *models, "--out", tmp_path / "runs")
    assert result.exit_code == 0, result.output
    assert len(read) == 25
    assert set(read.values()) == {1}
    assert set(composed.values()) == {1}
    assert set(composed) == set(asked)
    assert sum(number > 1 for number in asked.values()) > len(asked) / 2
    monkeypatch.undo()
    for name, file in files.items():
        configs = model_configs(common, [file], {}, tmp_path / "alone")
        auditor.audit(configs[name])
        together, alone = open_run(tmp_path / "runs" / name), open_run(tmp_path / "alone" / name)
        assert together.summary == alone.summary
        for table in TABLES:
            made = [getattr(run, table)() for run in (together, alone)]
            pd.testing.assert_frame_equal(*made)
        assert together.metadata.fingerprints == alone.metadata.fingerprints
        assert together.metadata.warnings == alone.metadata.warnings
    told = json.loads((tmp_path / "runs" / "leaderboard.json").read_text())
    assert {row["run"] for row in told["rows"]} == set(NETWORKS)
    assert (tmp_path / "runs" / "leaderboard.html").is_file()
    again = called(common, *models, "--out", tmp_path / "runs")
    assert isinstance(again.exception, RunError)
    resumed = called(common, *models, "--out", tmp_path / "runs", "--resume")
    assert resumed.exit_code == 0, resumed.output


def test_a_network_that_cannot_be_audited_stops_all_before_anything_is_written(
    tmp_path: Path,
) -> None:
    common, files = written(tmp_path)
    files["repaired"].write_text('[model]\nfactory = "tests.fakes.planted:no_such_function"\n')
    models = [part for file in files.values() for part in ("--model", file)]
    result = called(common, *models, "--out", tmp_path / "runs")
    assert isinstance(result.exception, AuditorError)
    assert not (tmp_path / "runs").exists()


def test_a_network_that_fails_later_leaves_the_runs_before_it(tmp_path: Path) -> None:
    common, files = written(tmp_path)
    common.write_text(f"{common.read_text()}\n[report]\nimages = false\n")
    broken = tmp_path / "broken.toml"
    text = files["cheater"].read_text().replace("build_network", "build_not_finite")
    broken.write_text(text.replace('layer = "0"', 'layer = "inner.0"'))
    given = ["--out", tmp_path / "runs", "--no-interventions"]
    first = called(common, "--model", broken, "--model", files["cheater"], *given)
    assert isinstance(first.exception, ModelError)
    assert not (tmp_path / "runs" / "cheater").exists()
    later = called(common, "--model", files["cheater"], "--model", broken, *given)
    assert isinstance(later.exception, AuditInterrupted)
    assert later.exception.code == first.exception.code
    assert open_run(tmp_path / "runs" / "cheater").metadata.counts.audited == 24
    broken.write_text(files["repaired"].read_text())
    again = called(common, "--model", files["cheater"], "--model", broken, *given, "--resume")
    assert again.exit_code == 0, again.output
    assert (tmp_path / "runs" / "leaderboard.json").is_file()


def test_configurations_are_printed_and_nothing_is_audited(tmp_path: Path) -> None:
    common, files = written(tmp_path)
    models = [part for file in files.values() for part in ("--model", file)]
    result = called(common, *models, "--out", tmp_path / "runs", "--print-config")
    assert result.exit_code == 0, result.output
    assert [name for name in NETWORKS if f"# {name}\n" in result.stdout] == list(NETWORKS)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "models", [("a.toml",), ("a.toml", "module:function"), ("one:two", "three:four")]
)
def test_what_names_no_two_files_is_a_fault(models: tuple[str, ...]) -> None:
    given = [part for model in models for part in ("--model", model)]
    assert isinstance(called("common.toml", *given).exception, ConfigError)


def test_configurations_of_models_differ_in_the_model_alone(tmp_path: Path) -> None:
    common, files = written(tmp_path)
    shared = common.read_text()
    for name, seed in (("a", 0), ("b", 1)):
        text = shared.replace("[run]", f"[run]\nseed = {seed}") + files["cheater"].read_text()
        (tmp_path / f"{name}.toml").write_text(text)
    whole = [tmp_path / "a.toml", tmp_path / "b.toml"]
    with pytest.raises(ConfigError) as caught:
        model_configs(None, whole, {}, tmp_path / "runs")
    assert "[run]" in str(caught.value)
    same = model_configs(None, whole, {"run.seed": 3}, tmp_path / "runs")
    assert {each.run.seed for each in same.values()} == {3}
    assert same["b"].run.out == tmp_path / "runs" / "b"
    assert all(isinstance(each, AuditConfig) for each in same.values())
    with pytest.raises(ConfigError):
        model_configs(common, whole, {}, tmp_path / "runs")
    with pytest.raises(ConfigError):
        model_configs(common, [files["cheater"]] * 2, {}, tmp_path / "runs")
