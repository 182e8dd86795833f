"""Are the maps of this network worth reading? Asked once, before the long work."""

from __future__ import annotations

from auditor.domain.messages import coded, phrase
from auditor.pipeline.setup import Setup
from auditor.saliency.sanity import Sanity, check_sanity
from auditor.tensors.batch import Batch

SANITY_IMAGES = 12


def check_maps(setup: Setup) -> Sanity:
    """The saliency's sanity on a few images spread over the data."""
    setup.progress.stage(
        phrase("checking the maps of {layer}", layer=setup.classifier.target_layer), None
    )
    step = max(1, len(setup.samples) // SANITY_IMAGES)
    batches = [
        loaded.batch
        for loaded in setup.loader.load(setup.samples[::step][:SANITY_IMAGES])
        if loaded.batch is not None
    ]
    if not batches:
        # One look is enough to know: the pass over all images tells which could not be read.
        return Sanity(
            sane=False,
            checks={},
            reasons=(coded("sanity.no_image", "none of the images tried could be read"),),
        )
    return check_sanity(
        setup.classifier,
        Batch.concatenate(batches).images.to(setup.classifier.device),
        method=setup.config.saliency.method,
        seed=setup.config.run.seed,
        random_labels=setup.random_labels(),
    )
