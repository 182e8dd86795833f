"""What is tried in a round, and which of it is kept: chosen on pictures nothing was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from auditor.repairs.compositions import Breaking
from auditor.repairs.finetuning import Recipe, State, Training, finetune, load_between
from auditor.repairs.last_layer import (
    PENALTIES,
    penalised_last_layer,
    refit_last_layer,
    suppress_directions,
)
from auditor.repairs.material import Material
from auditor.repairs.method_names import ALLOWED_LOSS, COMPARED, REPAIRS, Method
from auditor.repairs.quality import Quality, measure
from auditor.repairs.trainable import Trainable

RECIPES = {
    Method.COUNTEREXAMPLES: Recipe(Method.COUNTEREXAMPLES, rate=3e-3, consistency=0.0, norm=True),
    Method.CONSISTENT: Recipe(Method.CONSISTENT, rate=1e-3, consistency=1.0, composed=0.75),
    Method.PLAIN: Recipe(Method.PLAIN, rate=3e-3, consistency=0.0, composed=0.0, norm=True),
    Method.RANDOM: Recipe(Method.RANDOM, rate=3e-3, consistency=0.0, norm=True, within=True),
}
"""One training as thorough as from scratch, for networks that have learned too little of the
objects, and a gentle one, which keeps what a network knows; what they are compared with is trained
as the first one is."""
EFFECT_FLOOR = 0.10
"""A repair after which no class loses more when the cues are broken is enough."""
PARTS = (1.0, 0.75, 0.5)
"""How far to go from the old weights to the retrained ones, tried until one is enough."""


@dataclass(frozen=True)
class Trial:
    """One method of a round.

    Attributes:
        method: what was tried.
        quality: on the held-out pictures; None where the method does not apply.
        state: weights, None where it does not apply.
        kept: 0..1, the part of the way to the retrained weights; None where nothing was trained.
    """

    method: Method
    quality: Quality | None
    state: State | None
    kept: float | None = None

    def told(self) -> dict[str, float] | None:
        """As `repair.json` has it; None where the method does not apply."""
        if self.quality is None:
            return None
        part = {} if self.kept is None else {"kept": self.kept}
        return asdict(self.quality) | part


@dataclass(frozen=True)
class Bench:
    """What the methods of a round have in common.

    Attributes:
        network: whose weights they start from.
        train: what they learn from.
        held: what they are measured on.
        breaking: what the cues call for.
        steps: of every retraining.
        seed: of every draw.
        accuracy: of the network that the repair began with, on the held-out pictures; None in the
            first round, where the network is that one.
        tick: is called after each step of training.
    """

    network: Trainable
    train: Material
    held: Material
    breaking: Breaking
    steps: int
    seed: int
    accuracy: float | None
    tick: Callable[[], None]

    def quality(self) -> Quality:
        """Of the network as it is now."""
        return measure(self.network.answer, self.held, self.breaking, seed=self.seed)

    def draw(self, method: Method) -> int:
        """Seed of a method."""
        return self.seed + 100 * list(Method).index(method)


def methods_of(*, compared: bool) -> tuple[Method, ...]:
    """What a round tries, the cheapest first, with or without what a repair is compared with."""
    return (Method.NOTHING, *REPAIRS, *(COMPARED if compared else ()))


def try_methods(bench: Bench, methods: Sequence[Method], reliant: Sequence[str]) -> list[Trial]:
    """Methods in their order, all from the same weights, which the network has again in the end.
    After a repair that is enough no other one is trained.

    Args:
        bench: what they have in common.
        methods: doing nothing first.
        reliant: classes whose cues are confirmed.
    """
    before = _copy(bench.network)
    trials = [Trial(Method.NOTHING, bench.quality(), before)]
    for method in (each for each in methods if each is not Method.NOTHING):
        if method in RECIPES and method in REPAIRS and _enough(trials, bench.accuracy):
            continue
        bench.network.module.load_state_dict(before)
        trials.append(
            _trained(bench, method, trials[0])
            if method in RECIPES
            else _edited(bench, method, trials[0], reliant)
        )
    bench.network.module.load_state_dict(before)
    return trials


def _enough(trials: Sequence[Trial], accuracy: float | None) -> bool:
    """Whether some repair is chosen already and no class loses the audit's effect floor."""
    best = choose(trials, accuracy)
    return best is not None and best.quality is not None and best.quality.loss <= EFFECT_FLOOR


def _edited(bench: Bench, method: Method, nothing: Trial, reliant: Sequence[str]) -> Trial:
    """A repair that changes the last layer alone."""
    network, train, breaking, draw = bench.network, bench.train, bench.breaking, bench.draw(method)
    if method is Method.PENALISED:
        return _penalised(bench, nothing)
    if method is Method.LAST_LAYER:
        able = refit_last_layer(network, train, breaking, seed=draw)
    else:
        able = suppress_directions(network, train, breaking, tuple(reliant), seed=draw)
    return Trial(method, bench.quality(), _copy(network)) if able else Trial(method, None, None)


def _penalised(bench: Bench, nothing: Trial) -> Trial:
    """A refitted last layer with the best of some penalties."""
    method = Method.PENALISED
    refit = penalised_last_layer(
        bench.network, bench.train, bench.breaking, seed=bench.draw(method)
    )
    if refit is None:
        return Trial(method, None, None)
    trials = []
    for penalty in PENALTIES:
        refit(penalty)
        trials.append(Trial(method, bench.quality(), _copy(bench.network)))
    return choose([nothing, *trials], bench.accuracy) or trials[-1]


def _trained(bench: Bench, method: Method, nothing: Trial) -> Trial:
    """A retraining; of a repair the best part of the way to its weights."""
    assert nothing.state is not None  # noqa: S101 - doing nothing always applies
    recipe, draw = RECIPES[method], bench.draw(method)
    training = Training(bench.network, bench.train, recipe, bench.breaking, draw)
    after = finetune(training, steps=bench.steps, tick=bench.tick)
    trials: list[Trial] = []
    for kept in PARTS if method in REPAIRS else PARTS[:1]:
        load_between(training, nothing.state, after, kept)
        trials.append(Trial(method, bench.quality(), _copy(bench.network), kept))
        if _enough([nothing, *trials], bench.accuracy):
            break
    return choose([nothing, *trials], bench.accuracy) or trials[0]


def choose(trials: Sequence[Trial], accuracy: float | None) -> Trial | None:
    """The repair with the best worst group, then the best mean with the cues broken, of those that
    cost at most `ALLOWED_LOSS` of an accuracy; None where none is better than doing nothing.

    Args:
        trials: of a round, doing nothing among them.
        accuracy: of the network that the repair began with, on the held-out pictures; None: that
            of doing nothing.
    """
    nothing = next(t for t in trials if t.method is Method.NOTHING)
    if nothing.quality is None:
        return None
    least = (nothing.quality.accuracy if accuracy is None else accuracy) - ALLOWED_LOSS
    able = [
        (trial.quality.worst_group, trial.quality.broken, -number, trial)
        for number, trial in enumerate(trials)
        if trial.method in REPAIRS and trial.quality is not None and trial.quality.accuracy >= least
    ]
    if not able:
        return None
    best = max(able, key=lambda each: each[:3])[3]
    assert best.quality is not None  # noqa: S101 - only those with one are able
    better = best.quality.broken > nothing.quality.broken
    return best if better else None


def _copy(network: Trainable) -> State:
    return {name: value.detach().clone() for name, value in network.module.state_dict().items()}
