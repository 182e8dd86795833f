"""Which class a network answers: among all of them, or of a label whether it is there.

Under a softmax the classes are the answers to one question. With several labels an image each label
is a question of its own with two answers, which stand side by side: present, absent, present...
"""

from __future__ import annotations

import torch
from torch import Tensor


def probabilities_of(logits: Tensor, *, multilabel: bool) -> Tensor:
    """(N, C) softmax over the classes; of labels over the two answers of each, which is the sigmoid
    of its score and one minus that."""
    if not multilabel:
        return logits.softmax(dim=1)
    return logits.reshape(len(logits), -1, 2).softmax(dim=2).flatten(1)


def answered(scores: Tensor, asked: Tensor, *, multilabel: bool) -> Tensor:
    """(N,) positions of the answers.

    Args:
        scores: (N, C) logits or probabilities.
        asked: (N,) positions of classes; of labels, of either answer to the question.
    """
    if not multilabel:
        return scores.argmax(dim=1)
    first = asked - asked % 2
    present = scores.gather(1, first[:, None]) >= scores.gather(1, first[:, None] + 1)
    return torch.where(present[:, 0], first, first + 1)


def likeliest(logits: Tensor, *, multilabel: bool) -> Tensor:
    """(N,) positions of the class, or of the label, that speaks loudest: what the maps are tried on
    before any image's label counts."""
    if not multilabel:
        return logits.argmax(dim=1)
    return 2 * logits[:, ::2].argmax(dim=1)


def highest(
    probabilities: Tensor, asked: Tensor, count: int, *, multilabel: bool
) -> tuple[Tensor, Tensor]:
    """(N, T) positions of the likeliest answers, the first before the second, and (N, T)
    probabilities; of labels both answers to the question.

    Args:
        probabilities: (N, C).
        asked: as for `answered`.
        count: answers at most.
    """
    if not multilabel:
        found = probabilities.topk(min(count, probabilities.shape[1]), dim=1)
        return found.indices, found.values
    first = answered(probabilities, asked, multilabel=True)
    both = torch.stack([first, first + 1 - 2 * (first % 2)], dim=1)
    return both, probabilities.gather(1, both)


def same_answers(one: Tensor, other: Tensor, *, multilabel: bool) -> bool:
    """Whether two (N, C) probabilities name the same class of every image, or the same labels."""
    if not multilabel:
        return bool((one.argmax(dim=1) == other.argmax(dim=1)).all())
    present = [each[:, ::2] >= each[:, 1::2] for each in (one, other)]
    return bool((present[0] == present[1]).all())
