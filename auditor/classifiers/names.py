"""Names of the audited classes, and which of the network's outputs they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from auditor.domain.errors import ModelError
from auditor.domain.messages import coded
from auditor.domain.multilabel import answers
from auditor.tensors.head import Head

Restrict = Literal["auto", "data", "all"]

FAR_MORE = 2
"""`auto` restricts where the network has more than so many times as many outputs as the data
has classes."""


def class_names(
    given: Sequence[str] | None,
    stored: Sequence[str] | None,
    where: str,
    data_classes: Sequence[str],
    head: Head,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Class names in the order of the logits, and what a user should hear.

    Args:
        given: by --classes, or None. Of a network with one output also the one name that its
            output stands for, where the data has one other class.
        stored: by the checkpoint, or None.
        where: file that `stored` comes from, for messages.
        data_classes: names of the dataset's labels.
        head: of the network.

    Raises:
        ModelError: their number is wrong, or one stands twice.
    """
    if given is not None:
        names, source = tuple(given), "--classes"
    elif stored is not None:
        names, source = tuple(stored), where
    else:
        names, source = tuple(sorted(data_classes)), "the dataset's labels"
    count = 2 if head.binary else head.outputs
    if head.multilabel:
        return _answers_of(names, source, count), ()
    others = [name for name in data_classes if name not in names]
    if head.binary and len(names) == 1 and len(others) == 1:
        names = (others[0], *names)
    if len(names) != count:
        raise _wrong_number(names, source, count, binary=head.binary)
    _refuse_twice(names, source)
    if not head.binary:
        return names, ()
    sides = {"above": repr(names[1]), "below": repr(names[0])}
    if given is not None:
        said = coded(
            "network.one_output",
            "The network has one output: it was audited as two classes, {above} where the output is"
            " above 0 (a sigmoid above 0.5) and {below} where it is below.",
            **sides,
        )
    else:
        said = coded(
            "network.one_output_unnamed",
            "The network has one output: it was audited as two classes, {above} where the output is"
            " above 0 (a sigmoid above 0.5) and {below} where it is below. Nothing says which class"
            " that is: name both with --classes, the one that the output stands for last.",
            **sides,
        )
    return names, (said,)


def _answers_of(names: tuple[str, ...], source: str, count: int) -> tuple[str, ...]:
    """Both answers of every label, in the order of the network's outputs."""
    if len(names) != count:
        raise ModelError(
            "The labels' names do not fit the network.",
            code="classes.labels_do_not_fit",
            expected=f"{count} names, one an output, in their order",
            got=f"{len(names)} from {source}: {', '.join(names[:6])}"
            f"{', ...' if len(names) > 6 else ''}",
            remedy="give a file with one label a line, in the order of the outputs, with --classes",
        )
    both = answers(names)
    _refuse_twice(both, source)
    return both


def _refuse_twice(names: tuple[str, ...], source: str) -> None:
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ModelError(
            "A class name stands twice.",
            code="classes.twice",
            expected="different names",
            got=f"{', '.join(twice[:6])} more than once in {source}",
            remedy="name every class once with --classes",
        )


def kept_outputs(
    names: Sequence[str], labels: Collection[str], restrict: Restrict
) -> tuple[tuple[int, ...] | None, tuple[str, ...]]:
    """Positions of the classes that the data has images of, None for all; what to say of it.

    Args:
        names: of the network's classes.
        labels: of the dataset's images.
        restrict: `model.restrict`.

    Raises:
        ModelError: `data`, and the data has fewer than two of the classes.
    """
    kept = tuple(position for position, name in enumerate(names) if name in labels)
    if restrict == "data" and len(kept) < 2:
        raise ModelError(
            "The data has too few of the network's classes to restrict it to them.",
            code="classes.too_few_to_restrict",
            expected="images of at least two classes for model.restrict = data: a softmax over "
            "one class is always 1",
            got=f"images of {', '.join(names[i] for i in kept) or 'none of them'}",
            remedy="use --set model.restrict=all, or add images of other classes",
        )
    far_more = len(kept) >= 2 and len(names) > FAR_MORE * len(kept)
    if len(kept) == len(names) or restrict == "all" or (restrict == "auto" and not far_more):
        return None, ()
    said = coded(
        "network.restricted",
        "The network has {outputs:,} outputs and the data images of {n:,} of them: probabilities"
        " and answers are among these {n:,} classes. --set model.restrict=all takes all outputs.",
        outputs=len(names),
        n=len(kept),
    )
    return kept, (said,)


def _wrong_number(names: Sequence[str], source: str, count: int, *, binary: bool) -> ModelError:
    more = ", ..." if len(names) > 6 else ""
    return ModelError(
        "The class names do not fit the network.",
        code="classes.do_not_fit",
        expected="2 names, the one that the network's only output stands for last"
        if binary
        else f"{count} names, one a logit",
        got=f"{len(names)} from {source}: {', '.join(names[:6])}{more}",
        remedy="give a file with one class name a line, in the order of the logits, with --classes",
    )
