"""A worker from the configuration, built in the process that it works in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from auditor.classifiers.loading import load_classifier
from auditor.classifiers.preprocessing import input_size
from auditor.config import AuditConfig, DataSection
from auditor.data.class_names import class_names
from auditor.data.decoded_views import DecodedViews
from auditor.data.loader import Loader
from auditor.domain.preprocess import Preprocess
from auditor.engines.ranks import RankPlace
from auditor.interventions.composed_pictures import ComposedPictures
from auditor.pipeline.worker import Worker
from auditor.tensors.acceleration import Acceleration, accelerated
from auditor.threads import usable_cores


class SharedViews:
    """Decoded views of one dataset and changed pictures made of them, a file of each for every
    geometry that a network asks for."""

    def __init__(self) -> None:
        self._views: dict[tuple[object, ...], DecodedViews] = {}
        self._pictures: dict[tuple[object, ...], ComposedPictures] = {}

    def of(self, preprocess: Preprocess, data: DataSection) -> DecodedViews:
        """Those of networks whose pictures have this geometry; colours are normalised later."""
        return self._views.setdefault(_geometry(preprocess, data), DecodedViews())

    def pictures_of(self, preprocess: Preprocess, data: DataSection) -> ComposedPictures:
        """The changed pictures, likewise."""
        return self._pictures.setdefault(_geometry(preprocess, data), ComposedPictures())

    def close(self) -> None:
        """Give the disk back."""
        for views in self._views.values():
            views.close()
        for pictures in self._pictures.values():
            pictures.close()


def _geometry(preprocess: Preprocess, data: DataSection) -> tuple[object, ...]:
    """What the pixels of a view and of its mask follow from, beside their files."""
    geometry = (preprocess.resize, preprocess.crop, preprocess.interpolation)
    return (*geometry, data.mask_fit, data.near_duplicates)


SMALL_DATASET = 400
"""Below this, starting worker processes costs more than they save."""


def build_worker(
    config: AuditConfig,
    data_classes: Sequence[str],
    images: Mapping[str, int],
    place: RankPlace | None = None,
    *,
    acceleration: Acceleration | None = None,
    views: SharedViews | None = None,
) -> Worker:
    """What a process needs to work on parts: built where it works, from the configuration.

    Args:
        config: of the audit.
        data_classes: label names of the dataset, for a model that names none.
        images: how many there are of each label.
        place: among the ranks of a job.
        acceleration: of interventions, as the leading process chose it.
        views: what other audits decoded, where several networks look at the same data.
    """
    device = _device(config, place)
    classifier = load_classifier(
        config.model,
        classes=class_names(config.data),
        data_classes=data_classes,
        device=device,
        precision=config.run.precision,
        labels=images,
    )
    if acceleration is not None:
        classifier = accelerated(classifier, acceleration, input_size(classifier.preprocess))
    loader = Loader(
        classifier.preprocess,
        batch_size=config.run.batch_size,
        workers=_workers(config, sum(images.values()), device),
        mask_fit=config.data.mask_fit,
        hashes=config.data.near_duplicates,
        pin_memory=device.type == "cuda",
        patience=config.run.read_timeout,
        views=None if views is None else views.of(classifier.preprocess, config.data),
    )
    # On a GPU a picture is composed where it is needed; reading it back would cost a transfer.
    pictures = None
    if views is not None and device.type == "cpu":
        pictures = views.pictures_of(classifier.preprocess, config.data)
    return Worker(config, loader, classifier, pictures)


def _device(config: AuditConfig, place: RankPlace | None) -> torch.device:
    name = config.run.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and place is not None:
        return torch.device("cuda", place.local % torch.cuda.device_count())
    return torch.device(name)


def _workers(config: AuditConfig, images: int, device: torch.device) -> int:
    if config.run.workers is not None:
        return config.run.workers
    cores = usable_cores()
    if images < SMALL_DATASET or cores < 2:
        return 0
    return min(16, cores - 1) if device.type == "cuda" else max(1, cores // 4)
