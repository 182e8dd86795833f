"""Every intervention of the table has a picture of its own kind, or is refused."""

from __future__ import annotations

import pytest
import torch

from auditor.domain.interventions import (
    INTERVENTIONS,
    SPEC_OF,
    Family,
    Intervention,
    InterventionSpec,
)
from auditor.interventions import compose as composing
from auditor.interventions.compose import compose
from auditor.interventions.precompute import PrecomputedBatch, precompute
from tests.interventions.making import flat_batch, sample

COMPOSED = [spec for spec in INTERVENTIONS if spec.family is not Family.ATTRIBUTE_SWAP]
PAIR = torch.tensor([0, 1]), torch.tensor([1, 0])


@pytest.fixture(scope="module")
def precomputed() -> PrecomputedBatch:
    samples = [sample("a", "cat"), sample("b", "dog")]
    return precompute(flat_batch(samples, [(90, 90, 90), (160, 20, 20)], [(200, 0, 0), (0, 40, 0)]))


@pytest.mark.parametrize("spec", COMPOSED, ids=lambda spec: spec.id.value)
def test_every_intervention_is_composed(
    spec: InterventionSpec, precomputed: PrecomputedBatch
) -> None:
    for fill in spec.fills:
        assert compose(precomputed, spec.id, fill, *PAIR).shape == precomputed.images.shape


@pytest.mark.parametrize("family", [Family.GIVEN, Family.CUT_OUT, Family.PATCH_FILLED, Family.EDGE])
def test_one_without_a_picture_of_its_own_is_refused(
    family: Family, precomputed: PrecomputedBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if somebody had given a new row and had forgotten how its picture is made."""
    row = next(each for each in INTERVENTIONS if each.family is family)
    new = Intervention.GREYSCALE
    fill = row.fills[0]
    monkeypatch.setattr(composing, "SPEC_OF", {**SPEC_OF, new: row})
    with pytest.raises(LookupError, match=new.value):
        compose(precomputed, new, fill, *PAIR)
