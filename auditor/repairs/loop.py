"""Retrain, audit, compare, again, until nothing is confirmed or nothing helps any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from auditor import wiring
from auditor.class_reviews import reviewed_classes
from auditor.config import AuditConfig
from auditor.domain.auto_masks import check_form
from auditor.domain.cues import Cue, cue_of
from auditor.domain.errors import RunError
from auditor.domain.messages import N_, phrase
from auditor.ports import Progress, Silent
from auditor.repairs.choice import choose
from auditor.repairs.compositions import Breaking
from auditor.repairs.loading import load_material, load_trainable, repair_config
from auditor.repairs.material import Material, Part, parts_of
from auditor.repairs.method_names import ALLOWED_LOSS, Method
from auditor.repairs.methods import Bench, methods_of, steps_of, try_methods
from auditor.repairs.records import Audited, Repair, Round, load, save
from auditor.repairs.report import write_report
from auditor.repairs.settings import ROUNDS, STEPS, Settings
from auditor.storage.run import Run, open_run

WEIGHTS = "model.safetensors"


def repair(
    run: Run | Path | str,
    data: Path | str,
    *,
    out: Path | str,
    masks: Path | str | None = None,
    split: str | None = None,
    auto_mask: str | None = None,
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

    Writes a checkpoint and a run for every round, `model.safetensors` (the best one, as
    `Repair.best` says),
    `repair.json`, `report.html` and `retrain.py`. A repair that was interrupted goes on.

    Args:
        run: the audit that confirmed something.
        data: training pictures, others than the audited ones.
        out: a new folder, or that of the same repair.
        masks: folder that mirrors the training pictures.
        split: only this split of the training data.
        auto_mask: who makes the masks that are missing, as `data.auto_mask`; None: as the run says.
        rounds: at most so many.
        steps: of every retraining.
        seed: of every draw.
        limit: training pictures at most.
        compared: train plainly and a random repair, too, in the first round: half of its time.
        lang: of the report.
        progress: hears of stages.

    Raises:
        RunError: nothing is confirmed, or `out` holds something else.
        DataError: the training data has too few objects with masks, or nobody makes masks so.
        ModelError: the network cannot be loaded for training.
    """
    check_form(auto_mask)
    opened = run if isinstance(run, Run) else open_run(run)
    drawn = None if masks is None else Path(masks)
    settings = Settings(Path(data), drawn, split, auto_mask, rounds, steps, seed, limit, compared)
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
        _refuse_reviewed(run)
        raise RunError(
            "There is nothing to repair.",
            code="repair.nothing_to_do",
            expected="a run with a confirmed class",
            got=f"none in {run.path}",
            remedy="repair a network whose audit confirms a cue",
        )
    return before


def _refuse_reviewed(run: Run) -> None:
    """Reports and gates count these classes as confirmed, so they are not passed over in silence:
    a repair cannot cut their objects out, and its audits could not tell that the cue is gone."""
    table = reviewed_classes(run)
    named = [str(name) for name in table.loc[table["verdict"] == "confirmed", "class"]]
    if named:
        raise RunError(
            "What reviewers confirm cannot be repaired from.",
            code="repair.review_alone",
            expected="a class that the audit itself confirms",
            got=f"{', '.join(named)}: confirmed by review alone in {run.path}",
            remedy="audit again with --masks or --auto-mask, then repair that run",
        )


@dataclass(frozen=True)
class _Task:
    """What all rounds have in common."""

    config: AuditConfig
    settings: Settings
    folder: Path
    whole: Material
    parts: list[Part]
    audited: int
    progress: Progress


def _go_on(run: Run, done: Repair, settings: Settings, folder: Path, progress: Progress) -> Repair:
    if done.rounds and done.ended != "gone":
        done = replace(done, ended=None)
    if done.ended is None and len(done.rounds) < settings.rounds:
        config = repair_config(run)
        progress.stage(N_("reading training pictures"), 1)
        loaded = load_material(config, settings, run, progress)
        done = replace(done, masks=loaded.masks, overlap=loaded.overlap)
        parts = parts_of(loaded.material, loaded.groups, seed=settings.seed)
        progress.advance()
        audited = len(run.cases(("case_id",)))
        task = _Task(config, settings, folder, loaded.material, parts, audited, progress)
        while done.ended is None and len(done.rounds) < settings.rounds:
            done = _round(task, done)
            save(done, folder)
    if done.ended is None:
        done = replace(done, ended="gone" if done.gone else "rounds used up")
    save(done, folder)
    return done


def _round(task: _Task, done: Repair) -> Repair:
    number = len(done.rounds) + 1
    bench = _bench(task, done, number)
    methods = methods_of(compared=task.settings.compared and number == 1, few=bench.few)
    task.progress.stage(
        phrase("round {number}: retraining", number=number), steps_of(bench, methods)
    )
    trials = try_methods(bench, methods)
    told = {trial.method.value: trial.told() for trial in trials}
    best = choose(trials, bench.least)
    if best is None or best.state is None:
        last = Round(number, told, None, None, None)
        end = "gone" if done.gone else "no better"
        return replace(done, rounds=(*done.rounds, last), ended=end)
    path = task.folder / f"round-{number}.safetensors"
    _keep(best.state, path)
    after = _audit(task, path, number)
    last = Round(number, told, best.method.value, path.name, after)
    done = replace(done, rounds=(*done.rounds, last))
    if done.best is last:
        _keep(best.state, task.folder / WEIGHTS)
    return replace(done, ended="gone" if done.gone and not done.open else None)


def _bench(task: _Task, done: Repair, number: int) -> Bench:
    """What a round starts from: the best network so far, and every cue that was confirmed."""
    best = done.best
    checkpoint = None if best is None or best.checkpoint is None else task.folder / best.checkpoint
    cues = _cues(open_run(done.before.run)) | _cues(open_run(done.last.run))
    bench = Bench(
        load_trainable(task.config, checkpoint, task.whole.classes),
        task.whole,
        task.parts,
        Breaking.of(cues),
        tuple(dict.fromkeys((*done.before.confirmed, *done.last.confirmed))),
        task.settings.steps,
        task.settings.seed + 1000 * number,
        None,
        task.progress.advance,
    )
    return replace(bench, least=_least(task, done, bench))


def _least(task: _Task, done: Repair, bench: Bench) -> float:
    """Accuracy on the held-out pictures that a repair must leave.

    It is held against the first network there; where that knows these pictures by heart, which the
    audited ones tell (by two standard errors), against its accuracy on those.
    """
    first = done.rounds[0].trials[Method.NOTHING.value] if done.rounds else None
    held = sum(len(part.held) for part in task.parts)
    begun = bench.quality().accuracy if first is None else first["accuracy"]
    audited = done.before.accuracy
    spread = (audited * (1 - audited) * (1 / held + 1 / task.audited)) ** 0.5
    return (audited if begun > audited + 2 * spread else begun) - ALLOWED_LOSS


def _cues(run: Run) -> set[Cue]:
    table = run.classes()
    named = table.loc[table["verdict"] == "confirmed", "cue"]
    return {cue_of(value) or Cue.BACKGROUND for value in named}


def _keep(state: Mapping[str, Tensor], path: Path) -> None:
    save_file({k: v.detach().cpu().contiguous().clone() for k, v in state.items()}, path)


def _audit(task: _Task, checkpoint: Path, number: int) -> Audited:
    task.progress.stage(phrase("round {number}: auditing", number=number), 1)
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
