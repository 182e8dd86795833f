"""What is tried in a round, and which of it is kept: chosen on pictures nothing was trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from torch import nn

from auditor.repairs.choice import RepairTrial, best_of, is_enough
from auditor.repairs.compositions import Breaking
from auditor.repairs.finetuning import State, Training, TrainingRecipe, finetune, load_between
from auditor.repairs.last_layer import (
    drawn_to_old,
    pool_of,
    refitted,
    without_directions,
)
from auditor.repairs.material import Material, Part
from auditor.repairs.method_names import COMPARED, REPAIRS, Method
from auditor.repairs.quality import Outputs, Quality, ask, quality_of
from auditor.repairs.trainable import Trainable, TrainableHead

RECIPES = {
    Method.COUNTEREXAMPLES: TrainingRecipe(
        Method.COUNTEREXAMPLES, rate=3e-3, consistency=0.0, norm=True
    ),
    Method.CONSISTENT: TrainingRecipe(Method.CONSISTENT, rate=1e-3, consistency=1.0, composed=0.75),
    Method.PLAIN: TrainingRecipe(Method.PLAIN, rate=3e-3, consistency=0.0, composed=0.0, norm=True),
    Method.RANDOM: TrainingRecipe(
        Method.RANDOM, rate=3e-3, consistency=0.0, norm=True, within=True
    ),
}
"""One training as thorough as from scratch, for networks that have learned too little of the
objects, and a gentle one, which keeps what a network knows; what they are compared with is trained
as the first one is."""
FOR_FEW = {
    Method.CONSISTENT: RECIPES[Method.CONSISTENT],
    Method.PLAIN: replace(RECIPES[Method.CONSISTENT], name=Method.PLAIN, composed=0.0),
    Method.RANDOM: replace(RECIPES[Method.CONSISTENT], name=Method.RANDOM, within=True),
}
"""Trainings where pictures are few: gentle ones, which keep what a network knows."""
STEPS_OF_FEW = 6
"""Of so many steps one is made in each training where pictures are few: there are five of them, one
for every turn and one on all pictures."""
PARTS = (1.0, 0.75, 0.5)
"""How far to go from the old weights to the retrained ones."""


@dataclass(frozen=True)
class Bench:
    """What the methods of a round have in common.

    Attributes:
        network: whose weights they start from.
        whole: all pictures.
        parts: what is trained on and what it is measured on, in turns.
        breaking: what the cues call for.
        reliant: classes whose cues were confirmed.
        steps: of every retraining.
        seed: of every draw.
        least: accuracy that a repair must leave on the held-out pictures; None: that of doing
            nothing, less `ALLOWED_LOSS`.
        tick: is called after each step of training.
    """

    network: Trainable
    whole: Material
    parts: Sequence[Part]
    breaking: Breaking
    reliant: tuple[str, ...]
    steps: int
    seed: int
    least: float | None
    tick: Callable[[], None]

    @property
    def steps_each(self) -> int:
        """Steps of one training."""
        return max(1, self.steps // STEPS_OF_FEW) if self.few else self.steps

    @property
    def few(self) -> bool:
        """Pictures are held out in turns."""
        return len(self.parts) > 1

    def quality(self) -> Quality:
        """Of the network as it came."""
        return quality_of(_outputs(self))

    def draw(self, method: Method) -> int:
        """Seed of a method."""
        return self.seed + 100 * list(Method).index(method)

    @cached_property
    def before(self) -> State:
        """The weights that all begin with; asked for before anything is changed."""
        return _copy(self.network)

    @cached_property
    def features(self) -> list[Outputs]:
        """What goes into the last layer for each part's held-out pictures, before any change."""
        last = self.network.last_linear()
        assert last is not None  # noqa: S101 - asked for where there is one
        self.network.module.load_state_dict(self.before)
        return [
            ask(lambda x: self.network.features(x, last), part.held, self.breaking, seed=self.seed)
            for part in self.parts
        ]


def methods_of(*, compared: bool, few: bool = False) -> tuple[Method, ...]:
    """What a round tries, the cheapest first, with or without what a repair is compared with.

    Args:
        compared: with it.
        few: pictures are held out in turns.
    """
    names = (Method.NOTHING, *REPAIRS, *(COMPARED if compared else ()))
    return tuple(name for name in names if not few or name not in RECIPES or name in FOR_FEW)


def steps_of(bench: Bench, methods: Sequence[Method]) -> int:
    """Steps of training that some methods take at most."""
    trainings = [len(bench.parts) + (bench.few and each in REPAIRS) for each in methods
                 if each in RECIPES]  # fmt: skip
    return bench.steps_each * sum(trainings)


