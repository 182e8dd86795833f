"""What Grad-CAM costs beside a plain forward pass, ours and others', measured side by side.

    python -m benchmarks.saliency time    [--networks resnet18 ...] [--batches 16 32] [--rounds 9]
    python -m benchmarks.saliency memory  [--networks ...] [--batches ...]
    python -m benchmarks.saliency flat    [--images 20000]

Times are interleaved (processor time of one thread on a CPU): every round runs every contestant
once, in an order that turns. A contestant's figure is the median over rounds of its ratio to the
plain forward pass of the same round, so that a noisy machine disturbs all alike. All see the same
channels-last network and images; "plain" is the whole batch at once, "plain, in parts" in the parts
that the auditor makes of it (eight images on a CPU), "plain, folded" with batch norms folded too,
as the auditor loads a network. Memory is the rise of the process's peak
resident size over the loaded network, each contestant in a process of its own (Linux only).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
import torchvision
from captum.attr import LayerGradCam
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torchcam.methods import GradCAM as TorchCam

from auditor.classifiers.folding import folded
from auditor.domain.preprocess import Preprocess
from auditor.saliency.capture import forward
from auditor.saliency.engine import explain
from auditor.saliency.methods import gradcam
from auditor.tensors.classifier import Classifier
from auditor.tensors.frozen_eval import frozen_eval
from auditor.tensors.layers import module_named

LAYERS = {
    "resnet18": "layer4",
    "resnet50": "layer4",
    "mobilenet_v3_large": "features",
    "vit_b_16": "encoder.layers.encoder_layer_11.ln_1",
}
CONTESTANTS = (
    "plain",
    "plain, in parts",
    "plain, folded",
    "ours, 1 target",
    "ours, 2 targets",
    "captum",
    "torchcam",
    "pytorch-grad-cam",
)
SIDE = 224
CLASSES = 1000
MIB = 2**20

Contestant = Callable[[], object]


def classifier_of(name: str, device: torch.device, autocast: torch.dtype | None) -> Classifier:
    """A network with random weights: its speed is that of a trained one."""
    torch.manual_seed(0)
    network = torchvision.models.get_model(name, weights=None)
    for parameter in network.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.02)
    network = network.to(device=device, memory_format=torch.channels_last).eval()
    return Classifier(
        network=network,
        classes=tuple(map(str, range(CLASSES))),
        preprocess=Preprocess(),
        target_layer=LAYERS[name],
        device=device,
        weights_sha256="",
        autocast=autocast,
    )


def contestants(classifier: Classifier, batch: int) -> dict[str, Contestant]:
    """Name to what is timed; all start from the same uint8 images on the device."""
    images = torch.randint(0, 256, (batch, 3, SIDE, SIDE), dtype=torch.uint8)
    images = images.to(classifier.device)
    label = torch.arange(batch, device=classifier.device) % CLASSES
    network, layer = classifier.network, module_named(classifier.network, classifier.target_layer)
    small = images[:1].float().contiguous(memory_format=torch.channels_last)
    ours = replace(classifier, network=folded(network, small, classifier.target_layer))
    tokens = "vit" in type(network).__name__.lower() or "Vision" in type(network).__name__

    def inputs() -> Tensor:
        return classifier.normalise(images).contiguous(memory_format=torch.channels_last)

    def predicted(logits: Tensor, _: slice) -> Tensor:
        return logits.argmax(dim=1, keepdim=True)

    def both(logits: Tensor, part: slice) -> Tensor:
        return torch.stack([logits.argmax(dim=1), label[part]], dim=1)

    def to_grid(features: Tensor) -> Tensor:
        return features[:, 1:].transpose(1, 2).unflatten(2, (14, 14)) if tokens else features

    def grad_cam() -> object:
        transform = to_grid if tokens else None
        with GradCAM(network, [layer], reshape_transform=transform) as cam:
            return cam(inputs(), [ClassifierOutputTarget(0)] * batch)

    def captum() -> object:
        return LayerGradCam(network, layer).attribute(inputs(), 0, relu_attributions=True)

    def torchcam() -> object:
        transform = to_grid if tokens else None
        with TorchCam(network, classifier.target_layer, reshape_transform=transform) as cam:
            return cam([0] * batch, network(inputs()))

    @torch.inference_mode()
    def plain() -> object:
        with classifier.mixed():
            return network(inputs())

    works = (
        plain,
        partial(classifier.probabilities, images),
        partial(ours.probabilities, images),
        partial(explain, ours, images, predicted),
        partial(explain, ours, images, both),
        captum,
        torchcam,
        grad_cam,
    )
    return dict(zip(CONTESTANTS, works, strict=True))


def seconds(work: Contestant, device: torch.device) -> float:
    """Time of one call: of the processor with one thread on a CPU, else by the wall clock.

    What else runs on the machine stretches the wall clock many times over, processor time little.
    """
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    alone = device.type == "cpu" and torch.get_num_threads() == 1
    clock = time.process_time if alone else time.perf_counter
    began = clock()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return clock() - began


def interleaved(
    works: dict[str, Contestant], device: torch.device, rounds: int
) -> dict[str, list[float]]:
    """Seconds of every contestant in every round; the first round is a warm-up."""
    names = list(works)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        for i in range(len(names)):
            name = names[(i + turn) % len(names)]
            spent = seconds(works[name], device)
            if turn:
                taken[name].append(spent)
    return taken


def marginal(classifier: Classifier, batch: int, rounds: int, targets: int = 8) -> list[float]:
    """Seconds that each further target costs, timed by itself on one kept graph."""
    images = torch.randint(0, 256, (batch, 3, SIDE, SIDE), dtype=torch.uint8)
    inputs = classifier.normalise(images).contiguous(memory_format=torch.channels_last)
    chosen = torch.arange(batch * targets, device=classifier.device).view(batch, targets) % CLASSES
    spent = []
    with frozen_eval(classifier.network), classifier.mixed():
        for _ in range(rounds):
            features = forward(classifier.network, classifier.target_layer, inputs, with_graph=True)
            activation, gradients = features.activation, features.gradients(chosen)
            for target in range(targets):
                one = seconds(partial(next_map, activation, gradients), classifier.device)
                if target:
                    spent.append(one)
    return spent


def next_map(activation: Tensor, gradients: Iterator[Tensor]) -> Tensor:
    """The map of one more target."""
    return gradcam(activation, next(gradients))


def run_time(arguments: argparse.Namespace) -> None:
    """Print a table of ratios to the plain forward pass."""
    device = torch.device(arguments.device)
    autocast = torch.bfloat16 if arguments.bf16 else None
    torch.set_num_threads(arguments.threads)
    print(f"{device}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    for name in arguments.networks:
        classifier = classifier_of(name, device, autocast)
        for batch in arguments.batches:
            works = contestants(classifier, batch)
            taken = interleaved(works, device, arguments.rounds)
            plain = statistics.median(taken["plain"])
            print(f"\n{name}, batch {batch}: plain {batch / plain:.1f} images/s")
            for who, spent in taken.items():
                ratios = [one / other for one, other in zip(spent, taken["plain"], strict=True)]
                print(f"  {who:18s} {statistics.median(ratios):6.3f} x plain", spread(ratios))
            pairs = zip(taken["pytorch-grad-cam"], taken["ours, 1 target"], strict=True)
            slower = [theirs / ours for theirs, ours in pairs]
            print(f"  pytorch-grad-cam   {statistics.median(slower):6.3f} x ours")
            each = statistics.median(marginal(classifier, batch, arguments.rounds))
            print(f"  a further target   {each / plain:6.2%} of plain", flush=True)


def spread(ratios: list[float]) -> str:
    """Quartiles in words."""
    low, _, high = statistics.quantiles(ratios, n=4)
    return f"(quartiles {low:.3f} to {high:.3f})"


def run_memory(arguments: argparse.Namespace) -> None:
    """Print the rise of peak memory over the loaded network, a process for each figure."""
    for name in arguments.networks:
        for batch in arguments.batches:
            print(f"\n{name}, batch {batch}")
            for who in CONTESTANTS:
                command = [sys.executable, "-m", "benchmarks.saliency", "rise"]
                command += [name, str(batch), who]
                told = subprocess.run(command, capture_output=True, text=True, check=True)
                print(f"  {who:18s} {json.loads(told.stdout):8.0f} MiB", flush=True)


def run_rise(arguments: argparse.Namespace) -> None:
    """Print the rise in MiB of one contestant (internal)."""
    classifier = classifier_of(arguments.network, torch.device("cpu"), None)
    contestants(classifier, 1)[arguments.contestant]()
    work = contestants(classifier, arguments.batch)[arguments.contestant]
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what the first try left free would count as held
    before = status("VmRSS")
    # 5 resets the high-water mark of the resident size (man 5 proc).
    Path("/proc/self/clear_refs").write_text("5")
    work()
    print(json.dumps((status("VmHWM") - before) / MIB))


def status(field: str) -> int:
    """Bytes of a field of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def run_flat(arguments: argparse.Namespace) -> None:
    """Print resident memory along a long pass of small images."""
    classifier = classifier_of("resnet18", torch.device("cpu"), None)
    batch = 32
    images = torch.randint(0, 256, (batch, 3, 64, 64), dtype=torch.uint8)
    for done in range(0, arguments.images, batch):
        explain(classifier, images, lambda logits, _: logits.argmax(dim=1))
        if done % (arguments.images // 10 // batch * batch) == 0:
            tensors = sum(isinstance(thing, Tensor) for thing in gc.get_objects())
            hooks = sum(len(module._forward_hooks) for module in classifier.network.modules())
            print(
                f"{done + batch:6d} images: {status('VmRSS') / MIB:7.1f} MiB, "
                f"{tensors} tensors, {hooks} hooks",
                flush=True,
            )


def main() -> None:
    """Run one measurement."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for word, run in (("time", run_time), ("memory", run_memory)):
        command = commands.add_parser(word)
        command.add_argument("--networks", nargs="+", default=list(LAYERS))
        command.add_argument("--batches", nargs="+", type=int, default=[16, 32])
        command.add_argument("--rounds", type=int, default=9)
        command.add_argument("--device", default="cpu")
        command.add_argument("--threads", type=int, default=1)
        command.add_argument("--bf16", action="store_true")
        command.set_defaults(run=run)
    rise = commands.add_parser("rise")
    rise.add_argument("network")
    rise.add_argument("batch", type=int)
    rise.add_argument("contestant")
    rise.set_defaults(run=run_rise)
    flat = commands.add_parser("flat")
    flat.add_argument("--images", type=int, default=20_000)
    flat.set_defaults(run=run_flat)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
