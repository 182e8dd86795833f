"""What a network's last operation makes of its scores, and the logits that are audited.

Grad-CAM explains the score before a softmax or sigmoid, and probabilities are the softmax over the
audited classes: so a network that answers with probabilities is asked for what it had before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from auditor.tensors.outputs import logits_of

TINY = 1e-30
"""Probabilities below this count as this: their logarithm stays finite in float32."""
EDGE = 1e-7
"""Sigmoids this close to 0 or 1 count as this close: float32 tells no more there."""


class Activation(StrEnum):
    """What stands between a network's scores and its answer."""

    NONE = "none"
    SOFTMAX = "softmax"
    LOG_SOFTMAX = "log_softmax"
    SIGMOID = "sigmoid"


_WATCHED: dict[Any, Activation] = {
    torch.softmax: Activation.SOFTMAX,
    Tensor.softmax: Activation.SOFTMAX,
    F.softmax: Activation.SOFTMAX,
    torch.special.softmax: Activation.SOFTMAX,
    torch.log_softmax: Activation.LOG_SOFTMAX,
    Tensor.log_softmax: Activation.LOG_SOFTMAX,
    F.log_softmax: Activation.LOG_SOFTMAX,
    torch.special.log_softmax: Activation.LOG_SOFTMAX,
    torch.sigmoid: Activation.SIGMOID,
    Tensor.sigmoid: Activation.SIGMOID,
    torch.special.expit: Activation.SIGMOID,
    F.sigmoid: Activation.SIGMOID,
}


class LastActivation(TorchFunctionMode):
    """Remembers the last softmax or sigmoid that ran inside it, with what it was given.

    Attributes:
        kind: of that call; NONE before any.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kind = Activation.NONE
        self._given: Tensor | None = None
        self._made: Tensor | None = None

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        kind = _WATCHED.get(func)
        if kind is not None and args and isinstance(args[0], Tensor):
            self.kind, self._given, self._made = kind, args[0], made
        return made

    def before(self, answer: Tensor) -> Tensor | None:
        """What was activated if `answer` is that activation's result, or a view of it."""
        same = answer is self._made or (
            self._made is not None
            and answer.numel() == self._made.numel()
            and answer.data_ptr() == self._made.data_ptr()
        )
        return self._given if same else None


@dataclass(frozen=True)
class Head:
    """How a network's answer becomes the audited logits.

    Attributes:
        outputs: numbers that the network answers with for one image.
        activation: what its last operation is.
        wrapped: the answer is no (N, outputs) tensor but holds one, or is one squeezed.
        binary: one number z stands for two classes, of logits -z/2 and z/2.
        multilabel: every number z stands for a label and its absence, of logits z/2 and -z/2.
        kept: positions of the audited classes among the outputs; None for all.
    """

    outputs: int
    activation: Activation = Activation.NONE
    wrapped: bool = False
    binary: bool = False
    multilabel: bool = False
    kept: tuple[int, ...] | None = None

    @property
    def plain(self) -> bool:
        """Whether the answer is the logits as it is."""
        known = self.activation is Activation.NONE and not self.wrapped
        return known and not self.binary and not self.multilabel and self.kept is None

    def whole(self) -> Head:
        """The same without the choice of classes: a logit for each of the network's outputs."""
        return replace(self, binary=False, multilabel=False, kept=None)

    def logits(self, answer: Tensor, before: Tensor | None) -> Tensor:
        """(N, classes) logits.

        Args:
            answer: (N, outputs) of the network.
            before: (N, outputs) what its last activation was given, where that is known;
                otherwise the activation is inverted.
        """
        scores = _inverted(answer, self.activation) if before is None else before
        if self.binary:
            scores = torch.cat([-scores, scores], dim=1) / 2
        if self.multilabel:
            scores = torch.stack([scores, -scores], dim=2).flatten(1) / 2
        if self.kept is not None:
            scores = scores[:, list(self.kept)]
        return scores


def _inverted(answer: Tensor, activation: Activation) -> Tensor:
    match activation:
        case Activation.SOFTMAX:
            return answer.float().clamp(min=TINY).log()
        case Activation.SIGMOID:
            return answer.float().logit(eps=EDGE)
        case Activation.NONE | Activation.LOG_SOFTMAX:
            return answer


class Answering(nn.Module):
    """A network whose forward gives the audited logits.

    It has the names, parameters and attributes of the network inside, which it is not registered
    with: layers keep the names that their user knows.

    Attributes:
        head: how the answer becomes logits.
    """

    def __init__(self, network: nn.Module, head: Head) -> None:
        super().__init__()
        object.__setattr__(self, "inner", network)
        self.head = head

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["inner"], name)

    def named_modules(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, nn.Module]]:
        """Those of the network inside."""
        return self.__dict__["inner"].named_modules(*args, **kwargs)  # type: ignore[no-any-return]

    def children(self) -> Iterator[nn.Module]:
        """Those of the network inside."""
        return self.__dict__["inner"].children()  # type: ignore[no-any-return]

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """That of the network inside."""
        return self.__dict__["inner"].state_dict(*args, **kwargs)

    def forward(self, images: Tensor) -> Tensor:
        """(N, channels, H, W) to (N, classes)."""
        answer = watched(
            self.__dict__["inner"],
            images,
            self.head.outputs,
            watch=self.head.activation is not Activation.NONE,
        )
        return self.head.logits(answer.rows, answer.before)


@dataclass(frozen=True)
class Answer:
    """What a network said to N images.

    Attributes:
        rows: (N, outputs).
        before: (N, outputs) what its last activation was given, None where that is not known.
        activation: that activation; NONE where it is not known.
        wrapped: the network gave no (N, outputs) tensor, but a mapping, tuple or squeezed one.
    """

    rows: Tensor
    before: Tensor | None
    activation: Activation
    wrapped: bool


def watched(
    network: Callable[[Tensor], Any], images: Tensor, outputs: int | None, *, watch: bool = True
) -> Answer:
    """A network's answer to some images.

    Args:
        network: called once.
        images: N of them.
        outputs: numbers an image, where it is known: an answer without the dimension of the
            images (squeezed by the network) gets it back.
        watch: whether activations are looked for; it costs a little for each operation.

    Raises:
        ModelError: there are no class scores in the answer.
    """
    if not watch:
        return _answer(network(images), len(images), outputs)
    seen = LastActivation()
    with seen:
        said = network(images)
    answer = _answer(said, len(images), outputs)
    given = seen.before(said if isinstance(said, Tensor) else answer.rows)
    if given is None:
        return answer
    before = in_rows(given, len(images), outputs)
    return replace(answer, before=before, activation=seen.kind)


def _answer(said: Any, images: int, outputs: int | None) -> Answer:
    rows = in_rows(said, images, outputs)
    return Answer(rows, None, Activation.NONE, wrapped=rows is not said)


def in_rows(answer: Any, images: int, outputs: int | None) -> Tensor:
    """`logits_of`, also of an answer that was squeezed to fewer dimensions."""
    if isinstance(answer, Tensor) and answer.ndim < 2:
        wide = answer.numel() // max(1, images) if outputs is None else outputs
        if wide * images == answer.numel() and wide:
            return answer.reshape(images, wide)
    return logits_of(answer)