def try_methods(bench: Bench, methods: Sequence[Method]) -> list[RepairTrial]:
    """Methods in their order, all from the same weights, which the network has again in the end.
    After a repair that is enough no other one is trained.

    Args:
        bench: what they have in common.
        methods: doing nothing first.
    """
    trials = [RepairTrial(Method.NOTHING, bench.quality(), bench.before)]
    for method in (each for each in methods if each is not Method.NOTHING):
        if method in RECIPES and method in REPAIRS and is_enough(trials, bench.least):
            continue
        trials.append(_trial(bench, method, trials[0]))
    bench.network.module.load_state_dict(bench.before)
    return trials


@dataclass(frozen=True)
class _Change:
    """A candidate: a new last layer, or weights a part `kept` of the way to retrained ones."""

    head: TrainableHead | None = None
    training: Training | None = None
    after: State | None = None
    kept: float | None = None

    def apply(self, bench: Bench) -> None:
        network = bench.network
        network.module.load_state_dict(bench.before)
        if self.head is not None:
            network.set_head(_last(network), self.head)
        elif self.training is not None and self.after is not None and self.kept is not None:
            load_between(self.training, bench.before, self.after, self.kept)

    def outputs(self, bench: Bench, number: int) -> Outputs:
        """Logits for the held-out pictures of a part; a new last layer works on stored features."""
        if (head := self.head) is None:
            self.apply(bench)
            return _asked(bench, bench.parts[number])
        places = bench.network.outputs_of(bench.whole.classes)
        weight, bias = head.weight[places], head.bias[places]
        return bench.features[number].through(lambda features: features @ weight.T + bias)


def _trial(bench: Bench, method: Method, nothing: RepairTrial) -> RepairTrial:
    """The best candidate of a method, with weights from all pictures where they were held out in
    turns."""
    asked: dict[int, list[Outputs]] = {}
    changes: list[_Change] = []
    for number, part in enumerate(bench.parts):
        changes = list(_changes(bench, method, part.train))
        for place, change in enumerate(changes):
            asked.setdefault(place, []).append(change.outputs(bench, number))
    if not changes:
        return RepairTrial(method, None, None)
    trials = {
        place: RepairTrial(method, quality_of(outputs), None, changes[place].kept)
        for place, outputs in asked.items()
    }
    best = best_of([nothing, *trials.values()], bench.least, (method,))
    place = next((number for number, trial in trials.items() if trial is best), 0)
    if method not in REPAIRS:
        return trials[place]
    if bench.few:
        changes = list(_changes(bench, method, bench.whole))
    changes[place].apply(bench)
    return replace(trials[place], state=_copy(bench.network))


def _changes(bench: Bench, method: Method, train: Material) -> Iterator[_Change]:
    """Candidates, always as many and in the same order; none where the method does not apply."""
    network = bench.network
    network.module.load_state_dict(bench.before)
    if method in RECIPES:
        yield from _trained(bench, method, train)
        return
    last = network.last_linear()
    if last is None:
        return
    old, draw = network.head(last), bench.draw(method)
    places = network.outputs_of(train.classes)
    if method is Method.SUPPRESSION:
        head = without_directions(network, last, train, bench.breaking, bench.reliant, seed=draw)
        yield _Change(head=head or old)
        return
    pool = pool_of(network, last, train, bench.breaking, seed=bench.seed)
    if method is Method.LAST_LAYER:
        yield _Change(head=refitted(pool, old, places, seed=draw))
        return
    for head in drawn_to_old(pool, old, places).values():
        yield _Change(head=head)


def _trained(bench: Bench, method: Method, train: Material) -> Iterator[_Change]:
    recipe = (FOR_FEW if bench.few else RECIPES)[method]
    training = Training(bench.network, train, recipe, bench.breaking, bench.draw(method))
    after = finetune(training, steps=bench.steps_each, tick=bench.tick)
    for kept in PARTS if method in REPAIRS else PARTS[:1]:
        yield _Change(training=training, after=after, kept=kept)


def _outputs(bench: Bench) -> list[Outputs]:
    bench.network.module.load_state_dict(bench.before)
    return [_asked(bench, part) for part in bench.parts]


def _asked(bench: Bench, part: Part) -> Outputs:
    return ask(bench.network.answer, part.held, bench.breaking, seed=bench.seed)


def _last(network: Trainable) -> nn.Linear:
    last = network.last_linear()
    assert last is not None  # noqa: S101 - a candidate with a last layer comes of one
    return last


def _copy(network: Trainable) -> State:
    return {name: value.detach().clone() for name, value in network.module.state_dict().items()}
