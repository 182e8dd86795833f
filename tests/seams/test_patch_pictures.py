"""Pictures of hypotheses: the parts are read once, and a stage is announced."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from auditor.domain.hypotheses import PATCH
from auditor.domain.samples import Sample
from auditor.pipeline.evidence_stage import draw_patches
from tests.interventions.making import flat_batch, sample


def test_the_parts_are_read_once_for_all_pictures() -> None:
    batch = flat_batch(
        [sample(f"{label}{i}", label) for i, label in enumerate("aabb")],
        things=[(200, 0, 0)] * 4,
        grounds=[(90, 90, 90)] * 4,
    )
    ids = [sample.case_id for sample in batch.samples]
    scans: list[object] = []
    told: list[tuple[str, int | None]] = []
    cams = pd.DataFrame(
        {
            "case_id": ids,
            "cam": [np.arange(16, dtype=np.uint8).tobytes()] * 4,
            "cam_height": 4,
            "cam_width": 4,
            "cam_scale": 1.0,
        }
    )

    def find(stage: str, names: Any, columns: Any) -> pd.DataFrame:
        scans.append((stage, tuple(columns)))
        return cams[cams["case_id"].isin(list(names))]

    def load(samples: list[Sample]) -> Any:
        return batch.select([ids.index(sample.case_id) for sample in samples])

    setup = SimpleNamespace(
        find=lambda names: {s.case_id: s for s in batch.samples if s.case_id in names},
        load=load,
        progress=SimpleNamespace(
            stage=lambda name, total: told.append((name, total)), advance=lambda steps=1: None
        ),
    )
    hypotheses = pd.DataFrame(
        {"class": ["a", "a", "b"], "kind": PATCH, "examples": [ids[0], ids[1], " ".join(ids[2:])]}
    )
    found = draw_patches(setup, SimpleNamespace(find=find), hypotheses)  # type: ignore[arg-type]
    assert len(scans) == 1
    stage = "drawing the patches"
    assert told == [(stage, 3)]
    assert all(picture[:2] == b"\xff\xd8" for picture in found["picture"])
    assert draw_patches(setup, SimpleNamespace(find=find), hypotheses.head(0)).empty  # type: ignore[arg-type]
    assert len(scans) == 1
