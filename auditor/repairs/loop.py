"""Retrain, audit, compare, again, until nothing is confirmed or nothing helps any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

from auditor import wiring
from auditor.config import AuditConfig
from auditor.domain.cues import Cue, cue_of
from auditor.domain.errors import RunError
from auditor.files import absolute
from auditor.ports import Progress, Silent
from auditor.repairs.compositions import Breaking
from auditor.repairs.loading import load_material, load_trainable, repair_config
from auditor.repairs.material import Material, deal
from auditor.repairs.method_names import Method
from auditor.repairs.methods import RECIPES, Bench, Trial, choose, methods_of, try_methods
from auditor.repairs.records import (
    RECIPE,
    RECIPE_VERSION,
    Audited,
    Repair,
    Round,
    load,
    save,
)
from auditor.repairs.report import write_report
from auditor.storage.run import Run, open_run

STEPS = 600
ROUNDS = 5
WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    data, masks, split: the training data.
    rounds: at most so many.
    steps: of every retraining.
    seed: of every draw.
    limit: pictures at most, or None.
    compared: the first round also trains what a repair is compared with.
    """

    data: Path
    masks: Path | None = None
    split: str | None = None
    rounds: int = ROUNDS
    steps: int = STEPS
    seed: int = 0
    limit: int | None = None
    compared: bool = True

    def identity(self, run: Run) -> dict[str, Any]:
        """What a repair that goes on must have in common; more rounds may be asked for."""
        told = {k: None if v is None else str(v) for k, v in asdict(self).items()}
        del told["rounds"]
        # As seen from anywhere: the same words in another folder may be other data.
        places = {"data": self.data, "masks": self.masks, "run": run.path}
        told |= {k: None if v is None else str(absolute(v)) for k, v in places.items()}
        return told | {RECIPE: RECIPE_VERSION}


def repair(
    run: Run | Path | str,
    data: Path | str,
    *,
    out: Path | str,
    masks: Path | str | None = None,
    split: str | None = None,
    rounds: int = ROUNDS,
    steps: int = STEPS,
    seed: int = 0,
    limit: int | None = None,
    compared: bool = True,
    lang: str = "en",
    progress: Progress | None = None,
) -> Repair:
    """Repair the network of a run: retrain on counterexamples of its confirmed cues and audit
    again, until nothing is confirmed.

    Writes a checkpoint and a run for every round, `model.safetensors` (the last one kept),
    `repair.json`, `report.html` and `retrain.py`. A repair that was interrupted goes on.

    Args:
        run: the audit that confirmed something.
        data: training pictures, others than the audited ones.
        out: a new folder, or that of the same repair.
        masks: folder that mirrors the training pictures.
        split: only this split of the training data.
        rounds: at most so many.
        steps: of every retraining.
        seed: of every draw.
        limit: training pictures at most.
        compared: train plainly and a random repair, too, in the first round: half of its time.
        lang: of the report.
        progress: hears of stages.

    Raises:
        RunError: nothing is confirmed, or `out` holds something else.
        DataError: the training data has too few objects with masks.
        ModelError: the network cannot be loaded for training.
    """
    opened = run if isinstance(run, Run) else open_run(run)
    drawn = None if masks is None else Path(masks)
    settings = Settings(Path(data), drawn, split, rounds, steps, seed, limit, compared)
    folder = Path(out)
    identity = settings.identity(opened)
    done = load(folder, identity) or Repair(_started(opened), (), identity)
    folder.mkdir(parents=True, exist_ok=True)
    done = _go_on(opened, done, settings, folder, progress or Silent())
    write_report(done, folder, lang=lang)
    return done


def _started(run: Run) -> Audited:
    before = Audited.of(run)
    if not before.confirmed:
        raise RunError(
            "There is nothing to repair.",
            code="repair.nothing_to_do",
            expected="a run with a confirmed class",
            got=f"none in {run.path}",
            remedy="repair a network whose audit confirms a cue",
        )
    return before


@dataclass(frozen=True)
class _Task:
    """What all rounds have in common."""

    config: AuditConfig
    settings: Settings
    folder: Path
    train: Material
    held: Material
    progress: Progress


def _go_on(run: Run, done: Repair, settings: Settings, folder: Path, progress: Progress) -> Repair:
    if done.rounds and done.ended != "gone":
        done = replace(done, ended=None)
    if done.ended is None and len(done.rounds) < settings.rounds:
        config = repair_config(run)
        progress.stage("reading training pictures", 1)
        material, groups = load_material(config, settings, run)
        train, held = deal(material, groups, seed=settings.seed)
        progress.advance()
        task = _Task(config, settings, folder, train, held, progress)
        while done.ended is None and len(done.rounds) < settings.rounds:
            done = _round(task, done)
            save(done, folder)
    if done.ended is None:
        done = replace(done, ended="gone" if done.gone else "rounds used up")
    save(done, folder)
    return done


def _round(task: _Task, done: Repair) -> Repair:
    number = len(done.rounds) + 1
    trials = _tried(task, done, number)
    told = {trial.method.value: trial.told() for trial in trials}
    best = choose(trials, _begun_at(done))
    if best is None or best.state is None:
        last = Round(number, told, None, None, None)
        return replace(done, rounds=(*done.rounds, last), ended="no better")
    path = task.folder / f"round-{number}.safetensors"
    _keep(best.state, path)
    after = _audit(task, path, number)
    _keep(best.state, task.folder / WEIGHTS)
    last = Round(number, told, best.method.value, path.name, after)
    return replace(done, rounds=(*done.rounds, last), ended=None if after.confirmed else "gone")


def _tried(task: _Task, done: Repair, number: int) -> list[Trial]:
    steps = task.settings.steps
    methods = methods_of(compared=task.settings.compared and number == 1)
    trainings = sum(method in RECIPES for method in methods)
    task.progress.stage(f"round {number}: retraining", trainings * steps)
    bench = Bench(
        load_trainable(task.config, _latest(done, task.folder), task.train.classes),
        task.train,
        task.held,
        Breaking.of(_cues(open_run(done.last.run))),
        steps,
        task.settings.seed + 1000 * number,
        _begun_at(done),
        task.progress.advance,
    )
    return try_methods(bench, methods, done.last.confirmed)


def _begun_at(done: Repair) -> float | None:
    """Accuracy of the first network on the held-out pictures; None before it was measured."""
    told = done.rounds[0].trials[Method.NOTHING.value] if done.rounds else None
    return None if told is None else told["accuracy"]


def _latest(done: Repair, folder: Path) -> Path | None:
    kept = [each.checkpoint for each in done.rounds if each.checkpoint is not None]
    return folder / kept[-1] if kept else None


def _cues(run: Run) -> set[Cue]:
    table = run.classes()
    named = table.loc[table["verdict"] == "confirmed", "cue"]
    return {cue_of(value) or Cue.BACKGROUND for value in named}


def _keep(state: Mapping[str, Tensor], path: Path) -> None:
    save_file({k: v.detach().cpu().contiguous().clone() for k, v in state.items()}, path)


def _audit(task: _Task, checkpoint: Path, number: int) -> Audited:
    task.progress.stage(f"round {number}: auditing", 1)
    model = {"checkpoint": checkpoint, "checkpoint_key": None}
    run = {"out": task.folder / f"round-{number}"}
    changed = task.config.model_copy(
        update={
            "model": task.config.model.model_copy(update=model),
            "run": task.config.run.model_copy(update=run),
        }
    )
    found = wiring.audit(changed, progress=Silent(), overwrite=True)
    task.progress.advance()
    return Audited.of(found)
