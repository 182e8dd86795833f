"""What an audit is asked about: one label an image or several, and at least one image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from auditor.config import AuditConfig
from auditor.data.class_names import class_names
from auditor.data.label_filter import label_names
from auditor.data.listing import Listing
from auditor.domain.errors import DataError
from auditor.domain.messages import coded
from auditor.domain.multilabel import MULTILABEL
from auditor.domain.samples import Sample, Skip
from auditor.tensors.classifier import Classifier


def label_counts(config: AuditConfig, source: Listing) -> Counter[str]:
    """How many images there are of each label, by the names that the configuration gives."""
    named = label_names(source.classes, class_names(config.data) or source.classes)
    return Counter(
        named.of(item.label) or item.label for item in source.items() if isinstance(item, Sample)
    )


def as_asked(config: AuditConfig, source: Listing) -> tuple[AuditConfig, Listing]:
    """The configuration and the listing, both of one label an image or both of several.

    Raises:
        DataError: several labels an image for a network that was asked about one.
    """
    output = config.model.output
    if source.multilabel and output not in ("auto", MULTILABEL):
        raise DataError(
            "The data has several labels an image.",
            code="data.several_labels",
            expected=f"one label an image, in a column `label`, for model.output = {output}",
            got=f"{config.data.path} with {len(source.classes)} labels",
            remedy=f"use --set model.output={MULTILABEL} for a network with a sigmoid for each",
        )
    if source.multilabel:
        model = config.model.model_copy(update={"output": MULTILABEL})
        return config.model_copy(update={"model": model}), source
    if output != MULTILABEL:
        return config, source
    said = coded(
        "data.labels_single",
        "every image has one label in this data: the others count as absent from it, also where"
        " they are not",
    )
    return config, replace(source, multilabel=True, warnings=(*source.warnings, said))


def nothing_to_audit(
    config: AuditConfig, skips: Sequence[Skip], classifier: Classifier
) -> DataError:
    """The error of an audit without a usable image, with the first reasons."""
    names = classifier.labels or classifier.classes
    reasons = "; ".join(f"{skip.image}: {skip.reason}" for skip in skips[:3]) or "no image"
    return DataError(
        "There is nothing to audit.",
        code="audit.nothing_to_do",
        expected=f"images labelled with the model's classes: {', '.join(names[:10])}",
        got=f"{len(skips)} inputs in {config.data.path}, none of them usable ({reasons})",
        remedy="name the right --data, and the model's class names with --classes",
    )
