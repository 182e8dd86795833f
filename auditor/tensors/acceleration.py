"""Cheaper forward passes for interventions, which need neither hooks nor gradients.

What is used follows from what the processor or the GPU can do, never from a measurement of speed,
so the same machine always decides alike. Maps, their logits and the sanity checks stay in float32.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from auditor.domain.errors import ConfigError
from auditor.domain.messages import coded
from auditor.tensors.classifier import Classifier
from auditor.tensors.fast_networks import InBf16, OpenVino
from auditor.tensors.questions import same_answers

Kind = Literal["off", "bf16", "openvino", "compile"]
Asked = Literal["auto", "off", "bf16", "openvino", "compile"]
KINDS: tuple[Kind, ...] = get_args(Kind)

BF16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
"""Instructions of x86 processors with which bfloat16 wins; without them it was 33 times slower."""
BF16_CAPABILITY = (8, 0)
"""Compute capability of the first NVIDIA GPUs with bfloat16 units (Ampere)."""
TOLERANCE = 0.01
"""Largest difference of a probability on the first batch; beyond it float32 is used."""
EXAMPLES = 2
"""Images that OpenVINO converts a network with; batches may have any length."""
PROCESSOR = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Capabilities:
    """What decides.

    Attributes:
        device: "cpu" or "cuda".
        bf16: the device has instructions or units for bfloat16.
        openvino: version of the installed OpenVINO, None without it.
        mixed: the whole audit runs in mixed precision already (`run.precision`).
    """

    device: str
    bf16: bool
    openvino: str | None
    mixed: bool = False


@dataclass(frozen=True)
class Acceleration:
    """Attributes:
    kind: what interventions run on; "off" is float32, as everything else.
    precision: "float32", "bf16", or "as run.precision".
    reason: why, in words.
    checked_images: images of the agreement check, 0 where none was needed.
    largest_difference: of a probability from float32 in that check.
    failed: it was tried and does not run this network, or not alike.
    by_name: the user asked for it by its name, not for what the machine can do.
    """

    kind: Kind
    precision: str
    reason: str
    checked_images: int = 0
    largest_difference: float | None = None
    failed: bool = False
    by_name: bool = False

    def words(self) -> str:
        """What numbers depend on, as it is noted for `--resume`: the kind first."""
        return f"{self.kind} {self.precision}"

    def warnings(self) -> tuple[str, ...]:
        """A sentence for the user where what he asked for failed the agreement check."""
        told = self.failed and self.by_name
        if not told:
            return ()
        return (coded("run.float32", "Interventions ran in float32: {why}.", why=self.reason),)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the manifest."""
        return asdict(self)


def capabilities(classifier: Classifier) -> Capabilities:
    """Of this process's machine, for the classifier's device."""
    device = classifier.device
    if device.type == "cuda":
        bf16 = torch.cuda.get_device_capability(device) >= BF16_CAPABILITY
    else:
        bf16 = bool(BF16_FLAGS & _instructions())
    return Capabilities(device.type, bf16, _openvino(), mixed=classifier.autocast is not None)


def decide(asked: Asked, found: Capabilities) -> Acceleration:
    """What to run interventions on, before it was tried.

    Raises:
        ConfigError: OpenVINO is asked for and is not installed, or the device is a GPU.
    """
    if found.mixed and asked in {"auto", "off"}:
        return replace(off("run.precision covers interventions"), precision="as run.precision")
    if asked == "auto":
        return _by_rule(found)
    if asked == "off":
        return off("run.accelerate is off")
    if asked == "openvino":
        _refuse(found)
    of_device = "bf16" if found.bf16 else "float32"
    precision = {
        "bf16": "bf16",
        "compile": of_device if found.device == "cuda" else "float32",
        "openvino": of_device,
    }[asked]
    return Acceleration(asked, precision, "asked for", by_name=True)


def _by_rule(found: Capabilities) -> Acceleration:
    if found.device == "cpu" and found.openvino is not None:
        precision = "bf16" if found.bf16 else "float32"
        return Acceleration("openvino", precision, f"OpenVINO {found.openvino} is installed")
    if found.bf16:
        return Acceleration("bf16", "bf16", "the device has bfloat16 instructions")
    return off("the device has no bfloat16 instructions and OpenVINO is not installed")


