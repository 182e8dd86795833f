"""From pictures and a network to the name of what it reads: swaps, screening, exchanges, naming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import Tensor

from auditor.domain.places import Property, PropertyKind, Region, RegionKind
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample
from auditor.domain.schema import names
from auditor.findings.evidence.localisation import localisation
from auditor.findings.evidence.trial_table import TrialTable, tidy
from auditor.findings.verdicts.localised_cue import PROPERTY_CARRIES, LocalisedCue, localised_cue
from auditor.interventions.picture_properties.compression import compressed, quality_of
from auditor.interventions.swap_partners import Screening, choose_attribute_swaps, screen
from auditor.interventions.swap_pictures import Compression, prepare
from auditor.interventions.swap_trials import run_attribute_swaps
from auditor.pipeline.localisation_stage import compression_of_files
from auditor.tensors.batch import Batch
from tests.fakes import planted_cues as world
from tests.interventions.making import classifier, run_all

FLOOR = 0.1


def first_round(batch: Batch, read: world.Read) -> pd.DataFrame:
    network = classifier(world.Reader(read), world.CLASSES)
    return pd.DataFrame(map(asdict, run_all(network, batch)), columns=names("trials"))


def compression_of(batch: Batch) -> Compression:
    pixels = {
        sample.case_id: image.permute(1, 2, 0).contiguous().numpy()
        for sample, image in zip(batch.samples, batch.images, strict=True)
    }
    qualities = {name: quality_of(image) for name, image in pixels.items()}

    def view(case_id: str, quality: int) -> Tensor:
        return torch.from_numpy(compressed(pixels[case_id], quality).copy()).permute(2, 0, 1)

    return Compression({name: q for name, q in qualities.items() if q is not None}, view)


def located(
    batch: Batch,
    read: world.Read,
    resize: tuple[int, int] | None = None,
    others: Mapping[str, world.Read] | None = None,
) -> tuple[LocalisedCue | None, TrialTable]:
    """What is named of class `cued`, whether or not the screening would have looked into it."""
    samples = {sample.case_id: sample for sample in batch.samples}
    able = {
        label: tuple(name for name, sample in samples.items() if sample.label == label)
        for label in world.CLASSES
    }
    screening = Screening(("cued",), {"cued": ("green", "red")}, able)
    network = classifier(world.Reader(read, others), world.CLASSES)
    network = replace(network, preprocess=replace(network.preprocess, resize=resize))
    chosen = choose_attribute_swaps("cued", screening, samples, seed=0)
    pictures = prepare(batch, None, compression_of(batch))
    rows = run_attribute_swaps(network, pictures, chosen, batch_size=32)
    found = pd.DataFrame(map(asdict, rows), columns=names("trials"))
    cases = pd.DataFrame(
        {
            "case_id": list(samples),
            "label": [sample.label for sample in batch.samples],
            "label_probability": 0.9,
            "duplicate_group": None,
            "sampled": True,
        }
    )
    table = tidy(found, cases, seed=0)
    carried = localisation(table, "cued")
    assert carried is not None
    return localised_cue(carried, FLOOR), table


@pytest.mark.parametrize("cue", world.CUES)
def test_a_network_that_reads_one_thing_is_said_to_read_it(cue: str) -> None:
    plant, read = world.CUES[cue]
    found, _ = located(world.batch_of(plant), read)
    assert found is not None
    assert found.spec.id == cue
    assert found.strength.mean > 0.5


@pytest.mark.parametrize("resize", [(world.SIZE, world.SIZE), None], ids=["exactly", "not"])
def test_an_aspect_ratio_is_named_where_the_input_squeezes_files(
    resize: tuple[int, int] | None,
) -> None:
    batch = world.batch_of(world.squeezed)
    wide = torch.tensor([[sample.label == "cued"] for sample in batch.samples])
    sizes = torch.where(wide, torch.tensor([[60, 120]]), torch.tensor([[90, 90]]))
    found, _ = located(replace(batch, original_sizes=sizes), world.reads_squeeze, resize)
    named = None if found is None else found.spec.id
    assert (named == "aspect ratio") is (resize is not None)


@pytest.mark.parametrize("cue", ["corner mark", "exposure", "vignette", "noise", "compression"])
def test_the_cues_of_all_other_classes_do_not_hide_the_name(cue: str) -> None:
    """A whole background brings the partner's own cue along, a part of it does not."""
    plant, read = world.CUES[cue]
    batch = world.batch_of(plant, others={"green": world.band, "red": world.bars})
    reads = {"green": world.reads_band, "red": world.reads_bars}
    found, _ = located(batch, read, others=reads)
    assert found is not None
    assert found.spec.id == cue


