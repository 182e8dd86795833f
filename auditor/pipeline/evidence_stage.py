"""Pictures of the interventions on the worst cases, and of the patches of hypotheses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

import pandas as pd

from auditor.domain.cues import Cue
from auditor.domain.hypotheses import PATCH
from auditor.domain.messages import N_
from auditor.domain.places import (
    Property,
    PropertyKind,
    Region,
    RegionKind,
    read_place,
    write_place,
)
from auditor.domain.schema import names
from auditor.findings import Findings
from auditor.interventions.appearance import BORDER
from auditor.interventions.evidence import Evidence, render
from auditor.interventions.patch_strips import patch_strip, region_strip
from auditor.interventions.regions import WHOLE
from auditor.interventions.showcase import looked_at, showcase, worst_cases
from auditor.interventions.trial_frame import trials_of
from auditor.pipeline.setup import Setup
from auditor.pipeline.stored_trials import StoredTrials
from auditor.scoring.rows import stored_maps
from auditor.storage.parts import Parts
from auditor.tensors.batch import Batch

EVIDENCE_AT_ONCE = 16
MAP = ("case_id", "cam", "cam_height", "cam_width", "cam_scale")
STRIPS_A_CLASS = 3
STRIPS_AT_MOST = 200


def draw_evidence(setup: Setup, parts: Parts, verdicts: Findings) -> pd.DataFrame:
    """Pictures of the worst tested cases, a few cases in memory at a time."""
    named = _named(verdicts.classes["cue_examples"]) | _named(verdicts.hypotheses["examples"])
    worst = worst_cases(verdicts.cases, named)
    shown_cases = verdicts.cases[verdicts.cases["case_id"].isin(worst)]
    looked = looked_at(shown_cases, named)
    places = _places(verdicts.classes)
    setup.progress.stage(N_("drawing the evidence"), len(worst))
    trials = StoredTrials(parts, cases=frozenset(worst)).whole()
    shown = [
        showcase(trials, worst[start : start + EVIDENCE_AT_ONCE], looked, places)
        for start in range(0, len(worst), EVIDENCE_AT_ONCE)
    ]
    samples = setup.find(frozenset().union(*map(_needed, shown)))
    maps = parts.find("cases", samples, MAP)
    pictures: list[Evidence] = []
    for rows in shown:
        needed = _needed(rows)
        batch = setup.load([sample for name, sample in samples.items() if name in needed])
        pictures += render(batch, trials_of(rows), stored_maps(maps, _ids(batch)))
        setup.progress.advance(rows["case_id"].nunique())
    return pd.DataFrame(map(asdict, pictures), columns=names("evidence"))


def draw_patches(setup: Setup, parts: Parts, hypotheses: pd.DataFrame) -> pd.DataFrame:
    """The hypotheses with pictures of their examples, the first few of a class: what each is about
    is bright, a patch enlarged, too."""
    shown = hypotheses[hypotheses["examples"].notna()]
    shown = shown[shown.groupby("class").cumcount() < STRIPS_A_CLASS].head(STRIPS_AT_MOST)
    strips: dict[object, bytes] = {}
    if not shown.empty:
        setup.progress.stage(N_("drawing the patches"), len(shown))
        wanted = {index: examples.split() for index, examples in shown["examples"].items()}
        samples = setup.find(frozenset().union(*wanted.values()))
        maps = parts.find("cases", samples, MAP)
        kinds = dict(shown["kind"])
        regions = dict(shown["region"]) if "region" in shown else {}
        for index, names_shown in wanted.items():
            batch = setup.load([samples[name] for name in names_shown if name in samples])
            strips[index] = _strip(batch, str(kinds[index]), regions.get(index), maps)
            setup.progress.advance(1)
    return hypotheses.assign(picture=pd.Series(strips, index=hypotheses.index, dtype=object))


def _strip(batch: Batch, kind: str, stored: object, maps: pd.DataFrame) -> bytes:
    if kind == PATCH:
        return patch_strip(batch, stored_maps(maps, _ids(batch)))
    if kind == Cue.BORDER_FRAME.value:
        return region_strip(batch, Region(RegionKind.FRAME, BORDER))
    region = read_place(stored) if isinstance(stored, str) else None
    # A property shows in the whole picture.
    return region_strip(batch, region if isinstance(region, Region) else WHOLE)


def _places(classes: pd.DataFrame) -> dict[str, str]:
    """Stored place by class, where an exchange names its cue and can be drawn from pictures."""
    compressed = write_place(Property(PropertyKind.COMPRESSION))
    named = classes[classes["cue_place"].notna() & (classes["cue_place"] != compressed)]
    return dict(zip(named["class"], named["cue_place"], strict=True))


def _ids(batch: Batch) -> list[str]:
    return [sample.case_id for sample in batch.samples]


def _named(examples: pd.Series) -> frozenset[str]:
    return frozenset(" ".join(examples.dropna()).split())


def _needed(shown: pd.DataFrame) -> Collection[str]:
    """case_ids of the cases and donors of some trials."""
    return frozenset(shown["case_id"]) | frozenset(shown["donor"].dropna())