def off(reason: str) -> Acceleration:
    """Float32, and why."""
    return Acceleration("off", "float32", reason)


def accelerated(classifier: Classifier, chosen: Acceleration, size: tuple[int, int]) -> Classifier:
    """The classifier with a second network for interventions; itself where that is off.

    Args:
        chosen: by `decide`.
        size: height and width of an input.

    Raises:
        Exception: anything that the conversion or somebody's forward pass may raise.
    """
    if chosen.kind == "off":
        return classifier
    network = classifier.network
    if chosen.kind == "openvino":
        example = torch.zeros(EXAMPLES, len(classifier.preprocess.mean), *size)
        return replace(classifier, accelerated=OpenVino(network, example, chosen.precision))
    if chosen.precision == "bf16":
        network = InBf16(network)
    if chosen.kind == "compile":
        exact: dict[str, Any] = {"deterministic": torch.are_deterministic_algorithms_enabled()}
        compiled: Any = torch.compile(network, dynamic=True, options=exact)
        network = compiled
    return replace(classifier, accelerated=network)


def checked(
    classifier: Classifier, images: Tensor, chosen: Acceleration
) -> tuple[Classifier, Acceleration]:
    """The accelerated classifier if it agrees with float32 on these images, else the plain one.

    Agreement: the same class has the largest probability for every image, and no probability
    differs by more than `TOLERANCE`.

    Args:
        images: (N, 3, H, W) as `Classifier.probabilities` takes them.
        chosen: by `decide`.

    Returns:
        The classifier to go on with, and what it runs on.
    """
    if chosen.kind == "off":
        return classifier, chosen
    try:
        height, width = images.shape[-2:]
        fast = accelerated(classifier, chosen, (height, width))
        found = fast.trial_probabilities(images)
        # A conversion may have fixed the number of images that it was made with.
        for part, said in ((images, found), (images[:1], fast.trial_probabilities(images[:1]))):
            _refuse_other_number(said, len(part))
    except Exception as error:  # noqa: BLE001 - somebody's forward, converted: it may raise anything
        words = str(error).strip().splitlines() or [""]
        why = coded(
            "run.cannot_run",
            "{kind} cannot run this network ({error})",
            kind=chosen.kind,
            error=f"{type(error).__name__}: {words[0][:200]}",
        )
        return classifier, replace(chosen, kind="off", precision="float32", reason=why, failed=True)
    plain = classifier.probabilities(images)
    apart = float((found - plain).abs().max())
    same = same_answers(found, plain, multilabel=classifier.multilabel)
    noted = replace(chosen, checked_images=len(images), largest_difference=apart)
    # Not "greater than": a probability that is no number agrees with nothing.
    if same and apart <= TOLERANCE:
        return fast, noted
    values = {"kind": chosen.kind, "apart": f"{apart:.3f}"}
    told = (
        coded(
            "run.apart",
            "{kind} gives the same answers as float32 and probabilities up to {apart} apart",
            **values,
        )
        if same
        else coded(
            "run.other_answers",
            "{kind} gives other answers than float32 and probabilities up to {apart} apart",
            **values,
        )
    )
    return classifier, replace(noted, kind="off", precision="float32", reason=told, failed=True)


def _refuse_other_number(answers: Tensor, images: int) -> None:
    if len(answers) != images:
        raise ValueError(f"{len(answers)} answers for {images} images")


def _refuse(found: Capabilities) -> None:
    fault = None
    if found.openvino is None:
        fault = "'openvino' needs the extra: pip install 'shortcut-auditor[openvino]'"
    elif found.device != "cpu":
        fault = "'openvino' computes on the processor: on a GPU say auto or bf16"
    if fault is not None:
        raise ConfigError([f"run.accelerate: {fault}"], source="the resolved configuration")


def _openvino() -> str | None:
    try:
        return version("openvino")
    except PackageNotFoundError:
        return None


def _instructions() -> frozenset[str]:
    """Flags of the processor as Linux lists them; empty elsewhere."""
    try:
        lines = PROCESSOR.read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())
