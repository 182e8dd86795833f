"""Samples whose label the model knows, and skips for the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from auditor.data.labels import canonical
from auditor.data.listing import named
from auditor.domain.messages import coded
from auditor.domain.samples import Sample, Skip

_BETWEEN: Final = re.compile("[|;]")


@dataclass(frozen=True)
class LabelNames:
    """How the data's labels are called by the model.

    Attributes:
        classes: the model's names.
        names: label -> one of these.
        ids: the labels were numbers of classes, counted from 0.
    """

    classes: Sequence[str]
    names: Mapping[str, str]
    ids: bool = False

    def of(self, label: str) -> str | None:
        """The model's name of a label; None where it knows none."""
        return self.names.get(canonical(label))

    def warnings(self) -> Iterator[str]:
        """What a user should hear."""
        if self.ids:
            pairs = ", ".join(f"{i} = {name}" for i, name in enumerate(self.classes[:3]))
            yield coded(
                "data.numbers_as_labels",
                "the labels are numbers: taken as places in the model's class names ({pairs}...)",
                pairs=pairs,
            )


def label_names(data_classes: Collection[str], classes: Sequence[str]) -> LabelNames:
    """Labels of the data by the model's names, in one Unicode form.

    Where not one label is a name and all are numbers below how many names there are, they are
    places in the list.
    """
    names = {canonical(name): name for name in classes}
    found = set(map(canonical, data_classes))
    numbers = all(label.isascii() and label.isdecimal() for label in found)
    if found and not found & names.keys() and numbers and max(map(int, found)) < len(classes):
        return LabelNames(classes, {label: classes[int(label)] for label in found}, ids=True)
    return LabelNames(classes, names)


def known_samples(
    records: Iterable[Sample | Skip], labels: LabelNames, skips: list[Skip]
) -> Iterator[Sample]:
    """Samples with a label that the model knows, by its name there, in order; a skip for each other
    one is added to `skips`, as are the records that are skips already."""
    known = named(labels.classes)
    for record in records:
        if isinstance(record, Skip):
            skips.append(record)
            continue
        name = labels.of(record.label)
        if name is None:
            several = [labels.of(part) for part in _BETWEEN.split(record.label)]
            values = {"label": repr(record.label), "n": len(labels.classes), "names": known}
            told = (
                coded(
                    "skip.labels",
                    "label {label} is not among the model's {n:,} classes ({names}); it holds"
                    " several of them: --set model.output=multilabel audits a network with a"
                    " sigmoid for each label",
                    **values,
                )
                if len(several) > 1 and all(several)
                else coded(
                    "skip.label",
                    "label {label} is not among the model's {n:,} classes ({names})",
                    **values,
                )
            )
            skips.append(Skip(record.image, told))
        else:
            yield record if name == record.label else replace(record, label=name)
