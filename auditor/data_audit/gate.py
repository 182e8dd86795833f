"""The gate of a data audit: how many classes may be given away by something but their object."""

from __future__ import annotations

from auditor.domain.data_traits import LeakVerdict
from auditor.domain.messages import phrase, phrase_n
from auditor.gate.outcome import Check, Gate
from auditor.storage.data_runs import DataRun


def check_data_run(run: DataRun, *, max_given_away: int = 0) -> Gate:
    """Hold a data audit to a limit, and to having no equal pictures with different labels.

    Args:
        run: the data audit.
        max_given_away: classes that may be given away.

    Raises:
        RunError: its findings cannot be read.
    """
    table = run.findings()
    sure = table[table["verdict"] == LeakVerdict.GIVES_AWAY.value]
    names = sorted(set(sure["class"]))
    who = phrase(" ({names})", names=tuple(names)) if names else ""
    groups = run.manifest.get("contradictions") or []
    return Gate(
        run=run.path.name,
        baseline=None,
        checks=(
            Check(
                name="max_given_away",
                holds=len(names) <= max_given_away,
                value=float(len(names)),
                limit=float(max_given_away),
                told=phrase_n(
                    "{n:,} class given away{who}, at most {limit} allowed",
                    "{n:,} classes given away{who}, at most {limit} allowed",
                    len(names),
                    who=who,
                    limit=f"{max_given_away:g}",
                ),
                details=tuple(sure["reason"]),
            ),
            Check(
                name="contradictions",
                holds=not groups,
                value=float(len(groups)),
                limit=0.0,
                told=phrase_n(
                    "{n:,} group of equal images with different labels, none allowed",
                    "{n:,} groups of equal images with different labels, none allowed",
                    len(groups),
                ),
                details=tuple(", ".join(map(str, group)) for group in groups),
            ),
        ),
        warnings=(),
    )
