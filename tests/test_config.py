from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from auditor.config import AuditConfig
from auditor.domain.errors import ConfigError
from tests.fakes.coded import raises_coded

LEAST: dict[str, Any] = {
    "data": {"path": "images"},
    "model": {"arch": "resnet18", "checkpoint": "weights.pt"},
}


def faults_of(tree: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        AuditConfig.from_dict(tree)
    return caught.value.faults


def test_only_data_and_model_have_no_default() -> None:
    config = AuditConfig.from_dict(LEAST)
    assert config.interventions.per_class == 64
    assert config.findings.effect_floor == 0.10
    assert config.findings.min_images == 20
    assert config.model.preprocess.given() == {}
    assert (config.model.output, config.model.restrict) == ("auto", "auto")


@pytest.mark.parametrize(
    ("given", "per_class", "looks"),
    [
        ([20, 32, 44, 64], 64, (20, 32, 44, 64)),
        ([20, 32, 44, 64], 30, (20, 30)),
        ([20, 32, 44, 64], 20, (20,)),
        ([20, 32, 44, 64], 100, (20, 32, 44, 64)),
        ([20, 32], 64, (20, 32)),
        (24, 64, (24,)),
        (90, 64, (64,)),
    ],
)
def test_looks_are_cut_to_the_objects_of_a_class(
    given: object, per_class: int, looks: tuple[int, ...]
) -> None:
    config = AuditConfig.from_dict(
        LEAST | {"interventions": {"looks": given, "per_class": per_class}}
    )
    assert config.interventions.looks == looks
    printed = tomllib.loads(config.to_toml())
    assert printed["interventions"]["looks"] == list(looks)
    assert AuditConfig.from_dict(printed) == config


@pytest.mark.parametrize(
    ("per_class", "looks"),
    [
        (64, (20, 32, 44, 64)),
        (40, (20, 32, 40)),
        (100, (20, 32, 44, 64, 100)),
        (20, (20,)),
        (6, (6,)),
    ],
)
def test_looks_that_nobody_asked_for_end_with_the_whole_sample(
    per_class: int, looks: tuple[int, ...]
) -> None:
    config = AuditConfig.from_dict(LEAST | {"interventions": {"per_class": per_class}})
    assert config.interventions.looks == looks
    assert AuditConfig.from_dict(config.to_dict()) == config


@pytest.mark.parametrize("looks", [[], [32, 20], [20, 20], [0, 20], 0, -3, "20", [1.5], True])
def test_looks_that_do_not_rise_from_one_are_a_fault(looks: object) -> None:
    faults = faults_of(LEAST | {"interventions": {"looks": looks}})
    assert any(fault.startswith("interventions.looks") for fault in faults)


def test_all_faults_are_told_at_once() -> None:
    faults = faults_of(
        {
            "data": {"pth": "x"},
            "model": {"preprocess": {"resize": -1, "std": [0, 1, 1]}},
            "findings": {"q": 2},
            "extra": {},
        }
    )
    told = "\n".join(faults)
    for fault in (
        "data.path: Field required",
        "data.pth: unknown key",
        "model.preprocess.resize",
        "model.preprocess.std: every std must be above 0",
        "findings.q",
        "extra: unknown key",
        "model: give exactly one of arch (--arch) and factory (--model)",
    ):
        assert fault in told


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({}, "exactly one of arch"),
        ({"arch": "resnet18", "factory": "m:f", "checkpoint": "w"}, "exactly one of arch"),
        ({"arch": "resnet18"}, "needs a checkpoint"),
        ({"factory": "module"}, "module:function"),
    ],
)
def test_exactly_one_network(model: dict[str, Any], said: str) -> None:
    assert any(said in fault for fault in faults_of({"data": {"path": "x"}, "model": model}))


def test_paths_in_a_file_are_relative_to_it_and_flags_win(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "audit.toml"
    file.parent.mkdir()
    file.write_text(
        '[data]\npath = "images"\n[model]\narch = "resnet18"\ncheckpoint = "w.pt"\n'
        "[run]\nseed = 1\n"
    )
    config = AuditConfig.load(file, {"run.seed": 7, "data.masks": Path("elsewhere")})
    assert config.data.path == tmp_path / "deep" / "images"
    assert config.model.checkpoint == tmp_path / "deep" / "w.pt"
    assert config.data.masks == Path("elsewhere")
    assert config.run.seed == 7


def test_printed_configuration_reads_back(tmp_path: Path) -> None:
    config = AuditConfig.from_dict(LEAST | {"data": {"path": 'ödd "name"', "slices": ["a", "b"]}})
    assert AuditConfig.from_dict(tomllib.loads(config.to_toml())) == config
    assert AuditConfig.from_dict(config.to_dict()) == config


@pytest.mark.parametrize("text", ["not toml [", "data = 3\n", ""])
def test_a_bad_file_is_a_config_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "audit.toml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        AuditConfig.load(file)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with raises_coded(ConfigError, "config.faults", str(tmp_path / "none.toml")):
        AuditConfig.load(tmp_path / "none.toml")
