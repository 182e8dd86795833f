"""A training set for a repair of the demo's network.

    python -m sample_data.making.training_set --material FOLDER --out DIR [--per-class 500]

`DIR/manifest.csv` is what `auditor repair --data` wants. Scenes and correlations are those of the
network's training; drawings are those of both sides, as in its last phases of training. No picture
is one of the audit set, and no part of a photograph that was cropped for it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sample_data.making import dataset, objects, recipes
from sample_data.making.scenes import Library

PER_CLASS = 500


def main() -> None:
    """Draws and writes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--material", type=Path, required=True, help="the unpacked packages")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--per-class", type=int, default=PER_CLASS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sides = objects.split(objects.load(options.material))
    arts = {label: sides["train"][label] + sides["audit"][label] for label in objects.CLASSES}
    made = recipes.training_recipes(arts, options.per_class, options.seed)
    dataset.write(made, Library(options.material), options.out)


if __name__ == "__main__":
    main()
