"""Makes everything: `python -m sample_data.making.build --material FOLDER`."""

from __future__ import annotations

import argparse
import json
import platform
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
import torchvision
from safetensors.torch import load_file, save_file

from sample_data.making import dataset, objects, paste, recipes, train, verify
from sample_data.making.scenes import Library

SEED = 2026


def main() -> None:
    """Trains (or takes) the network, writes the audit set and measures the truth."""
    options = _options()
    torch.set_num_threads(options.threads)
    root: Path = options.out
    weights = root / "model.safetensors"
    if not options.keep_network:
        trained = train.train(options.material, options.seed)
        state = {name: value.contiguous() for name, value in trained.state_dict().items()}
        save_file(state, weights)
    net = train.network()
    net.load_state_dict(load_file(weights))
    net.eval()
    library = Library(options.material)
    arts = objects.split(objects.load(options.material))["audit"]
    pictures = dataset.write(recipes.audit_recipes(arts, options.seed), library, root)
    figures = verify.measure(net, pictures, library, options.seed)
    truth = {
        "seed": options.seed,
        "arch": train.ARCH,
        "input": train.INPUT,
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "numpy": np.__version__,
        },
        "classes": {label: _entry(label, figure, pictures) for label, figure in figures.items()},
        "promises": verify.promises(figures),
        "paste_check": {
            fill: paste.summary(paste.matrix(net, pictures, options.seed, fill))
            for fill in ("blur", "patch")
        },
    }
    text = json.dumps(_rounded(truth), indent=2, ensure_ascii=False)
    (root / "truth.json").write_text(text + "\n", encoding="utf-8")
    print(json.dumps(_rounded({"classes": truth["classes"], "promises": truth["promises"]})))


def _entry(
    label: str, figure: verify.Figures, pictures: list[dataset.Picture]
) -> dict[str, object]:
    kind, used, words = dataset.describe(label)
    mine = [p.recipe for p in pictures if p.recipe.label == label]
    return {
        "planted": {
            "kind": kind,
            "used": used,
            "expected_verdict": "confirmed" if used else "not_confirmed",
            "words": words,
        },
        "images": len(mine),
        "with_cue": sum(recipes.cued(r) for r in mine),
        "designs": len({r.art.design for r in mine if r.art is not None}),
        **asdict(figure),
    }


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--material", type=Path, required=True, help="the unpacked packages")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep-network", action="store_true", help="do not train again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
