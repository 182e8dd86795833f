"""What differs between two audits and could explain a change in what they found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.comparison.model import Explanation, ImageChanges
from auditor.domain.manifest import Manifest

SILENT = ("data.path", "data.masks", "data.classes", "model.checkpoint")
"""Paths say nothing where the fingerprints agree; the classes have a line of their own."""
OF_RUN = ("run.batch_size", "run.precision", "run.engine")
"""Keys of [run] that reach the numbers; seed and device have lines of their own."""
SILENT_SECTIONS = ("report", "notify", "gate")
FINGERPRINTS = {
    "weights": "the model is another one",
    "dataset": "the data are other ones",
}
MEANS = {
    "data": "other images, labels or masks may be audited",
    "model": "the network, its layer or its input differs",
    "saliency": "maps and nominations differ; effects do not rest on them",
    "interventions": "other images, or other numbers of them, were changed",
    "findings": "the rule of the verdict differs: a verdict can move without any number moving",
    "run": "numbers can differ by rounding",
}
NAMED = 3
SEED = "another random sample of images and donors was tested"
VERSION = "results can differ by rounding, or by what the version changed"
DEVICE = "numbers can differ by rounding"
ENVIRONMENT = {
    "torch_build": "build of torch",
    "device_name": "processor or GPU",
    "system": "system",
    "instructions": "instructions of the processor",
    "threads": "threads",
    "cuda": "CUDA",
    "cudnn": "cuDNN",
    "driver": "driver of the GPU",
    "capability": "capability of the GPU",
}
LAYER = "maps and nominations differ; effects do not rest on them"
CLASSES = "the model knows other classes"


def explanations(base: Manifest, new: Manifest, images: ImageChanges) -> tuple[Explanation, ...]:
    """Of two manifests: weights and data first, then configuration, seed, versions, device.

    Args:
        base, new: manifests.
        images: what came, went and changed its label, told beside other data.
    """
    return tuple(
        Explanation(what, _words(first), _words(second), means)
        for what, first, second, means in _differing(base, new, images)
        if first != second
    )


def _differing(
    base: Manifest, new: Manifest, images: ImageChanges
) -> Iterator[tuple[str, Any, Any, str]]:
    for name, means in FINGERPRINTS.items():
        first, second = (getattr(run.fingerprints, name) for run in (base, new))
        more = _came_and_went(images) if name == "dataset" else ""
        yield name, first, second, means + more
    yield "target_layer", base.target_layer, new.target_layer, LAYER
    yield "classes", *_known(base.classes, new.classes), CLASSES
    first, second = (_flat(run.config) for run in (base, new))
    for key in sorted({*first, *second}):
        section = key.partition(".")[0]
        reaches = key in OF_RUN if section == "run" else section not in SILENT_SECTIONS
        if reaches and key not in SILENT:
            yield key, first.get(key), second.get(key), MEANS.get(section, "")
    yield "seed", base.seed, new.seed, SEED
    first, second = (run.versions for run in (base, new))
    for name in sorted({*first, *second}):
        yield f"version of {name}", first.get(name), second.get(name), VERSION
    yield "device", base.device, new.device, DEVICE
    yield from _environments(base, new)


def _environments(base: Manifest, new: Manifest) -> Iterator[tuple[str, Any, Any, str]]:
    """What differs beneath the same kind of device; of another device that line says enough.

    Nothing where a run was written before environments were kept: that explains nothing.
    """
    first, second = (run.environment for run in (base, new))
    if first and second and base.device == new.device:
        for name, words in ENVIRONMENT.items():
            yield words, first.get(name), second.get(name), DEVICE


def _came_and_went(images: ImageChanges) -> str:
    counts = {
        "new": len(images.new),
        "gone": len(images.gone),
        "relabelled": len(images.relabelled),
    }
    told = [f"{number:,} {word}" for word, number in counts.items() if number]
    return f": {', '.join(told)}" if told else ": same images and labels, other files or masks"


def _known(base: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    """How many classes each knows, with those that the other does not; nothing if the same."""
    if list(base) == list(new):
        return "", ""
    gone = sorted(set(base) - set(new))
    came = sorted(set(new) - set(base))
    if not gone and not came:
        return "one order", "another order"
    return _some(len(base), gone), _some(len(new), came)


def _some(number: int, own: Sequence[str]) -> str:
    shown = ", ".join(own[:NAMED]) + (f" and {len(own) - NAMED:,} more" if len(own) > NAMED else "")
    return f"{number:,} classes" + (f", {shown} among them" if own else "")


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _words(value: Any) -> str:
    if value is None:
        return "not given"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
