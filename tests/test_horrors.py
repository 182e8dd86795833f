"""The worst that a folder can hold, through the real command: audited, or skipped with a reason."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import auditor
from auditor.storage.run import Run
from tests.data.making import noise, save_mask

ROOT = Path(__file__).parents[1]
HEIGHT, WIDTH = 48, 64
OBJECT = np.zeros((HEIGHT, WIDTH), dtype=bool)
OBJECT[12:36, 16:48] = True
CORNER = np.zeros_like(OBJECT)
CORNER[:2, :2] = True


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


def run_command(data: Path, *words: object) -> Outcome:
    """`auditor run` in a process of its own, with a network that is made and not trained."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "auditor", "run", "--data", str(data)),
            *("--model", "tests.fakes.planted:build_network", "--layer", "0"),
            *("--set", "model.preprocess.resize=[64,64]", "--set", "model.preprocess.crop=false"),
            *("--device", "cpu", "--workers", "0", "--no-interventions"),
            *map(str, words),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


class Folder:
    """Class folders in the making: `images/cat`, and masks that mirror them."""

    def __init__(self, root: Path) -> None:
        self.images, self.masks = root / "images", root / "masks"
        (self.images / "cat").mkdir(parents=True)
        self._seed = 0

    def picture(self) -> Image.Image:
        self._seed += 1
        return Image.fromarray(noise(HEIGHT, WIDTH, seed=self._seed))

    def add(
        self,
        name: str,
        picture: Image.Image | None = None,
        mask: np.ndarray | None = OBJECT,
        **options: object,
    ) -> None:
        path = self.images / "cat" / name
        (self.picture() if picture is None else picture).save(path, **options)
        if mask is not None:
            save_mask(self.masks / "cat" / f"{path.stem}.png", mask)

    def add_bytes(self, name: str, content: bytes) -> None:
        path = self.images / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def encoded(picture: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that claims 3.6 thousand million pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b"")


def add_readable(folder: Folder) -> None:
    for name in ("a.jpg", "b.png", "c.webp", "d.tif", "e.bmp", "CAPS.JPG"):
        folder.add(name)
    for name, mode in (("grey", "L"), ("palette", "P"), ("alpha", "RGBA"), ("two", "LA")):
        folder.add(f"{name}.png", folder.picture().convert(mode))
    folder.add("bilevel.png", folder.picture().convert("1"))
    folder.add("cmyk.jpg", folder.picture().convert("CMYK"))
    deep = np.random.default_rng(0).integers(0, 65536, (HEIGHT, WIDTH)).astype(np.uint16)
    folder.add("deep.png", Image.fromarray(deep))
    folder.add("deeper.tif", Image.fromarray(deep.T.copy()), mask=OBJECT.T)
    folder.add("moving.gif", save_all=True, append_images=[folder.picture()])
    folder.add("moving.webp", save_all=True, append_images=[folder.picture()])
    exif = Image.Exif()
    exif[0x0112] = 6
    folder.add("turned.jpg", Image.fromarray(noise(WIDTH, HEIGHT, seed=99)), exif=exif)
    for name in ("ünï çödé 猫", "two  spaces", "a#b%20?&c", "quote's\"x", "=cmd'!A0"):
        folder.add(f"{name}.png")
    folder.add("unmasked.png", mask=None)
    twin = folder.picture()
    folder.add("twin a.png", twin)
    folder.add("twin b.png", twin)


READABLE = 25

DOUBTS = {
    "cat/mask empty.png": "empty",
    "cat/mask full.png": "full",
    "cat/mask inverted.png": "inverted",
    "cat/mask tiny.png": "tiny",
}

REASONS = {
    "cat/bomb.png": "decompression bomb",
    "cat/broken link.jpg": "broken link",
    "cat/float.tif": "no fixed range",
    "cat/notes.txt": "not an image by its suffix",
    "cat/text.jpg": "not an image of a known format",
    "cat/truncated.jpg": "truncated",
    "cat/truncated.png": "truncated",
    "cat/zero.jpg": "empty file",
    "cat/mask of another size.png": "mask of 10x12 pixels does not fit the image of 64x48",
    "cat/mask on its side.png": "EXIF rotation was not applied",
    "cat/mask is text.png": "not an image of a known format",
    "cow/gone.png": "empty file",
    "stray.png": "beside the class folders",
    "zebra/a.png": "not among the model's 4 classes",
}