def test_a_date_stamp_lies_along_the_bottom() -> None:
    found, _ = located(world.batch_of(world.band), world.reads_band)
    assert found is not None
    assert isinstance(found.place, Region)
    assert found.place.kind is RegionKind.BOTTOM
    assert found.place.depth <= 0.15


def test_a_bright_tag_is_no_contrast() -> None:
    """Without its contrast a picture has no bright tag any more: the property carries it, too."""
    found, table = located(world.batch_of(world.bright_tag), world.reads_bright_tag)
    carried = localisation(table, "cued")
    assert carried is not None
    property_of_all = carried.parts[Property(PropertyKind.CONTRAST)]
    assert carried.shares(property_of_all)[0].least > PROPERTY_CARRIES
    assert found is not None
    assert found.spec.id == "corner mark"


def test_what_the_whole_scene_carries_has_no_place() -> None:
    found, table = located(world.batch_of(world.stripes), world.reads_stripes)
    assert found is None
    carried = localisation(table, "cued")
    assert carried is not None
    assert carried.whole.lost.mean > 0.5


@pytest.mark.parametrize("cue", ["border band", "exposure"])
def test_a_network_that_does_not_read_the_cue_is_not_looked_into(cue: str) -> None:
    """The same pictures; the network answers `cued` where it sees no coloured object."""
    plant, _ = world.CUES[cue]
    batch = world.batch_of(plant, per_class=8)

    def reads_nothing(images: Tensor) -> Tensor:
        return torch.full((len(images),), 0.5)

    trials = first_round(batch, reads_nothing)
    screening = screen(trials, sampled=frozenset(trials["case_id"]), floor=FLOOR)
    assert "cued" not in screening.classes


def test_the_choice_of_exchanges_follows_from_the_seed_alone() -> None:
    batch = world.batch_of(world.band, per_class=8)
    trials = first_round(batch, world.reads_band)
    samples = {sample.case_id: sample for sample in batch.samples}
    chosen = []
    for order in (trials, trials.sample(frac=1.0, random_state=np.random.RandomState(1))):
        screening = screen(order, sampled=frozenset(samples), floor=FLOOR)
        assert screening.classes == ("cued",)
        chosen.append(choose_attribute_swaps("cued", screening, samples, seed=3))
    assert chosen[0] == chosen[1]
    assert {each.given for each in chosen[0]} == {True, False}
    for each in chosen[0]:
        subject, donor, control = (
            samples[name].label for name in (each.subject, each.donor, each.control)
        )
        assert subject == control != donor
        assert each.subject not in (each.donor, each.control)


def test_places_of_exchanges_are_stored_and_read() -> None:
    _, table = located(world.batch_of(world.bars), world.reads_bars)
    carried = localisation(table, "cued")
    assert carried is not None
    assert Property(PropertyKind.BARS) in carried.parts
    assert Region(RegionKind.BACKGROUND, 1.0) in carried.parts


def test_compression_is_told_from_files_that_were_saved_again(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(40, 220, (10, 12, 3), dtype=np.uint8)
    clean = Image.fromarray(noise).resize((120, 100), Image.Resampling.BICUBIC)
    clean.save(tmp_path / "clean.jpg", quality=95)
    Image.fromarray(compressed(np.asarray(clean), 12)).save(tmp_path / "blocks.jpg", quality=95)
    samples = [
        Sample(name, f"{name}.jpg", "a", tmp_path / f"{name}.jpg")
        for name in ("clean", "blocks", "missing")
    ]
    found = compression_of_files(samples, Preprocess(resize=64, crop=64))
    assert found.qualities == {"blocks": 12}
    assert found.view is not None
    view = found.view("clean", 12)
    assert view.shape == (3, 64, 64)
    assert not torch.equal(view, found.view("clean", 60))
