"""Commands as a pipeline calls them: exit codes, stdout, stderr, files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch

import auditor
from auditor.cli import demo
from auditor.storage.run import Run
from tests.cli.conftest import Command
from tests.fakes.planted import config_of, write_dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    write_dataset(folder)
    return folder


@pytest.fixture(scope="module")
def run(planted: Path) -> Run:
    return auditor.audit(config_of(planted))


def flags(folder: Path) -> list[object]:
    return [
        *("--data", folder / "images", "--masks", folder / "masks"),
        *("--model", "tests.fakes.planted:build_network", "--layer", "0"),
        *("--set", "model.preprocess.resize=false", "--set", "model.preprocess.crop=false"),
        *("--set", "model.preprocess.mean=[0.5, 0.5, 0.5]"),
        *("--set", "model.preprocess.std=[0.5, 0.5, 0.5]"),
        *("--device", "cpu", "--workers", "0"),
    ]


def test_run_by_flags_equals_run_by_file(
    command: Command, run: Run, planted: Path, tmp_path: Path
) -> None:
    done = command("run", *flags(planted), "--out", tmp_path / "flags", "--json")
    assert done.code == 0
    summary = json.loads(done.out)
    assert summary["verdicts"]["cued"] == "confirmed"
    assert summary["counts"]["audited"] == 96
    again = auditor.open_run(tmp_path / "flags").cases()
    pd.testing.assert_frame_equal(run.cases(), again, check_exact=True)


def test_run_prints_a_table_with_every_class_and_interval(
    command: Command, planted: Path, tmp_path: Path
) -> None:
    done = command("run", *flags(planted), "--out", tmp_path / "run", "--per-class", "20")
    assert done.code == 0
    row = next(line for line in done.out.splitlines() if "cued" in line)
    assert "Confirmed" in row
    assert "(" in row
    assert "img/s" in done.err  # progress


def test_quiet_says_nothing(command: Command, planted: Path, tmp_path: Path) -> None:
    done = command(
        "run", *flags(planted), "--out", tmp_path / "run", "--no-interventions", "--quiet"
    )
    assert (done.code, done.out, done.err) == (0, "", "")


def test_print_config_reads_back(command: Command, planted: Path, tmp_path: Path) -> None:
    done = command("run", *flags(planted), "--seed", "5", "--print-config")
    assert done.code == 0
    file = tmp_path / "audit.toml"
    file.write_text(done.out)
    assert command("run", file, "--print-config").out == done.out
    assert "seed = 5" in done.out


def test_all_that_is_wrong_is_told_at_once(command: Command, tmp_path: Path) -> None:
    absent = ["--checkpoint", "no.pt", "--classes", "no.txt", "--masks", "no", "--data", "nodata"]
    wrong = ["--arch", "resnet19", "--device", "cuda"]
    done = command("run", *absent, *wrong, "--out", tmp_path / "run")
    assert done.code == 2
    for said in ("no.pt", "no.txt", "data.masks", "nodata", "did you mean resnet18"):
        assert said in done.err
    broken = command("run", *absent, "--set", "run.sed=1", "--batch-size", "0")
    assert broken.code == 2
    for said in ("no.pt", "no.txt", "run.sed: unknown key", "run.batch_size"):
        assert said in broken.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "data: Field required"),
        (["run", "--data", "nowhere", "--arch", "resnet18"], "needs a checkpoint"),
        (["run", "nowhere.toml"], "no such file"),
        (["run", "--set", "nonsense"], "KEY=VALUE"),
        (["report", "nowhere"], "nowhere"),
        (["export", "nowhere", "--what", "cases", "--out", "x.csv"], "nowhere"),
        (["run", "--batch-size", "many"], "batch-size"),
        (["run", "--batch-size"], "batch-size"),
        (["run", "--device", "tpu"], "'tpu' is not one of 'auto', 'cpu', 'cuda'"),
        (["run", "--frob"], "--frob"),
        (["compare", "one"], "NEW"),
        (["gate", "run", "--max-confirmed", "-1"], "max-confirmed"),
        (["schedule", "nonsense"], "nonsense"),
        (["schedule", "once", "nightly", "--wait", "inf"], "wait"),
        (["doctor", "--run", "run"], "--bundle"),
        (["doctor", "--bundle", "b.zip", "--run", "nowhere"], "nowhere"),
        (["doctor", "--json", "--bundle", "b.zip", "--run", "nowhere"], "nowhere"),
        (["nonsense"], "nonsense"),
    ],
)
def test_bad_usage_leaves_with_2_and_expected_got_remedy(
    command: Command,
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command(*words)
    assert done.code == 2
    assert said in done.err
    for part in ("error: ", "expected:", "got:", "remedy:"):
        assert part in done.err
    for stranger in ("Traceback", "Value error", "Usage:"):
        assert stranger not in done.err
    assert not done.out
    assert not list(tmp_path.iterdir())


def test_without_a_command_the_help_is_shown(command: Command) -> None:
    for words in ([], ["schedule"]):
        done = command(*words)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("Usage:")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["--data", "missing"], "missing"),
        (["--arch", "resnet81", "--checkpoint", "w.pt"], "resnet18"),
        (["--arch", "resnet18", "--checkpoint", "w.pt"], "conv1.weight"),
        (["--arch", "resnet18", "--checkpoint", "none.pt"], "none.pt"),
        (["--arch", "resnet18", "--checkpoint", "text.pt"], "text.pt"),
        (["--layer", "nowhere"], "nowhere"),
        (["--method", "magic"], "method"),
        (["--device", "cuda"], "cuda"),
    ],
)
def test_bad_input_leaves_with_2_and_expected_got_remedy(
    command: Command,
    planted: Path,
    overrides: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    (tmp_path / "text.pt").write_text("no weights")
    torch.save({"fc.weight": torch.zeros(4, 512)}, tmp_path / "w.pt")
    words = flags(planted)
    if "--arch" in overrides:
        at = words.index("--model")
        words = words[:at] + words[at + 4 :]
    done = command("run", *words, *overrides, "--out", tmp_path / "run")
    assert done.code == 2
    assert said in done.err
    for part in ("expected:", "got:", "remedy:"):
        assert part in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "run").exists()


def test_an_existing_run_is_refused(command: Command, run: Run, planted: Path) -> None:
    done = command("run", *flags(planted), "--out", run.path)
    assert done.code == 2
    assert "run.exists" in done.err


def test_export_writes_only_what_was_asked(command: Command, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "cases.csv"
    done = command("export", run.path, "--what", "cases", "--class", "cued", "--out", out)
    assert done.code == 0
    frame = pd.read_csv(out)
    assert len(frame) == 24
    assert set(frame["label"]) == {"cued"}
    assert "cam" not in frame.columns
    command("export", run.path, "--what", "classes", "--out", tmp_path / "classes.csv")
    assert len(pd.read_csv(tmp_path / "classes.csv")) == 4


def test_report_is_written_again(command: Command, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "report.md"
    assert command("report", run.path, "--format", "md", "--out", out).code == 0
    assert "cued" in out.read_text()


def test_doctor_speaks_json(command: Command) -> None:
    done = command("doctor", "--json")
    found = json.loads(done.out)
    assert done.code == (0 if found["healthy"] else 2)
    assert found["versions"]["torch"]
    assert found["cores"] >= 1


def test_version_everywhere(command: Command) -> None:
    for words in (
        ["--version"],
        ["run", "--version"],
        ["demo", "--version"],
        ["schedule", "--version"],
        ["benchmark", "--version"],
        ["benchmark", "score", "--version"],
    ):
        done = command(*words)
        assert done.code == 0
        assert auditor.__version__ in done.out


def test_python_m_auditor_is_the_same_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert auditor.__version__ in done.stdout


def test_a_fault_of_the_program_is_no_traceback(
    command: Command, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.export.export", lambda *_, **__: 1 / 0)
    done = command("export", run.path, "--what", "cases", "--out", "x.csv")
    assert done.code == 3
    assert "--debug" in done.err
    assert "Traceback" not in done.err
    assert (
        "Traceback"
        in command("export", run.path, "--what", "cases", "--out", "x.csv", "--debug").err
    )


def test_the_sample_data_comes_with_the_package() -> None:
    folder = demo.sample_data()
    assert (folder / "truth.json").is_file()
    assert (folder / "manifest.csv").is_file()