def add_unreadable(folder: Folder) -> None:
    photo = Image.fromarray(noise(200, 200))
    for name, kind in (("jpg", "JPEG"), ("png", "PNG")):
        content = encoded(photo, kind)
        folder.add_bytes(f"cat/truncated.{name}", content[: len(content) // 2])
    folder.add_bytes("cat/bomb.png", bomb())
    folder.add_bytes("cat/zero.jpg", b"")
    folder.add_bytes("cat/text.jpg", b"no picture")
    folder.add_bytes("cat/notes.txt", b"no picture")
    folder.add_bytes("cow/gone.png", b"")
    folder.add_bytes("stray.png", encoded(photo, "PNG"))
    folder.add_bytes("zebra/a.png", encoded(photo, "PNG"))
    folder.add_bytes("dog/a.png", encoded(photo, "PNG"))
    (folder.images / "cat" / "broken link.jpg").symlink_to("nowhere.jpg")
    folder.add("float.tif", Image.fromarray(np.zeros((HEIGHT, WIDTH), dtype=np.float32)))
    folder.add("mask of another size.png", mask=np.ones((12, 10), dtype=bool))
    folder.add("mask on its side.png", mask=OBJECT.T)
    folder.add("mask is text.png", mask=None)
    (folder.masks / "cat" / "mask is text.png").write_text("no picture")


@pytest.fixture(scope="module")
def horrors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("horrors")
    folder = Folder(root)
    add_readable(folder)
    masks = (OBJECT & False, OBJECT | True, ~OBJECT, CORNER)
    for name, mask in zip(DOUBTS, masks, strict=True):
        folder.add(Path(name).name, mask=mask)
    add_unreadable(folder)
    (root / "classes.txt").write_text("cat\ncow\ndog\nspare\n")
    return root


@pytest.fixture(scope="module")
def outcome(horrors: Path) -> Outcome:
    return run_command(
        horrors / "images",
        *("--masks", horrors / "masks", "--classes", horrors / "classes.txt"),
        *("--out", horrors / "run"),
    )


@pytest.fixture(scope="module")
def run(horrors: Path, outcome: Outcome) -> Run:
    assert outcome.code == 0, outcome.err
    assert "Traceback" not in outcome.err
    return auditor.open_run(horrors / "run")


def test_every_input_is_audited_or_skipped_and_the_counts_add_up(horrors: Path, run: Run) -> None:
    given = {
        path.relative_to(horrors / "images").as_posix()
        for path in (horrors / "images").rglob("*")
        if path.is_symlink() or path.is_file()
    }
    audited, skipped = set(run.cases()["image"]), set(run.skipped()["image"])
    assert audited | skipped == given
    assert not audited & skipped
    assert run.manifest["counts"] == {
        "images": len(given),
        "audited": len(audited),
        "skipped": len(skipped),
    }
    assert len(audited) == READABLE + len(DOUBTS) + 1  # dog/a.png


def test_every_skip_says_why(run: Run) -> None:
    reasons = run.skipped().set_index("image")["reason"]
    assert set(reasons.index) == set(REASONS)
    for image, words in REASONS.items():
        assert words in reasons[image], image


def test_masks_that_carry_no_score_are_undetermined_and_said(run: Run, outcome: Outcome) -> None:
    cases = run.cases().set_index("image")
    assert {image: cases.loc[image, "mask_doubt"] for image in DOUBTS} == DOUBTS
    assert set(cases.loc[list(DOUBTS), "verdict"]) == {"undetermined"}
    assert cases.loc[list(DOUBTS), "nominated"].isna().all()
    told = " ".join(outcome.err.split())
    for words in ("is empty", "is full", "as an inverted one does", "smaller than one cell"):
        assert sum(words in warning for warning in run.manifest["warnings"]) == 1, words
        assert words in told
        assert words in (run.path / "report.html").read_text()
        assert cases.loc[list(DOUBTS), "reason"].str.contains(words).any()


def test_a_class_that_lost_all_its_images_is_said_loudly(run: Run, outcome: Outcome) -> None:
    assert run.manifest["lost_classes"] == {"cow": "empty file"}
    (line,) = [each for each in outcome.err.splitlines() if "'cow'" in each]
    assert line.endswith(": empty file")
    report = (run.path / "report.html").read_text()
    assert "<p><b>cow</b>" in report.split('class="alarm"')[-1]


def test_files_of_one_content_are_one_group(run: Run) -> None:
    groups = run.cases().set_index("image")["duplicate_group"]
    assert groups["cat/twin a.png"] == groups["cat/twin b.png"] == "cat/twin a.png"
    assert groups.drop(["cat/twin a.png", "cat/twin b.png"]).isna().all()


def test_a_photo_that_was_turned_stands_upright_with_its_mask(run: Run) -> None:
    turned = run.cases().set_index("image").loc["cat/turned.jpg"]
    assert (turned["image_width"], turned["image_height"]) == (WIDTH, HEIGHT)
    assert turned["object_area"] == pytest.approx(0.25, abs=0.01)


def test_a_skipped_csv_is_no_program(run: Run) -> None:
    assert "cat/=cmd'!A0.png" in set(run.cases()["image"])
    stored = pd.read_csv(run.path / "skipped.csv")
    assert not stored["image"].str.startswith(("=", "+", "-", "@")).any()


@pytest.mark.slow
def test_strict_leaves_with_2_and_writes_nothing(horrors: Path) -> None:
    done = run_command(
        horrors / "images",
        *("--masks", horrors / "masks", "--classes", horrors / "classes.txt"),
        *("--out", horrors / "strict", "--strict", "--json"),
    )
    assert (done.code, done.out) == (2, "")
    assert "--strict" in done.err
    assert "Traceback" not in done.err
    assert not (horrors / "strict").exists()


@pytest.mark.slow
def test_mask_fit_takes_a_mask_of_the_same_shape_and_no_other(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.add("half.png", mask=OBJECT[::2, ::2])
    folder.add("other.png", mask=OBJECT[:, ::2])
    folder.add_bytes("dog/a.png", encoded(folder.picture(), "PNG"))
    words = (
        "--masks",
        tmp_path / "masks",
        "--mask-fit",
        "--set",
        "data.classes=['cat','dog','x','y']",
    )
    done = run_command(tmp_path / "images", *words, "--out", tmp_path / "run", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["counts"] == {"images": 3, "audited": 2, "skipped": 1}
    run = auditor.open_run(tmp_path / "run")
    assert run.cases().set_index("image").loc["cat/half.png", "object_area"] == pytest.approx(0.25)
    assert "32x48" in run.skipped()["reason"].iloc[0]
    assert "64x48" in run.skipped()["reason"].iloc[0]
