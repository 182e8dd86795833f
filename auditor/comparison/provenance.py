"""What differs between two audits and could explain a change in what they found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.comparison.model import ChangeExplanation, ImageChanges
from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_, phrase, phrase_n

SILENT = ("data.path", "data.masks", "data.classes", "model.checkpoint")
"""Paths say nothing where the fingerprints agree; the classes have a line of their own."""
OF_RUN = ("run.batch_size", "run.precision", "run.engine")
"""Keys of [run] that reach the numbers; seed and device have lines of their own."""
SILENT_SECTIONS = ("report", "notify", "gate")
FINGERPRINTS = {
    N_("weights"): N_("the model is another one"),
    N_("dataset"): N_("the data are other ones"),
}
MEANS = {
    "data": N_("other images, labels or masks may be audited"),
    "model": N_("the network, its layer or its input differs"),
    "saliency": N_("maps and nominations differ; effects do not rest on them"),
    "interventions": N_("other images, or other numbers of them, were changed"),
    "findings": N_("the rule of the verdict differs: a verdict can move without any number moving"),
    "run": N_("numbers can differ by rounding"),
}
SEED = N_("another random sample of images and donors was tested")
VERSION = N_("results can differ by rounding, or by what the version changed")
DEVICE = N_("numbers can differ by rounding")
ENVIRONMENT = {
    "torch_build": N_("build of torch"),
    "device_name": N_("processor or GPU"),
    "system": N_("system"),
    "instructions": N_("instructions of the processor"),
    "threads": N_("threads"),
    "cuda": "CUDA",
    "cudnn": "cuDNN",
    "driver": N_("driver of the GPU"),
    "capability": N_("capability of the GPU"),
}
LAYER = N_("maps and nominations differ; effects do not rest on them")
CLASSES = N_("the model knows other classes")


def explanations(
    base: Manifest, new: Manifest, images: ImageChanges
) -> tuple[ChangeExplanation, ...]:
    """Of two manifests: weights and data first, then configuration, seed, versions, device.

    Args:
        base, new: manifests.
        images: what came, went and changed its label, told beside other data.
    """
    return tuple(
        ChangeExplanation(what, _words(first), _words(second), means)
        for what, first, second, means in _differing(base, new, images)
        if first != second
    )


def _differing(
    base: Manifest, new: Manifest, images: ImageChanges
) -> Iterator[tuple[str, Any, Any, str]]:
    for name, means in FINGERPRINTS.items():
        first, second = (getattr(run.fingerprints, name) for run in (base, new))
        told = phrase(means)
        if name == "dataset":
            told = phrase("{means}: {images}", means=told, images=_came_and_went(images))
        yield name, first, second, told
    yield N_("target_layer"), base.target_layer, new.target_layer, LAYER
    yield N_("classes"), *_known(base.classes, new.classes), CLASSES
    first, second = (_flat(run.config) for run in (base, new))
    for key in sorted({*first, *second}):
        section = key.partition(".")[0]
        reaches = key in OF_RUN if section == "run" else section not in SILENT_SECTIONS
        if reaches and key not in SILENT:
            yield key, first.get(key), second.get(key), MEANS.get(section, "")
    yield N_("seed"), base.seed, new.seed, SEED
    first, second = (run.versions for run in (base, new))
    for name in sorted({*first, *second}):
        yield phrase("version of {name}", name=name), first.get(name), second.get(name), VERSION
    yield N_("device"), base.device, new.device, DEVICE
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
    counts = len(images.new), len(images.gone), len(images.relabelled)
    if not any(counts):
        return phrase("same images and labels, other files or masks")
    return phrase(
        "{new:,} new, {gone:,} gone, {relabelled:,} with another label",
        new=counts[0],
        gone=counts[1],
        relabelled=counts[2],
    )


def _known(base: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    """How many classes each knows, with those that the other does not; nothing if the same."""
    if list(base) == list(new):
        return "", ""
    gone = sorted(set(base) - set(new))
    came = sorted(set(new) - set(base))
    if not gone and not came:
        return phrase("one order"), phrase("another order")
    return _some(len(base), gone), _some(len(new), came)


def _some(number: int, own: Sequence[str]) -> str:
    if not own:
        return phrase_n("{n:,} class", "{n:,} classes", number)
    return phrase_n(
        "{n:,} class, {names} among them",
        "{n:,} classes, {names} among them",
        number,
        names=tuple(own),
    )


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
        return phrase("not given")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
