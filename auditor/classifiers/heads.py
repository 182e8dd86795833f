"""What a network answers with: scores, probabilities, their logarithms, sigmoids, or one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from auditor.domain.errors import ModelError
from auditor.domain.messages import coded
from auditor.tensors.head import Activation, Answer, Head

Output = Literal["auto", "softmax", "sigmoid", "binary", "multilabel"]

SUM_TOLERANCE = 2e-3
"""How far the sum of a row of probabilities may lie from 1: half precision makes about 5e-4."""
SETTING = "--set model.output="


def read_head(answer: Answer, wanted: Output) -> tuple[Head, tuple[str, ...]]:
    """The head that an answer shows, and what a user should hear of it.

    A softmax or sigmoid is known from the operation that made the answer, or from the values: rows
    in 0..1 that sum to 1, or rows of logarithms whose exponentials do. Sigmoids that are known from
    their values alone (in 0..1 without that sum) could be scores as well: they are taken as scores
    and said, unless `wanted` is `sigmoid`, `binary` or `multilabel`.

    Args:
        answer: of at least two images.
        wanted: `model.output`.

    Raises:
        ModelError: one class of a softmax, labels under a softmax, or outputs that `wanted` cannot
            stand for.
    """
    outputs = answer.rows.shape[1]
    activation = answer.activation
    if activation is Activation.NONE:
        activation = _by_values(answer.rows, wanted)
    if wanted == "multilabel":
        return _labels(answer, activation)
    if (
        outputs == 1
        and (activation is not Activation.SIGMOID)
        and (wanted == "softmax" or activation is not Activation.NONE)
    ):
        raise _one_class()
    if outputs == 1 and wanted == "sigmoid":
        wanted = "binary"
    if wanted == "binary" and outputs != 1:
        raise ModelError(
            "The network has more than one output.",
            code="model.several_outputs",
            expected="one number an image for model.output = binary",
            got=f"{outputs} numbers an image",
            remedy=f"use {SETTING}auto; two classes may have two outputs",
        )
    head = Head(outputs, activation, answer.wrapped, binary=outputs == 1)
    return head, tuple(_said(head, answer, wanted))


def _by_values(rows: Tensor, wanted: Output) -> Activation:
    """What the values themselves show, where no activation was seen to make them."""
    finite = rows[torch.isfinite(rows).all(dim=1)].float()
    if not len(finite):
        return Activation.NONE
    within = bool(((finite >= -1e-6) & (finite <= 1 + 1e-6)).all())
    if finite.shape[1] > 1:
        if within and _is_one(finite.sum(dim=1)):
            return Activation.SOFTMAX
        if bool((finite <= 1e-6).all()) and _is_one(finite.exp().sum(dim=1)):
            return Activation.LOG_SOFTMAX
    own = wanted in ("sigmoid", "binary", "multilabel")
    return Activation.SIGMOID if within and own else Activation.NONE


def _labels(answer: Answer, activation: Activation) -> tuple[Head, tuple[str, ...]]:
    """The head of a network with a sigmoid for each label."""
    count = answer.rows.shape[1]
    if activation in (Activation.SOFTMAX, Activation.LOG_SOFTMAX) and count > 1:
        raise ModelError(
            "The network ends in a softmax: of its classes one image has one.",
            code="model.softmax_not_labels",
            expected="a score or a sigmoid for each label, for model.output = multilabel",
            got=f"{count} numbers an image that sum to 1",
            remedy=f"use {SETTING}auto and one label an image, or the network that was trained on "
            "several labels",
        )
    head = Head(count, activation, answer.wrapped, multilabel=True)
    return head, (_labels_said(activation, known=answer.before is not None, count=count),)


def _labels_said(activation: Activation, *, known: bool, count: int) -> str:
    if activation is not Activation.SIGMOID:
        return coded(
            "network.labels",
            "The network's outputs are taken as scores before a sigmoid. Each of its {n:,} labels"
            " is audited by itself: present where its score is above 0 (a sigmoid above 0.5).",
            n=count,
        )
    if known:
        return coded(
            "network.labels_sigmoid",
            "The network ends in a sigmoid: the audit uses the scores before it. Each of its {n:,}"
            " labels is audited by itself: present where its score is above 0 (a sigmoid above"
            " 0.5).",
            n=count,
        )
    return coded(
        "network.labels_inverted",
        "The network ends in a sigmoid: the audit uses the scores before it, computed back from its"
        " outputs. Each of its {n:,} labels is audited by itself: present where its score is above"
        " 0 (a sigmoid above 0.5).",
        n=count,
    )


def _is_one(sums: Tensor) -> bool:
    return bool(((sums - 1).abs() <= SUM_TOLERANCE).all())


def _said(head: Head, answer: Answer, wanted: Output) -> list[str]:
    said = [_SAID[head.activation](answer.before is not None)] if head.activation in _SAID else []
    rows = answer.rows[torch.isfinite(answer.rows).all(dim=1)]
    if head.activation is Activation.NONE and wanted == "auto" and len(rows):
        low, high = float(rows.min()), float(rows.max())
        if low >= 0 and high <= 1 and bool((rows > 0).any()):
            said.append(
                coded(
                    "network.unit_outputs",
                    "The network's outputs lie between {low} and {high} on trial images and were"
                    " taken as scores before a softmax. If they are probabilities of their own"
                    " (sigmoids), use {setting}.",
                    low=f"{low:.3g}",
                    high=f"{high:.3g}",
                    setting=f"{SETTING}sigmoid",
                )
            )
    return said


def _softmax(known: bool) -> str:
    if known:
        return coded(
            "network.softmax",
            "The network ends in a softmax (its outputs lie in 0..1 and sum to 1): the audit uses"
            " the scores before it.",
        )
    return coded(
        "network.softmax_log",
        "The network ends in a softmax (its outputs lie in 0..1 and sum to 1): the audit uses the"
        " logarithm of its outputs; maps explain that logarithm, which fades where an answer is"
        " sure.",
    )


def _log_softmax(known: bool) -> str:
    if known:
        return coded(
            "network.log_softmax",
            "The network ends in a log-softmax (the exponentials of its outputs sum to 1): the"
            " audit uses the scores before it.",
        )
    return coded(
        "network.log_softmax_outputs",
        "The network ends in a log-softmax (the exponentials of its outputs sum to 1): the audit"
        " uses its outputs as scores; maps explain the log-probability.",
    )


def _sigmoid(known: bool) -> str:
    if known:
        return coded(
            "network.sigmoid",
            "The network ends in a sigmoid: the audit uses the scores before it. With one label an"
            " image, probabilities are the softmax over the scores of the classes.",
        )
    return coded(
        "network.sigmoid_inverted",
        "The network ends in a sigmoid: the audit uses the scores before it, computed back from its"
        " outputs. With one label an image, probabilities are the softmax over the scores of the"
        " classes.",
    )


_SAID: dict[Activation, Callable[[bool], str]] = {
    Activation.SOFTMAX: _softmax,
    Activation.LOG_SOFTMAX: _log_softmax,
    Activation.SIGMOID: _sigmoid,
}


def _one_class() -> ModelError:
    return ModelError(
        "The network has one class only.",
        code="model.one_class",
        expected="at least two classes under a softmax, or one number z with a sigmoid for two",
        got="a softmax over one output, which is 1 for every image",
        remedy="audit a network that can say no: two outputs, or one output without a softmax "
        f"({SETTING}binary)",
    )
