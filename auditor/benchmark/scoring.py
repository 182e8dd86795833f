"""The list of any tool against the truth of planted sets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.benchmark.cue_names import names_cue
from auditor.benchmark.writing import INDEX, TRUTH
from auditor.domain.errors import DataError
from auditor.selftest.rates import RELIES, UNAFFECTED_BELOW, CountedRate

FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
CLEARED = frozenset({"clean", "context"})


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """One class: what is true and what was said.

    Attributes:
        set_name, kind, label: which class.
        relies: the truth; None between the two thresholds, and where the class was flagged together
            with another one (`pair_with`) that does rely on a cue: of two classes that lose to each
            other alone nobody can tell whose it is.
        flagged: whether the tool says that the class relies on a cue.
        cleared: whether the tool says that it does not; None where it cannot say such a thing.
        named: whether the cue was named right; None where none was named or none is true.
    """

    set_name: str
    kind: str
    label: str
    relies: bool | None
    flagged: bool
    cleared: bool | None
    named: bool | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Class-level figures of some sets; every rate with its denominator and 95% interval.

    Attributes:
        precision: flagged classes that are cue-reliant, among the flagged that can be judged.
        recall: cue-reliant classes that were flagged.
        false_alarms: unaffected classes that were flagged.
        cleared: unaffected classes that were cleared, where the tool can clear.
        named: flagged cue-reliant classes with a named cue whose name is right.
    """

    precision: CountedRate
    recall: CountedRate
    false_alarms: CountedRate
    cleared: CountedRate
    named: CountedRate


def score_results(results: Path, truth: Path) -> list[ScoredRow]:
    """Every class of every set, in the order of the index. A class that the results do not name
    was not flagged.

    Raises:
        DataError: a file cannot be read, or the results name a set or class that is not there.
    """
    said = _results(results)
    judged = []
    for each in _index(truth):
        told = _read_json(truth / each["name"] / TRUTH)
        classes: Mapping[str, Mapping[str, Any]] = told["classes"]
        for label, facts in classes.items():
            row = said.pop((each["name"], label), {})
            other = classes.get(row.get("pair_with", "").strip())
            judged.append(_judged(each, label, facts, row, other))
    if said:
        name, label = next(iter(said))
        raise DataError(
            "The results name a class that the benchmark does not have.",
            code="benchmark.unknown_class",
            expected=f"sets and classes of {truth / INDEX}",
            got=f"set {name!r}, class {label!r}",
            remedy="score the results against the folder that they were made from",
        )
    return judged


def set_names(truth: Path) -> list[str]:
    """Names of a benchmark folder's sets, in the order of its index."""
    return [each["name"] for each in _index(truth)]


def figures(judged: Iterable[ScoredRow]) -> Figures:
    """Rates over classes."""
    rows = list(judged)
    known = [row for row in rows if row.relies is not None]
    flagged = [row for row in known if row.flagged]
    reliant = [row for row in known if row.relies]
    unaffected = [row for row in known if not row.relies]
    clearable = [row for row in unaffected if row.cleared is not None]
    named = [row for row in flagged if row.relies and row.named is not None]
    return Figures(
        precision=CountedRate(sum(bool(row.relies) for row in flagged), len(flagged)),
        recall=CountedRate(sum(row.flagged for row in reliant), len(reliant)),
        false_alarms=CountedRate(sum(row.flagged for row in unaffected), len(unaffected)),
        cleared=CountedRate(sum(bool(row.cleared) for row in clearable), len(clearable)),
        named=CountedRate(sum(bool(row.named) for row in named), len(named)),
    )


def _judged(
    each: Mapping[str, str],
    label: str,
    facts: Mapping[str, Any],
    row: Mapping[str, str],
    other: Mapping[str, Any] | None,
) -> ScoredRow:
    verdict = row.get("verdict", "").strip().lower()
    relies = row.get("relies", "").strip().lower()
    cue = row.get("cue", "").strip()
    flagged = verdict == "confirmed" if verdict else FLAGS[relies]
    truth = _relies(facts)
    if flagged and not truth and other is not None and _relies(other):
        truth = None
    return ScoredRow(
        set_name=each["name"],
        kind=each["kind"],
        label=label,
        relies=truth,
        flagged=flagged,
        cleared=verdict in CLEARED if verdict else None,
        named=names_cue(cue, facts["cue"]) if cue and facts["cue"] else None,
    )


def _relies(facts: Mapping[str, Any]) -> bool | None:
    loss = float(facts["loss"])
    return True if loss >= RELIES else False if loss < UNAFFECTED_BELOW else None


def _results(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, str(error)) from None
    columns = set(rows[0]) if rows else set()
    if not {"set", "class"} <= columns or not columns & {"verdict", "relies"}:
        raise _unreadable(path, f"columns {', '.join(sorted(map(str, columns))) or 'none'}")
    found: dict[tuple[str, str], dict[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        plain = {k: v or "" for k, v in row.items() if isinstance(k, str)}
        key = plain["set"].strip(), plain["class"].strip()
        if key in found:
            raise _unreadable(path, f"row {number} repeats set {key[0]!r}, class {key[1]!r}")
        if plain.get("relies", "").strip().lower() not in FLAGS:
            raise _unreadable(path, f"row {number}: relies is {plain['relies']!r}")
        found[key] = plain
    return found


def _index(truth: Path) -> list[dict[str, str]]:
    sets = _read_json(truth / INDEX).get("sets")
    if not isinstance(sets, list) or not sets:
        raise _unreadable(truth / INDEX, "it lists no set")
    return sets


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from None
    if not isinstance(value, dict):
        raise _unreadable(path, "no object")
    return value


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(
        "The benchmark cannot be scored.",
        code="benchmark.not_scorable",
        expected="a CSV with set, class, and verdict or relies (true, false); and --truth, a folder"
        " that `auditor benchmark make` wrote",
        got=f"{path}: {why}",
        remedy="correct the file or the folder's name",
    )
