"""What is tried in a round, and which of it is kept: chosen on pictures nothing was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from auditor.repairs.compositions import Breaking
from auditor.repairs.finetuning import Recipe, finetune
from auditor.repairs.last_layer import refit_last_layer, suppress_directions
from auditor.repairs.material import Material
from auditor.repairs.method_names import ALLOWED_LOSS, REPAIRS, Method
from auditor.repairs.quality import Quality, measure
from auditor.repairs.trainable import Trainable

State = dict[str, Tensor]
RECIPES = {
    Method.PLAIN: Recipe(Method.PLAIN, rate=1e-3, consistency=0.0, composed=0.0),
    Method.RANDOM: Recipe(Method.RANDOM, rate=1e-3, consistency=0.0, within=True),
    Method.COUNTEREXAMPLES: Recipe(Method.COUNTEREXAMPLES, rate=1e-3, consistency=0.0),
    Method.CONSISTENT: Recipe(Method.CONSISTENT, rate=2e-3, consistency=1.0, composed=0.75),
}


@dataclass(frozen=True)
class Trial:
    """One method of a round.

    Attributes:
        method: what was tried.
        quality: on the held-out pictures; None where the method does not apply.
        state: weights, None where it does not apply.
    """

    method: Method
    quality: Quality | None
    state: State | None


def try_methods(
    network: Trainable,
    train: Material,
    held: Material,
    breaking: Breaking,
    reliant: Sequence[str],
    *,
    steps: int,
    seed: int,
    tick: Callable[[], None],
) -> list[Trial]:
    """Every method from the same weights; the network has its old weights in the end."""
    before = _copy(network)
    trials = [Trial(Method.NOTHING, _quality(network, held, breaking, seed), before)]
    for number, method in enumerate(Method):
        if method is Method.NOTHING:
            continue
        network.module.load_state_dict(before)
        draw = seed + 100 * number
        match method:
            case Method.SUPPRESSION:
                able = suppress_directions(network, train, breaking, tuple(reliant), seed=draw)
            case Method.LAST_LAYER:
                able = refit_last_layer(network, train, breaking, seed=draw)
            case _:
                recipe = RECIPES[method]
                finetune(network, train, recipe, breaking, steps=steps, seed=draw, tick=tick)
                able = True
        trials.append(
            Trial(method, _quality(network, held, breaking, seed), _copy(network))
            if able
            else Trial(method, None, None)
        )
    network.module.load_state_dict(before)
    return trials


def choose(trials: Sequence[Trial], accuracy: float) -> Trial | None:
    """The repair with the best worst group, then the best mean with the cues broken, of those that
    cost at most `ALLOWED_LOSS` of an accuracy; None where none is better than doing nothing.

    Args:
        trials: of a round, doing nothing among them.
        accuracy: of the network that the repair began with, on the held-out pictures.
    """
    nothing = next(t for t in trials if t.method is Method.NOTHING)
    able = [
        (trial.quality.worst_group, trial.quality.broken, -number, trial)
        for number, trial in enumerate(trials)
        if trial.method in REPAIRS
        and trial.quality is not None
        and trial.quality.accuracy >= accuracy - ALLOWED_LOSS
    ]
    if not able or nothing.quality is None:
        return None
    best = max(able, key=lambda each: each[:3])[3]
    assert best.quality is not None  # noqa: S101 - only those with one are able
    better = best.quality.broken > nothing.quality.broken
    return best if better else None


def _quality(network: Trainable, held: Material, breaking: Breaking, seed: int) -> Quality:
    return measure(network.answer, held, breaking, seed=seed)


def _copy(network: Trainable) -> State:
    return {name: value.detach().clone() for name, value in network.module.state_dict().items()}
