"""Which drawings show the objects: emoji artwork under free licences, with exact alpha."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

Split = Literal["train", "audit"]

CONCEPTS: dict[str, dict[str, str]] = {
    "animal": {
        "dog": "1f415", "cat": "1f408", "horse": "1f40e", "cow": "1f404", "pig": "1f416",
        "ram": "1f40f", "ewe": "1f411", "goat": "1f410", "camel": "1f42a", "elephant": "1f418",
        "rhinoceros": "1f98f", "hippopotamus": "1f99b", "mouse": "1f401", "rabbit": "1f407",
        "chipmunk": "1f43f-fe0f", "hedgehog": "1f994", "kangaroo": "1f998", "tiger": "1f405",
        "leopard": "1f406", "giraffe": "1f992", "zebra": "1f993", "deer": "1f98c",
        "sloth": "1f9a5",
    },
    "bird": {
        "bird": "1f426", "eagle": "1f985", "duck": "1f986", "swan": "1f9a2", "owl": "1f989",
        "dodo": "1f9a4", "flamingo": "1f9a9", "peacock": "1f99a", "parrot": "1f99c",
        "rooster": "1f413", "turkey": "1f983", "dove": "1f54a-fe0f", "baby-chick": "1f424",
        "front-facing-baby-chick": "1f425", "penguin": "1f427", "goose": "1fabf",
    },
    "bug": {
        "butterfly": "1f98b", "bug": "1f41b", "ant": "1f41c", "honeybee": "1f41d",
        "beetle": "1fab2", "lady-beetle": "1f41e", "cricket": "1f997", "spider": "1f577-fe0f",
        "scorpion": "1f982", "mosquito": "1f99f", "fly": "1fab0", "snail": "1f40c",
    },
    "flower": {
        "cherry-blossom": "1f338", "rose": "1f339", "hibiscus": "1f33a", "sunflower": "1f33b",
        "blossom": "1f33c", "tulip": "1f337", "lotus": "1fab7", "hyacinth": "1fabb",
        "bouquet": "1f490", "rosette": "1f3f5-fe0f",
    },
    "fruit": {
        "grapes": "1f347", "melon": "1f348", "watermelon": "1f349", "tangerine": "1f34a",
        "lemon": "1f34b", "banana": "1f34c", "pineapple": "1f34d", "mango": "1f96d",
        "red-apple": "1f34e", "green-apple": "1f34f", "pear": "1f350", "peach": "1f351",
        "cherries": "1f352", "strawberry": "1f353", "blueberries": "1fad0", "kiwi-fruit": "1f95d",
        "coconut": "1f965",
    },
    "instrument": {
        "guitar": "1f3b8", "musical-keyboard": "1f3b9", "trumpet": "1f3ba", "violin": "1f3bb",
        "banjo": "1fa95", "drum": "1f941", "long-drum": "1fa98", "saxophone": "1f3b7",
        "accordion": "1fa97", "flute": "1fa88", "maracas": "1fa87",
    },
    "vehicle": {
        "automobile": "1f697", "oncoming-automobile": "1f698", "sport-utility-vehicle": "1f699",
        "taxi": "1f695", "bus": "1f68c", "trolleybus": "1f68e", "minibus": "1f690",
        "ambulance": "1f691", "fire-engine": "1f692", "police-car": "1f693",
        "delivery-truck": "1f69a", "articulated-lorry": "1f69b", "tractor": "1f69c",
        "pickup-truck": "1f6fb", "racing-car": "1f3ce-fe0f", "motorcycle": "1f3cd-fe0f",
        "motor-scooter": "1f6f5", "tram-car": "1f68b",
    },
}  # fmt: skip
CLASSES = sorted(CONCEPTS)

GOOGLE, MICROSOFT = "Google Inc. (Noto Emoji)", "Microsoft Corporation (Fluent Emoji)"
# set -> (family: drawings of one family are finishes of one design, npm package, author, licence)
SETS: dict[str, tuple[str, str, str, str]] = {
    "fluent3d": ("fluent", "@lobehub/fluent-emoji-3d", MICROSOFT, "MIT"),
    "fluent": ("fluent", "@iconify-json/fluent-emoji", MICROSOFT, "MIT"),
    "noto": ("noto", "@iconify-json/noto", GOOGLE, "Apache-2.0"),
    "noto1": ("noto1", "@iconify-json/noto-v1", GOOGLE, "Apache-2.0"),
    "twemoji": ("twemoji", "@iconify-json/twemoji", "Twitter, Inc. and contributors", "CC-BY-4.0"),
    "fxemoji": ("fxemoji", "@iconify-json/fxemoji", "Mozilla Foundation", "Apache-2.0"),
}
AUDIT_FAMILIES = ("fluent", "noto", "twemoji", "noto1")
SPRITE = 256


@dataclass(frozen=True)
class Art:
    """One drawing, cropped to its alpha."""

    label: str
    concept: str
    source: str
    file: str
    rgba: NDArray[np.uint8]

    @property
    def family(self) -> str:
        return SETS[self.source][0]

    @property
    def design(self) -> str:
        """The same for every finish of one design: the unit for statistics."""
        return f"{self.concept}-{self.family}"


def load(material: Path) -> list[Art]:
    """Every drawing of every concept that the packages hold, in a fixed order."""
    arts = []
    icons = {name: _icons(material, name) for name in SETS if name != "fluent3d"}
    for label in CLASSES:
        for concept, code in CONCEPTS[label].items():
            for name in SETS:
                found = (
                    _picture(material, code) if name == "fluent3d" else _icon(icons[name], concept)
                )
                if found is not None:
                    arts.append(Art(label, concept, name, found[0], _trim(found[1])))
    return arts


def split(arts: list[Art]) -> dict[Split, dict[str, list[Art]]]:
    """Designs of the audit set are not met in training; every concept is."""
    sides: dict[Split, dict[str, list[Art]]] = {"train": {}, "audit": {}}
    for label in CLASSES:
        concepts = list(CONCEPTS[label])
        for number, concept in enumerate(concepts):
            mine = [a for a in arts if a.label == label and a.concept == concept]
            families = {a.family for a in mine}
            order = AUDIT_FAMILIES[number % 3 :] + AUDIT_FAMILIES[: number % 3]
            wanted = min(3 if len(concepts) <= 12 else 2, len(families) - 1)
            audit = [f for f in order if f in families][:wanted]
            for art in mine:
                if art.family not in audit:
                    sides["train"].setdefault(label, []).append(art)
                elif art.source != "fluent":  # of two finishes the audit takes the 3D one
                    sides["audit"].setdefault(label, []).append(art)
    return sides


def _icons(material: Path, name: str) -> dict[str, Any]:
    file = material / "node_modules" / SETS[name][1] / "icons.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _icon(icons: dict[str, Any], concept: str) -> tuple[str, NDArray[np.uint8]] | None:
    name = concept if concept in icons["icons"] else concept.replace("-", "")
    if name not in icons["icons"]:
        return None
    icon = icons["icons"][name]
    width = icon.get("width", icons.get("width", 16))
    height = icon.get("height", icons.get("height", 16))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{icon.get("left", 0)} {icon.get("top", 0)} {width} {height}" '
        f'width="{width}" height="{height}">{icon["body"]}</svg>'
    )
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SPRITE, height=SPRITE))
    return f"icons.json#{name}", np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def _picture(material: Path, code: str) -> tuple[str, NDArray[np.uint8]] | None:
    folder = material / "node_modules" / SETS["fluent3d"][1] / "assets"
    for name in (code, code.removesuffix("-fe0f")):
        file = folder / f"{name}.webp"
        if file.is_file():
            return f"assets/{file.name}", np.asarray(Image.open(file).convert("RGBA"))
    return None


def _trim(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows = np.flatnonzero((rgba[..., 3] > 16).any(axis=1))
    columns = np.flatnonzero((rgba[..., 3] > 16).any(axis=0))
    return np.ascontiguousarray(rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
