"""Masks by networks and functions: the right pixels, made once, marked as automatic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from torch import nn
from torchvision import models

import auditor
from auditor.config import AuditConfig
from auditor.domain.auto_masks import parse_form
from auditor.domain.errors import ConfigError, DataError, ModelError
from auditor.domain.samples import Sample
from auditor.ports import Silent
from auditor.segmentation.mask_files import mask_files_of
from auditor.segmentation.opening import open_segmenter
from auditor.segmentation.segmenters import Mask, Picture
from tests.fakes.coded import raises_coded
from tests.fakes.planted import config_of, write_dataset

SIZE = (60, 80)


def scene(seed: int = 0) -> tuple[Picture, Mask]:
    """A bright disc on dark noise."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    disc = np.hypot(rows - 30, columns - rng.integers(25, 55)) < 15
    pixels = rng.integers(0, 60, (*SIZE, 3))
    pixels[disc] = rng.integers(180, 255, (int(disc.sum()), 3))
    return pixels.astype(np.uint8), disc


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


def trained_kernel() -> tuple[NDArray[np.float32], float]:
    """A segmentation network of one convolution, trained to tell bright from dark."""
    torch.manual_seed(0)
    layer = nn.Conv2d(3, 1, 1)
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.1)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    for step in range(150):
        picture, disc = scene(step % 10)
        values = (torch.from_numpy(picture).float() / 255 - mean) / std
        logits = layer(values.permute(2, 0, 1)[None])
        loss = nn.functional.binary_cross_entropy_with_logits(
            logits[0, 0], torch.from_numpy(disc).float()
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return layer.weight.detach().numpy(), float(layer.bias.detach())


def write_onnx(path: Path, *, sigmoid: bool, side: int | str = 64, channels: int = 3) -> Path:
    weight, bias = trained_kernel()
    nodes = [helper.make_node("Conv", ["image", "w", "b"], ["logits"])]
    if sigmoid:
        nodes.append(helper.make_node("Sigmoid", ["logits"], ["map"]))
    given = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, channels, side, side])
    made = helper.make_tensor_value_info(
        "map" if sigmoid else "logits", TensorProto.FLOAT, [1, 1, side, side]
    )
    kernels = np.broadcast_to(weight.mean(axis=1, keepdims=True), (1, channels, 1, 1))
    tensors = [
        numpy_helper.from_array(np.ascontiguousarray(kernels, np.float32), "w"),
        numpy_helper.from_array(np.array([bias], np.float32), "b"),
    ]
    graph = helper.make_graph(nodes, "net", [given], [made], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("sigmoid", [True, False])
@pytest.mark.parametrize("side", [64, "H"])
def test_an_onnx_network_finds_the_object(tmp_path: Path, sigmoid: bool, side: int | str) -> None:
    file = write_onnx(tmp_path / "net.onnx", sigmoid=sigmoid, side=side)
    segmenter = open_segmenter(f"onnx:{file}", "cpu")
    assert segmenter is not None
    picture, disc = scene(99)
    (found,) = segmenter.masks([picture], ["any"])
    assert found is not None
    assert found.shape == SIZE
    assert iou(found, disc) > 0.85


def test_where_nothing_is_found_there_is_no_mask(tmp_path: Path) -> None:
    segmenter = open_segmenter(f"onnx:{write_onnx(tmp_path / 'n.onnx', sigmoid=True)}", "cpu")
    assert segmenter is not None
    assert segmenter.masks([np.zeros((*SIZE, 3), np.uint8)], ["any"]) == [None]


@pytest.mark.parametrize("content", [b"", b"no network", None])
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "net.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        open_segmenter(f"onnx:{file}", "cpu")
    assert caught.value.code == "masks.network_unreadable"


def test_a_network_of_another_input_is_refused(tmp_path: Path) -> None:
    file = write_onnx(tmp_path / "net.onnx", sigmoid=True, channels=1)
    with pytest.raises(ModelError) as caught:
        open_segmenter(f"onnx:{file}", "cpu")
    assert "(N, 3, H, W)" in caught.value.got


def test_torchvisions_networks_take_the_users_weights(tmp_path: Path) -> None:
    """One class beside the background, told by brightness: the last layers are set by hand."""
    torch.manual_seed(0)
    network = models.get_model("lraspp_mobilenet_v3_large", weights=None, weights_backbone=None,
                               num_classes=2)  # fmt: skip
    state = network.state_dict()
    torch.save(state, tmp_path / "weights.pt")
    segmenter = open_segmenter(
        f"torchvision:lraspp_mobilenet_v3_large:{tmp_path / 'weights.pt'}", "cpu"
    )
    assert segmenter is not None
    picture, _ = scene(1)
    small = np.ascontiguousarray(picture[:40])
    masks = segmenter.masks([picture, small, picture], ["a", "b", "c"])
    network.eval()
    values = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    with torch.inference_mode():
        expected = network((values - mean) / std)["out"].argmax(1)[0].numpy() > 0
    for place in (0, 2):
        found = masks[place]
        assert (np.zeros(SIZE, bool) if found is None else found).sum() == expected.sum()
    assert masks[1] is None or masks[1].shape == (40, 80)


@pytest.mark.parametrize("name", ["resnet18", "none", "deeplabv3_resnet50:no/such/file.pt"])
def test_torchvision_without_network_or_weights_is_refused(name: str) -> None:
    with pytest.raises(ModelError):
        open_segmenter(f"torchvision:{name}", "cpu")


def test_an_unknown_form_is_a_fault_of_the_configuration() -> None:
    for text in ("magic", "torchvision:", "onnx:", "a b:c", "module:"):
        with pytest.raises(ValueError, match="grabcut"):
            parse_form(text)
    tree = {"data": {"path": ".", "auto_mask": "magic"}, "model": {"factory": "a:b"}}
    with raises_coded(ConfigError, "config.faults", "data.auto_mask"):
        AuditConfig.from_dict(tree)


def test_an_onnx_file_is_relative_to_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "run.toml"
    file.write_text('[data]\npath = "."\nauto_mask = "onnx:net.onnx"\n[model]\nfactory = "a:b"\n')
    assert AuditConfig.load(file).data.auto_mask == f"onnx:{tmp_path / 'sub' / 'net.onnx'}"


class Counting:
    """Finds the bright pixels; remembers how often it was asked."""

    identity = "counting:1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def masks(self, pictures: Sequence[Picture], labels: Sequence[str]) -> list[Mask | None]:
        self.asked += labels
        found = [picture.mean(axis=2) > 120 for picture in pictures]
        return [mask if mask.any() else None for mask in found]


def samples(folder: Path, count: int = 11) -> list[Sample]:
    made = []
    for number in range(count):
        picture, _ = scene(number)
        if number == 3:
            picture = np.zeros_like(picture)
        path = folder / f"{number}.png"
        Image.fromarray(picture).save(path)
        made.append(Sample(f"c{number}", path.name, "disc", path))
    return made


def test_masks_are_made_once_and_by_content(tmp_path: Path) -> None:
    given, segmenter = samples(tmp_path), Counting()
    files = mask_files_of(given, segmenter, tmp_path / "cache", Silent())
    assert len(segmenter.asked) == 11
    for number, sample in enumerate(given):
        mask = np.asarray(Image.open(files[sample.case_id])) > 0
        assert mask.shape == SIZE
        assert mask.any() == (number != 3)
    assert mask_files_of(given, segmenter, tmp_path / "cache", Silent()) == files
    assert len(segmenter.asked) == 11
    Image.fromarray(scene(50)[0]).save(given[0].path)
    mask_files_of(given, segmenter, tmp_path / "cache", Silent())
    assert len(segmenter.asked) == 12


def test_what_cannot_be_read_gets_no_mask(tmp_path: Path) -> None:
    given = samples(tmp_path, 3)
    given[1].path.write_bytes(b"no picture")
    given[2].path.unlink()
    files = mask_files_of(given, Counting(), tmp_path / "cache", Silent())
    assert set(files) == {"c0"}


FUNCTION = """
import numpy as np
def bright(image, label):
    return (image.mean(axis=2) > 100).astype(np.uint8) * 255 if label != "none" else None
def wrong(image, label):
    return image[:2, :2, 0]
def broken(image, label):
    raise RuntimeError("no")
"""


def test_a_function_gets_image_and_label(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_masks_for_test.py").write_text(FUNCTION)
    monkeypatch.chdir(tmp_path)
    segmenter = open_segmenter("own_masks_for_test:bright", "cpu")
    assert segmenter is not None
    picture, disc = scene(5)
    found, nothing = segmenter.masks([picture, picture], ["disc", "none"])
    assert found is not None
    assert (found == disc).all()
    assert nothing is None
    for name in ("wrong", "broken"):
        bad = open_segmenter(f"own_masks_for_test:{name}", "cpu")
        assert bad is not None
        with pytest.raises(DataError) as caught:
            bad.masks([picture], ["disc"])
        assert caught.value.code == "masks.function_gives_none"
    with pytest.raises(ModelError) as caught:
        open_segmenter("own_masks_for_test:missing", "cpu")
    assert caught.value.code == "masks.function_not_importable"


def test_an_audit_with_a_function_marks_its_masks_as_automatic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real chain: a configuration, masks by a function, a run whose rows say `auto`."""
    (tmp_path / "own_masks_for_audit.py").write_text(
        "def half(image, label):\n"
        "    mask = image[..., 0] * 0\n"
        "    mask[: len(mask) // 2] = 1\n"
        "    return mask\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDITOR_MASK_CACHE", str(tmp_path / "cache"))
    write_dataset(tmp_path / "data", per_class=6)
    tree = config_of(
        tmp_path / "data", data={"masks": None, "auto_mask": "own_masks_for_audit:half"}
    )
    run = auditor.audit(tree)
    cases = run.cases()
    assert set(cases["mask_source"]) == {"auto"}
    assert cases["object_area"].between(0.3, 0.7).all()
    assert run.manifest["auto_masks"]["method"] == "own_masks_for_audit:half"
    assert any((tmp_path / "cache").rglob("*.png"))
