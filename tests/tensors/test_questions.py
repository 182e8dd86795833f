"""Answers among classes, and to each label's own question."""

from __future__ import annotations

import torch

from auditor.tensors.head import Head
from auditor.tensors.questions import (
    answered,
    highest,
    likeliest,
    probabilities_of,
    same_answers,
)

SCORES = torch.tensor([[2.0, -1.0], [0.0, -3.0]])


def test_a_label_has_its_own_sigmoid() -> None:
    logits = Head(2, multilabel=True).logits(SCORES, None)
    assert torch.allclose(logits, torch.tensor([[1.0, -1.0, -0.5, 0.5], [0.0, 0.0, -1.5, 1.5]]))
    found = probabilities_of(logits, multilabel=True)
    sigmoid = SCORES.sigmoid()
    assert torch.allclose(found[:, ::2], sigmoid)
    assert torch.allclose(found[:, 1::2], 1 - sigmoid)


def test_the_answer_is_to_the_question_that_was_asked() -> None:
    logits = Head(2, multilabel=True).logits(SCORES, None)
    for asked, answer in (([0, 0], [0, 0]), ([1, 1], [0, 0]), ([2, 3], [3, 3])):
        found = answered(logits, torch.tensor(asked), multilabel=True)
        assert found.tolist() == answer
    assert answered(logits, torch.tensor([2, 2]), multilabel=False).tolist() == [0, 3]


def test_both_answers_with_the_likelier_first() -> None:
    found = probabilities_of(Head(2, multilabel=True).logits(SCORES, None), multilabel=True)
    places, values = highest(found, torch.tensor([3, 2]), 5, multilabel=True)
    assert places.tolist() == [[3, 2], [3, 2]]
    assert torch.allclose(values.sum(dim=1), torch.ones(2))
    assert bool((values[:, 0] >= values[:, 1]).all())


def test_maps_are_tried_on_labels_that_are_there() -> None:
    logits = Head(2, multilabel=True).logits(torch.tensor([[-9.0, -1.0]]), None)
    assert likeliest(logits, multilabel=True).tolist() == [2]


def test_networks_agree_on_labels_not_on_the_largest_number() -> None:
    one = probabilities_of(
        Head(2, multilabel=True).logits(torch.tensor([[-9.0, -9.1]]), None), multilabel=True
    )
    other = probabilities_of(
        Head(2, multilabel=True).logits(torch.tensor([[-9.1, -9.0]]), None), multilabel=True
    )
    assert same_answers(one, other, multilabel=True)
    assert not same_answers(one, other, multilabel=False)
