"""What a repair did, as `repair.json` keeps it: enough to go on, and for the report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, overload

import pandas as pd
from pydantic import TypeAdapter

from auditor.domain.errors import RunError
from auditor.domain.verdicts import ClassVerdict
from auditor.files import absolute, is_dir, is_file, located
from auditor.repairs.method_names import ALLOWED_LOSS
from auditor.storage.run import Run

FILE = "repair.json"
RECIPE, RECIPE_VERSION = "recipe", "3"
"""Setting that tells which recipe a repair was begun with; of those before it is absent."""

CLEARED: Final = (ClassVerdict.CLEAN.value, ClassVerdict.CONTEXT.value)
"""Verdicts that end a reliance."""


@dataclass(frozen=True)
class Audited:
    """What an audit says of one network.

    Attributes:
        run: folder of the run, absolute; in `repair.json` relative to that file where it lies
            beside it, so that a repair can be moved.
        accuracy: on the audited pictures.
        worst_group: as the run's summary has it, or None.
        confirmed: classes whose reliance is proved.
        effects: class -> [low, estimate, high] of `background_effect`, nulls where unknown.
        capture: the same of `capture`.
        verdicts: class -> verdict.
    """

    run: str
    accuracy: float
    worst_group: float | None
    confirmed: tuple[str, ...]
    effects: Mapping[str, Sequence[float | None]]
    capture: Mapping[str, Sequence[float | None]]
    verdicts: Mapping[str, str]

    @classmethod
    def of(cls, run: Run) -> Audited:
        """From a finished run.

        Raises:
            RunError: its summary has no accuracy.
        """
        table = run.classes().set_index("class")
        accuracy = run.results.accuracy
        if accuracy is None:
            raise RunError(
                "The run has no accuracy.",
                code="run.no_accuracy",
                expected="a run with at least one audited image",
                got=f"accuracy null in the summary of {run.path}",
                remedy="audit again with this version",
            )

        def interval(column: str) -> dict[str, list[float | None]]:
            names = (f"{column}_low", column, f"{column}_high")
            return {str(c): [_number(table.at[c, n]) for n in names] for c in table.index}

        return cls(
            run=str(absolute(run.path)),
            accuracy=accuracy,
            worst_group=run.results.worst_group_accuracy,
            confirmed=tuple(map(str, table.index[table["verdict"] == "confirmed"])),
            effects=interval("background_effect"),
            capture=interval("capture"),
            verdicts={str(c): str(v) for c, v in table["verdict"].items()},
        )


@dataclass(frozen=True)
class Round:
    """One round.

    Attributes:
        number: from 1.
        trials: method -> quality on the held-out pictures, null where it does not apply.
        chosen: method that was kept, or None where none was better than doing nothing.
        checkpoint: file name of the weights in the folder, or None.
        after: the audit of them, or None where nothing was kept.
    """

    number: int
    trials: Mapping[str, Mapping[str, float] | None]
    chosen: str | None
    checkpoint: str | None
    after: Audited | None


@dataclass(frozen=True)
class Repair:
    """A whole repair.

    Attributes:
        before: the audit that it began with.
        rounds: done so far.
        settings: of the repair; it goes on only with the same.
        ended: why it ended ("gone", "no better", "rounds used up"), or None while it goes on.
        masks: how many training pictures have a mask of each source (`mask_source`).
        overlap: how many audited pictures are training pictures, too; None where nobody asked.
    """

    before: Audited
    rounds: tuple[Round, ...]
    settings: Mapping[str, Any]
    ended: str | None = None
    masks: Mapping[str, int] = field(default_factory=dict)
    overlap: int | None = None

    @property
    def best(self) -> Round | None:
        """The round whose network is the result, and what the next one starts from: fewest classes
        confirmed, then fewest open, then an accuracy at most `ALLOWED_LOSS` below the first, then
        the latest. None where no round kept anything."""
        least = self.before.accuracy - ALLOWED_LOSS
        found = [
            (-len(after.confirmed), -len(self._open(after)), after.accuracy >= least, each.number)
            for each in self.rounds
            if (after := each.after) is not None
        ]
        return self.rounds[max(found)[3] - 1] if found else None

    @property
    def last(self) -> Audited:
        """The audit of the network that is the result so far."""
        best = self.best
        return self.before if best is None or best.after is None else best.after

    @property
    def open(self) -> tuple[str, ...]:
        """Classes that were confirmed at first and are neither clean nor context yet."""
        return self._open(self.last)

    def _open(self, audited: Audited) -> tuple[str, ...]:
        return tuple(c for c in self.before.confirmed if audited.verdicts.get(c) not in CLEARED)

    @property
    def gone(self) -> bool:
        """Whether nothing is confirmed any more."""
        return not self.last.confirmed


_STORED: Final = TypeAdapter(Repair)


def save(repair: Repair, folder: Path) -> None:
    """Write `repair.json`, whole."""
    told = asdict(repair)
    for each in (told["before"], *(each["after"] for each in told["rounds"])):
        if each is not None:
            each["run"] = _written(absolute(Path(each["run"])), absolute(folder))
    text = json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False)
    scratch = folder / f".{FILE}"
    scratch.write_text(text + "\n", encoding="utf-8")
    scratch.replace(folder / FILE)


def load(folder: Path, settings: Mapping[str, Any]) -> Repair | None:
    """What was done so far; None where nothing was.

    Raises:
        RunError: the folder holds another repair, one of another version, or something else.
    """
    if not is_file(folder / FILE):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise _other(folder, "something that is no repair")
        return None
    found = read(folder)
    if found.settings.get(RECIPE) != settings.get(RECIPE):
        raise RunError(
            "This repair was begun by another version of auditor, with other methods.",
            code="repair.other_version",
            expected=f"a repair with recipe {settings.get(RECIPE)}",
            got=f"{folder}: recipe {found.settings.get(RECIPE, '1')}",
            remedy="begin anew with another --out; its checkpoints and runs stay as they are",
        )
    if found.settings != json.loads(json.dumps(dict(settings))):
        raise _other(folder, "a repair of another run, with other data or other settings")
    return found


def read(folder: Path) -> Repair:
    """The repair of a folder, whatever its settings.

    Raises:
        RunError: there is none, or it cannot be read.
    """
    try:
        told = _STORED.validate_json((folder / FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise _other(folder, f"{FILE}: {error}") from None
    rounds = tuple(replace(each, after=_found(each.after, folder)) for each in told.rounds)
    return replace(told, before=_found(told.before, folder), rounds=rounds)


def repairs_in(folder: Path) -> dict[str, Repair]:
    """The repairs that can be read, by name: of the folder itself, and directly in it."""
    try:
        places = [folder, *sorted(path for path in folder.iterdir() if is_dir(path))]
    except OSError:
        return {}
    found = {}
    for place in places:
        if is_file(place / FILE):
            with suppress(RunError):
                found[place.resolve().name] = read(place)
    return found


def _written(run: Path, folder: Path) -> str:
    return run.relative_to(folder).as_posix() if run.is_relative_to(folder) else str(run)


@overload
def _found(told: Audited, folder: Path) -> Audited: ...
@overload
def _found(told: None, folder: Path) -> None: ...
def _found(told: Audited | None, folder: Path) -> Audited | None:
    """With the place of its run, which is stored relative to the repair."""
    return told and replace(told, run=str(located(absolute(folder), told.run)))


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _other(folder: Path, got: str) -> RunError:
    return RunError(
        "The folder cannot take this repair.",
        code="repair.folder_taken",
        expected="a new folder, or the one of the same repair, which then goes on",
        got=f"{folder}: {got}",
        remedy="name another --out",
    )
