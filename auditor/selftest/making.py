"""Makes a planted world on disk: pictures, masks, manifest, a trained network, and the truth."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from auditor.selftest.cues import CueKind
from auditor.selftest.material import SceneMaterial
from auditor.selftest.network import probabilities, train
from auditor.selftest.rendering import RenderRecipe, recipes, render
from auditor.selftest.worlds import TrainingLabels, World

MANIFEST = "manifest.csv"
WEIGHTS = "model.safetensors"
CLASSES = "classes.txt"


@dataclass(frozen=True)
class Truth:
    """What the network does with a class, by the renderer.

    Attributes:
        label: the class.
        kind: of its cue; None where nothing was planted.
        correlation: 0..1 of the cue; 0 without one.
        accuracy: on the audited pictures.
        loss: mean probability of the label lost when the renderer takes the cue away, -1..1;
            0 where there is no cue to take away.
        accuracy_loss: the same for the share of right answers.
        capture: mean probability that the class gains on other classes' pictures when the
            renderer gives them the cue; None without one.
    """

    label: str
    kind: CueKind | None
    correlation: float
    accuracy: float
    loss: float
    accuracy_loss: float
    capture: float | None


def make(world: World, material: SceneMaterial, folder: Path) -> tuple[Truth, ...]:
    """Train, write everything that `auditor run` needs, and measure the truth."""
    trained_on = _training(world, material)
    network = _trained(trained_on, world, material)
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: value.contiguous() for name, value in network.state_dict().items()}
    save_file(state, folder / WEIGHTS)
    (folder / CLASSES).write_text("\n".join(world.classes) + "\n", encoding="utf-8")
    audited = trained_on if world.seen else recipes(world, material, training=False)
    write_pictures(audited, world, material, folder)
    return _truths(network, audited, world, material)


def _training(world: World, material: SceneMaterial) -> list[RenderRecipe]:
    """What is trained on: with random labels the objects stay, their labels change places."""
    made = recipes(world, material, training=True)
    if world.labels is not TrainingLabels.RANDOM:
        return made
    labels = world.generator(3).permutation([recipe.label for recipe in made])
    return [replace(r, label=str(label)) for r, label in zip(made, labels, strict=True)]


def _trained(made: Sequence[RenderRecipe], world: World, material: SceneMaterial) -> nn.Module:
    labels = np.array([world.classes.index(recipe.label) for recipe in made], np.int64)
    return train(
        _pictures(made, world, material),
        labels,
        classes=len(world.classes),
        epochs=0 if world.labels is TrainingLabels.NONE else world.epochs,
        seed=world.seed,
        architecture=world.architecture,
    )


def _pictures(
    made: Sequence[RenderRecipe], world: World, material: SceneMaterial
) -> NDArray[np.uint8]:
    return np.stack([render(recipe, world, material)[0] for recipe in made])


def write_pictures(
    made: Sequence[RenderRecipe], world: World, material: SceneMaterial, folder: Path
) -> None:
    """Images, masks and a manifest of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / MANIFEST).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("image", "label", "mask", "duplicate_group"))
        for number, recipe in enumerate(made):
            pixels, mask = render(recipe, world, material)
            for copy in range(world.copies):
                name = f"{recipe.label}/{number:04d}_{copy}.png"
                for kind, picture in (
                    ("images", pixels),
                    ("masks", np.asarray(mask * 255, np.uint8)),
                ):
                    path = folder / kind / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    Image.fromarray(picture).save(path)
                group = f"picture{number:04d}" if world.copies > 1 else ""
                table.writerow((f"images/{name}", recipe.label, f"masks/{name}", group))


def _truths(
    network: nn.Module, audited: Sequence[RenderRecipe], world: World, material: SceneMaterial
) -> tuple[Truth, ...]:
    labels = np.array([world.classes.index(recipe.label) for recipe in audited])
    before = probabilities(network, _pictures(audited, world, material))
    found = []
    for index, label in enumerate(world.classes):
        planted = world.planted.get(label)
        own = labels == index
        right = before[own].argmax(axis=1) == index
        loss = accuracy_loss = 0.0
        capture = None
        if planted is not None:
            bare = [r.without(planted.kind) for r in audited if r.label == label]
            after = probabilities(network, _pictures(bare, world, material))
            loss = float(before[own, index].mean() - after[:, index].mean())
            accuracy_loss = float(right.mean() - (after.argmax(axis=1) == index).mean())
            given = [r.with_cue(planted.kind) for r in audited if r.label != label]
            lured = probabilities(network, _pictures(given, world, material))
            capture = float(lured[:, index].mean() - before[~own, index].mean())
        found.append(
            Truth(
                label=label,
                kind=planted.kind if planted else None,
                correlation=planted.correlation if planted else 0.0,
                accuracy=float(right.mean()),
                loss=loss,
                accuracy_loss=accuracy_loss,
                capture=capture,
            )
        )
    return tuple(found)
