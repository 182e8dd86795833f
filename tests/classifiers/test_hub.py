"""Folders as transformers and timm save them: labels and preprocessing come with the weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from auditor.config import AuditConfig
from auditor.domain.errors import ModelError
from auditor.tensors.classifier import Classifier
from tests.classifiers.making import load
from tests.fakes.coded import raises_coded

LABELS = {0: "cat", 1: "dog", 2: "eel"}


def transformers_folder(path: Path, kind: str) -> nn.Module:
    import transformers

    names: dict[str, Any] = {"id2label": LABELS, "label2id": {v: k for k, v in LABELS.items()}}
    if kind == "vit":
        config = transformers.ViTConfig(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            image_size=64,
            patch_size=16,
            **names,
        )
    else:
        config = transformers.ResNetConfig(
            embedding_size=8,
            hidden_sizes=[8, 16],
            depths=[1, 1],
            layer_type="basic",
            **names,
        )
    torch.manual_seed(0)
    network: nn.Module = transformers.AutoModelForImageClassification.from_config(config)
    network.save_pretrained(path)  # type: ignore[operator]
    return network.eval()


def hub(path: Path, **settings: Any) -> Classifier:
    given = {"preprocess": {}, **settings.pop("model", {})}
    return load(None, f"hf:{path}", model=given, data_classes=["a", "b"], **settings)


PREPROCESSOR = {
    "size": {"height": 64, "width": 64},
    "image_mean": [0.5, 0.4, 0.3],
    "image_std": [0.2, 0.2, 0.3],
    "resample": 3,
    "do_normalize": True,
}


@pytest.mark.parametrize("kind", ["vit", "resnet"])
def test_a_folder_of_transformers(kind: str, tmp_path: Path) -> None:
    network = transformers_folder(tmp_path, kind)
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
    classifier = hub(tmp_path)
    assert classifier.classes == ("cat", "dog", "eel")
    assert classifier.preprocess.resize == (64, 64)
    assert classifier.preprocess.crop is None
    assert classifier.preprocess.mean == (0.5, 0.4, 0.3)
    assert classifier.preprocess.interpolation == "bicubic"
    images = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    inputs = classifier.inputs(images)
    with torch.no_grad():
        expected = network(inputs).logits
    torch.testing.assert_close(classifier.network(inputs), expected)


@pytest.mark.parametrize(
    ("told", "resize", "crop"),
    [
        ({"size": {"shortest_edge": 256}, "crop_size": 224, "do_center_crop": True}, 256, 224),
        ({"size": 72, "crop_size": {"height": 64, "width": 64}, "do_center_crop": True}, 72, 64),
        ({"size": {"shortest_edge": 224}, "crop_pct": 0.875}, 256, 224),
        ({"size": {"shortest_edge": 384}, "crop_pct": 0.875}, (384, 384), None),
        ({"size": 64}, (64, 64), None),
    ],
)
def test_the_preprocessing_that_a_folder_states(
    told: dict[str, Any], resize: object, crop: int | None, tmp_path: Path
) -> None:
    transformers_folder(tmp_path, "resnet")
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(told))
    preprocess = hub(tmp_path).preprocess
    assert (preprocess.resize, preprocess.crop) == (resize, crop)
    own = hub(tmp_path, model={"preprocess": {"std": [0.1, 0.1, 0.1]}})
    assert own.preprocess.std == (0.1, 0.1, 0.1)
    assert any("preprocessor_config.json" in warning for warning in own.warnings)


def test_the_size_in_config_json_where_there_is_no_preprocessor(tmp_path: Path) -> None:
    transformers_folder(tmp_path, "vit")
    assert hub(tmp_path).preprocess.crop == 64


def test_shards(tmp_path: Path) -> None:
    network = transformers_folder(tmp_path, "resnet")
    (tmp_path / "model.safetensors").unlink()
    network.save_pretrained(tmp_path, max_shard_size="10KB")  # type: ignore[operator]
    assert (tmp_path / "model.safetensors.index.json").is_file()
    assert hub(tmp_path).classes == ("cat", "dog", "eel")


@pytest.mark.parametrize("safe", [True, False])
def test_a_folder_of_timm(safe: bool, tmp_path: Path) -> None:
    import timm
    from timm.models import save_for_hf

    network = timm.create_model("resnet10t", num_classes=3).eval()
    config = {"label_names": ["x", "y", "z"]}
    save_for_hf(network, tmp_path, model_config=config, safe_serialization=safe)
    classifier = hub(tmp_path)
    assert classifier.classes == ("x", "y", "z")
    assert classifier.preprocess.crop == network.pretrained_cfg["input_size"][-1]
    images = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    inputs = classifier.inputs(images)
    with torch.no_grad():
        torch.testing.assert_close(
            classifier.network(inputs), network(inputs), atol=1e-4, rtol=1e-3
        )


def test_folders_that_are_none(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(ModelError) as caught:
            hub(path)
        assert caught.value.code == "hub.no_network"
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelError) as caught:
        hub(tmp_path)
    assert caught.value.code == "hub.no_weights"
    transformers_folder(tmp_path / "vit", "vit")
    (tmp_path / "vit" / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelError) as caught:
        hub(tmp_path / "vit")
    assert caught.value.code == "hub.not_loadable"


def test_a_folder_is_relative_to_the_configuration_file(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    path = tmp_path / "audit.toml"
    path.write_text('[data]\npath = "images"\n[model]\narch = "hf:net"\n')
    assert AuditConfig.load(path).model.arch == f"hf:{tmp_path / 'net'}"


def test_weights_that_are_not_those_of_config_json(tmp_path: Path) -> None:
    transformers_folder(tmp_path, "resnet")
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"depths": [1, 2]}))
    with pytest.raises(ModelError) as caught:
        hub(tmp_path)
    assert caught.value.code == "hub.weights_do_not_fit"
    assert "encoder.stages.1.layers.1" in caught.value.got
    (tmp_path / "config.json").write_text(json.dumps(config | {"hidden_sizes": [8, 32]}))
    with raises_coded(ModelError, "hub.not_loadable", str(tmp_path)):
        hub(tmp_path)
