"""What is fuzzed: a reader, the files it begins with, and the errors that are an answer.

Every reader may refuse with an error of ours, or with a skip. Anything else is an escape.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.classifiers.checkpoints import read_checkpoint
from auditor.config import AuditConfig
from auditor.data.masks.reading import MaskFault, mask_pixels
from auditor.data.sources.opening import open_source
from auditor.domain.samples import Sample
from auditor.imagery.decode import UnreadableImage, decode_image, read_header
from auditor.imagery.stored import has_depth, stored_picture
from tests.fuzz import corpora
from tests.fuzz.data_folders import data_folder, data_folders, read_data_folder
from tests.fuzz.mutations import damaged
from tests.fuzz.reviews import bring_back, review_files
from tests.fuzz.run_folders import run_folders, run_template
from tests.fuzz.run_readers import read_run

Make = Callable[[Path, random.Random], Path]


@dataclass(frozen=True)
class Target:
    """A reader.

    Attributes:
        make: puts a damaged file, or a folder with one in it, below a folder.
        read: reads it to its end.
    """

    make: Make
    read: Callable[[Path], object]


def _file(seeds: Mapping[str, bytes]) -> Make:
    """One damaged file of a corpus, by its own name."""

    def make(folder: Path, drawn: random.Random) -> Path:
        name = drawn.choice(sorted(seeds))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(damaged(seeds[name], drawn, list(seeds.values())))
        return path

    return make


def _decode(path: Path) -> None:
    for read in (read_header, decode_image, has_depth, stored_picture):
        try:
            read(path)
        except UnreadableImage:
            continue


def _list(path: Path) -> None:
    """Every sample with its mask, as an audit reads them."""
    for item in open_source(path).items():
        if not isinstance(item, Sample) or item.mask is None:
            continue
        try:
            header = read_header(item.path)
            mask_pixels(item.mask, (header.height, header.width), fit=True)
        except (UnreadableImage, MaskFault):
            continue


def _beside(name: str, seeds: Mapping[str, bytes], places: tuple[str, ...] = ("images",)) -> Make:
    """A damaged file among whole ones, beside pictures that they name; `name` "" is the folder."""
    picture = corpora.pictures()["a.jpg"]

    def make(folder: Path, drawn: random.Random) -> Path:
        for place in places:
            (folder / place).mkdir(parents=True, exist_ok=True)
            for picked in ("a", "b"):
                (folder / place / f"{picked}.jpg").write_bytes(picture)
        chosen = drawn.choice(sorted(seeds))
        for each, content in seeds.items():
            target = folder / each
            target.parent.mkdir(parents=True, exist_ok=True)
            whole = each != chosen
            target.write_bytes(content if whole else damaged(content, drawn, [*seeds.values()]))
        return folder / name

    return make


def _read_config(path: Path) -> None:
    config = AuditConfig.load(path)
    tomllib.loads(config.to_toml())


def _runs(home: Path) -> Target:
    template = run_template(home / "runs" / "template").path
    return Target(run_folders(template), read_run(template))


MANIFEST = "manifest.parquet"
TARGETS: dict[str, Callable[[Path], Target]] = {
    "images": lambda _: Target(_file(corpora.pictures()), _decode),
    "tiff": lambda _: Target(_file(corpora.tiffs()), _decode),
    "dicom": lambda _: Target(_file(corpora.dicoms()), _decode),
    "coco": lambda _: Target(_beside("instances.json", corpora.coco()), _list),
    "voc": lambda _: Target(_beside("", corpora.voc(), ("JPEGImages",)), _list),
    "yolo": lambda _: Target(_beside("", corpora.YOLO), _list),
    "csv": lambda _: Target(_beside("manifest.csv", {"manifest.csv": corpora.CSV}), _list),
    "parquet": lambda _: Target(_beside(MANIFEST, {MANIFEST: corpora.parquet()}), _list),
    "hugging_face": lambda _: Target(_file({MANIFEST: corpora.hugging_face()}), _list),
    "toml": lambda _: Target(_file({"audit.toml": corpora.TOML}), _read_config),
    "checkpoints": lambda _: Target(_file(corpora.checkpoints()), read_checkpoint),
    "reviews": lambda home: Target(_file(review_files(home)), bring_back(home)),
    "runs": _runs,
    "data_audits": lambda home: Target(
        data_folders(data_folder(home / "template")), read_data_folder
    ),
}
"""Every reader by name, made in a folder of its own."""
