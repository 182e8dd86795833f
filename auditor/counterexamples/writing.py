"""The folder of counterexamples: whole, or not there."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from auditor.counterexamples.inputs import Source, cues_of, labels_of, mark_boxes, usable
from auditor.counterexamples.marks import Box
from auditor.counterexamples.pictures import SourcePicture, exposed, make, read
from auditor.counterexamples.recipes import Recipe, plan
from auditor.data.masks.reading import MaskFault
from auditor.domain.messages import N_
from auditor.domain.samples import Sample
from auditor.files import refuse_filled
from auditor.imagery.decode import UnreadableImage
from auditor.ports import Progress
from auditor.storage.audited_config import audited_config
from auditor.storage.csv_text import csv_bytes
from auditor.storage.run import Run

JPEG_QUALITY = 95
COLUMNS = ("image", "label", "mask", "duplicate_group", "kind")
ORIGIN = ("image", "label", "kind", "breaks", "source", "donor")


BLEMISH = 0.02
"""A filled place of this share of the picture is as bad as a background's second appearance."""


@dataclass(frozen=True)
class Written:
    """What was written: the folder, images by class, cues spoken against, inputs left out."""

    folder: Path
    images: dict[str, int]
    cues: dict[str, str]
    left_out: int


def write(
    run: Run,
    out: Path,
    *,
    source: Source,
    classes: Sequence[str],
    per_class: int,
    seed: int,
    progress: Progress,
) -> Written:
    """Write counterexamples to the cues of a run.

    Args:
        run: a finished run.
        out: a folder that is not there yet, or is empty.
        source: where the pictures come from.
        classes: speak against the cues of these instead of the confirmed ones.
        per_class: images of every class.
        seed: of every choice; the same seed and data give the same files.
        progress: hears of every image.

    Raises:
        RunError: no class is confirmed and none was named, or `out` is not empty.
        DataError: the pictures are not there, or fewer than two classes have masks.
    """
    refuse_filled(
        out,
        "The folder for the counterexamples is not empty.",
        "name another --out, or remove what is there",
    )
    cues = cues_of(run, classes)
    config = audited_config(run.metadata)
    samples = usable(run, config, source)
    boxes = mark_boxes(run, config, samples, cues)
    recipes = plan(samples, cues, marked=frozenset(boxes), per_class=per_class, seed=seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        renderer = _Renderer(
            scratch,
            samples={sample.case_id: sample for sample in samples},
            folders=_folders(sorted(labels_of(samples))),
            boxes=boxes,
            seed=seed,
            mask_fit=config.data.mask_fit,
        )
        rows = renderer.make_all(recipes, progress)
        written = Written(
            folder=out,
            images={label: sum(r["label"] == label for r in rows) for label in renderer.folders},
            cues={label: cue.value for label, cue in cues.items()},
            left_out=len(recipes) - len(rows),
        )
        _tables(scratch, rows)
        _provenance(scratch, run, written, seed, source)
        _publish(scratch, out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return written


def _publish(scratch: Path, out: Path) -> None:
    scratch.chmod(0o755)
    if out.is_dir():
        out.rmdir()
    scratch.replace(out)


def _folders(labels: Sequence[str]) -> dict[str, str]:
    """A folder name for every class: its own name where that can be one."""
    names: dict[str, str] = {}
    for label in labels:
        name = re.sub(r"[/\\\0]|^\.+", "_", label) or "_"
        names[label] = f"{name}_{len(names)}" if name in names.values() else name
    return names


@dataclass(frozen=True)
class _Renderer:
    folder: Path
    samples: Mapping[str, Sample]
    folders: Mapping[str, str]
    boxes: Mapping[str, Box]
    seed: int
    mask_fit: bool
    served: Counter[str] = field(default_factory=Counter)

    def make_all(self, recipes: Sequence[Recipe], progress: Progress) -> list[dict[str, str]]:
        """Write every image that can be made; a row for each."""
        progress.stage(N_("making counterexamples"), len(recipes))
        rows = []
        for number, recipe in enumerate(recipes):
            row = self.make(number, recipe)
            rows += [] if row is None else [row]
            progress.advance()
        return rows

    def make(self, number: int, recipe: Recipe) -> dict[str, str] | None:
        """Write one image and its mask; None where an input could not be read."""
        source = self.samples[recipe.source]
        box = self.boxes.get(recipe.donor or recipe.source)
        try:
            shown = read(source, mask_fit=self.mask_fit)
            donor, lent = self._lender(recipe, shown)
            rng = np.random.default_rng([self.seed, number])
            picture = make(recipe.kind, shown, lent, box, rng, given=recipe.property)
        except (UnreadableImage, MaskFault):
            return None
        name = f"{self.folders[recipe.label]}/{number:05d}"
        self._save(picture, name)
        return {
            "image": f"images/{name}.jpg",
            "label": recipe.label,
            "mask": f"masks/{name}.png",
            "duplicate_group": source.group,
            "kind": recipe.kind.value,
            "breaks": recipe.breaks or "",
            "source": source.image,
            "donor": donor.image if donor else "",
        }

    def _lender(
        self, recipe: Recipe, shown: SourcePicture
    ) -> tuple[Sample | None, SourcePicture | None]:
        """Of the candidates the one whose filled place the object hides best, each in its turn."""
        if recipe.donor is None:
            return None, None
        first, *others = (self.samples[each] for each in (recipe.donor, *recipe.others))
        able = [(first, read(first, mask_fit=self.mask_fit))]
        for sample in others:
            with suppress(UnreadableImage, MaskFault):
                able.append((sample, read(sample, mask_fit=self.mask_fit)))
        cost = [
            (exposed(shown, picture) + BLEMISH) * (1 + self.served[sample.case_id])
            for sample, picture in able
        ]
        chosen, picture = able[int(np.argmin(cost))]
        self.served[chosen.case_id] += 1
        return chosen, picture

    def _save(self, picture: SourcePicture, name: str) -> None:
        image = self.folder / "images" / f"{name}.jpg"
        mask = self.folder / "masks" / f"{name}.png"
        for file in (image, mask):
            file.parent.mkdir(parents=True, exist_ok=True)
        pixels = picture.image.permute(1, 2, 0).contiguous().numpy()
        Image.fromarray(pixels).save(image, quality=JPEG_QUALITY, subsampling=0)
        Image.fromarray(picture.mask.numpy().astype(np.uint8) * 255).save(mask)


def _tables(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """The manifest is for loaders, to the letter; the provenance also for spreadsheets."""
    frame = pd.DataFrame(rows, columns=sorted({*COLUMNS, *ORIGIN}))
    text = frame[list(COLUMNS)].to_csv(index=False, lineterminator="\n")
    (folder / "manifest.csv").write_text(text, encoding="utf-8")
    (folder / "provenance.csv").write_bytes(csv_bytes(frame[list(ORIGIN)]))


def _provenance(folder: Path, run: Run, written: Written, seed: int, source: Source) -> None:
    told = {
        "run": run.name,
        "fingerprints": asdict(run.metadata.fingerprints),
        "versions": run.metadata.versions,
        "cues": written.cues,
        "images": written.images,
        "left_out": written.left_out,
        "seed": seed,
        "from_audited_images": source.data is None,
    }
    text = json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / "provenance.json").write_text(text + "\n", encoding="utf-8")
