"""Published tools on the audit's own maps, at the cut-offs that they come with.

Neither needs masks. Both are optional: `pip install --no-deps bnnr shortkit-ml` (they pin other
releases of what they share with us), of what bnnr lacks then `opencv-python-headless`. What is not
installed is left out of the table, with a word.

- bnnr (0.8.0): `analyze_xai_batch_rich` and the findings of its model analysis; a class counts as
  flagged where it finds "background focus suspected".
- ShortKit-ML (0.1.0): `SpRAyDetector` on the maps of a class; flagged where it detects a shortcut.

Not here: ShortKit-ML's other detectors ask for labels of the cue, which nobody has before an audit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.imagery.overlay import cam_grid, heat
from auditor.storage.run import Run

FEWEST_MAPS = 3
"""SpRAyDetector asks for more maps than clusters."""

Flagged = Mapping[tuple[str, str], bool]
"""By set and class: whether the tool says that it relies on a cue."""


def maps_of(cases: pd.DataFrame) -> NDArray[np.float32]:
    """(N, height, width) float32 in 0..1: maps on the picture's own pixels, as these tools make
    them; pictures of one run have one size."""
    return np.stack(
        [
            heat(
                cam_grid(case.cam, int(case.cam_height), int(case.cam_width)),
                (int(case.image_width), int(case.image_height)),
            )
            for case in cases.itertuples()
        ]
    )


def by_bnnr(runs: Sequence[Run]) -> Flagged:
    """Classes of which bnnr suspects a focus on the background."""
    from bnnr.analysis.findings import build_findings
    from bnnr.xai_analysis import analyze_xai_batch_rich

    found: dict[tuple[str, str], bool] = {}
    for run in runs:
        cases = _with_maps(run)
        names = sorted(map(str, run.classes()["class"]))
        place = {name: at for at, name in enumerate(names)}
        truth = [place[str(label)] for label in cases["label"]]
        said = [place.get(str(answer), -1) for answer in cases["predicted"]]
        _, diagnoses, _ = analyze_xai_batch_rich(maps_of(cases), truth, said, names)
        report = type("Report", (), {"xai_diagnoses": diagnoses, "confusion": {}, "metrics": {}})
        findings, _ = build_findings(report, [], {}, {})
        suspected = {
            int(place)
            for finding in findings
            if finding.finding_type == "background_focus_suspected"
            for place in finding.class_ids
        }
        found |= {(run.name, name): at in suspected for name, at in place.items()}
    return found


def by_shortkit(runs: Sequence[Run]) -> Flagged:
    """Classes in whose maps ShortKit-ML's SpRAy detects a shortcut; few maps are none."""
    from shortcut_detect.xai.spray_detector import SpRAyDetector

    found: dict[tuple[str, str], bool] = {}
    for run in runs:
        cases = _with_maps(run)
        for name in map(str, run.classes()["class"]):
            own = cases[cases["label"] == name]
            flagged = False
            if len(own) >= FEWEST_MAPS:
                most = min(10, len(own) - 1)
                detector = SpRAyDetector(max_clusters=most)
                detector.fit(maps_of(own), labels=np.zeros(len(own), dtype=int))
                flagged = bool(detector.shortcut_detected_)
            found[run.name, name] = flagged
    return found


def _with_maps(run: Run) -> pd.DataFrame:
    cases = run.cases()
    return cases[cases["cam"].notna()]


TOOLS: Mapping[str, tuple[str, str, Callable[[Sequence[Run]], Flagged]]] = {
    "bnnr": ("bnnr", "bnnr: background focus suspected", by_bnnr),
    "shortkit": ("shortcut_detect", "ShortKit-ML: SpRAy finds a shortcut", by_shortkit),
}
"""By short name: the package, what the table calls it, and how it is asked."""


def installed() -> Iterator[str]:
    """Short names of the tools that can be asked here."""
    for name, (package, _, _) in TOOLS.items():
        if find_spec(package) is not None:
            yield name
