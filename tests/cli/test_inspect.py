"""`auditor inspect`: a person and a machine are told the same of a dataset."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.making import noise, save, save_mask

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


def inspect(*words: object) -> Outcome:
    """The real command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "inspect", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two splits with a leak, a contradiction, an empty and an inverted mask, and two faults."""
    folder = tmp_path_factory.mktemp("looked over")
    inside = np.zeros((40, 60), dtype=bool)
    inside[10:30, 20:40] = True
    for i, mask in enumerate((inside, ~inside, np.zeros_like(inside))):
        save(folder / f"{i}.png", noise(40, 60, seed=i))
        save_mask(folder / "m" / f"{i}.png", mask)
    Image.open(folder / "0.png").save(folder / "copy.png")
    (folder / "text.jpg").write_text("no picture")
    save_mask(folder / "m" / "small.png", np.ones((20, 30), dtype=bool))
    (folder / "m.csv").write_text(
        "image,label,mask,split,site\n"
        "0.png,cat,m/0.png,train,Basel\n"
        "1.png,cat,m/1.png,train,Bern\n"
        "2.png,dog,m/2.png,val,Bern\n"
        "copy.png,dog,m/small.png,val,\n"
        "text.jpg,cow,,val,\n"
        "0.png,cat,,train,\n"
    )
    return folder


def test_for_a_person(dataset: Path) -> None:
    done = inspect(dataset / "m.csv")
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    for words in (
        "5 images in 3 classes",
        "splits: train 2, val 3",
        "masks: file 4, none 1",
        "slice site: Bern 2, Basel 1",
        "1 mask empty",
        "1 mask inverted",
        "2 files have the same content as another",
        "over several splits: a leak",
        "under several labels",
        "not an image of a known format (text.jpg)",
        "mask of 30x20 pixels does not fit the image of 60x40",
        "listed twice with label cat (0.png)",
    ):
        assert words in said, words


def test_for_a_machine(dataset: Path) -> None:
    done = inspect(dataset / "m.csv", "--json")
    assert done.code == 0, done.err
    seen = json.loads(done.out)
    assert seen["kind"] == "manifest"
    assert {each["name"]: each["images"] for each in seen["classes"]} == {
        "cat": 2,
        "cow": 1,
        "dog": 2,
    }
    assert seen["splits"] == [["train", 2], ["val", 3]]
    assert {skip["image"] for skip in seen["skips"]} == {"0.png", "copy.png", "text.jpg"}
    assert seen["sizes"]["median"] == [60, 40]
    assert (seen["identical_across_splits"], seen["identical_across_labels"]) == (1, 1)
    assert dict(seen["areas"]["doubts"]) == {"empty": ["2.png"], "inverted": ["1.png"]}


def test_mask_fit_takes_what_it_can(dataset: Path) -> None:
    seen = json.loads(inspect(dataset / "m.csv", "--mask-fit", "--json").out)
    assert "copy.png" not in {skip["image"] for skip in seen["skips"]}
    assert seen["areas"]["measured"] == 4


def test_strict_leaves_with_2(dataset: Path) -> None:
    done = inspect(dataset / "m.csv", "--strict", "--quiet")
    assert (done.code, done.out) == (2, "")
    assert "text.jpg: " in done.err
    assert inspect(dataset / "m.csv", "--quiet", "--split", "train").code == 0


def test_a_dataset_that_is_not_there(dataset: Path) -> None:
    done = inspect(dataset / "nowhere")
    assert done.code == 2
    for part in ("expected:", "got:", "remedy:"):
        assert part in done.err
    assert "Traceback" not in done.err


def test_no_network_library_is_loaded(dataset: Path) -> None:
    code = (
        "import sys; from auditor.cli.app import run_command_line\n"
        f"sys.argv = ['auditor', 'inspect', {str(dataset / 'm.csv')!r}, '--quiet']\n"
        "try: run_command_line()\n"
        "except SystemExit: print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "False"
