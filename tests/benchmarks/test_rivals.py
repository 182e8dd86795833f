"""Rules on maps alone are scored on the same classes as the audit, by the same scorer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark.scoring import figures, score_results
from auditor.benchmark.writing import INDEX, TRUTH
from auditor.storage.run import Run
from benchmarks.rivals import OURS, RULES, best_cut, scores_of, table, write_list
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    home = tmp_path_factory.mktemp("rivals")
    run = make_run(home / "runs" / "s", classes=5, images=False)
    verdicts = run.classes().set_index("class")["verdict"]
    facts = {
        name: {"loss": 0.5 * (verdict == "confirmed"), "cue": "background"}
        for name, verdict in verdicts.items()
    }
    truth = home / "truth"
    (truth / "s").mkdir(parents=True)
    (truth / "s" / TRUTH).write_text(json.dumps({"classes": facts}))
    (truth / INDEX).write_text(json.dumps({"sets": [{"name": "s", "kind": "background"}]}))
    return truth, run


def test_every_rule_is_scored_beside_the_audit(made: tuple[Path, Run], tmp_path: Path) -> None:
    truth, run = made
    lines = list(table(truth, [run], tmp_path))
    assert lines[2].startswith(f"| {OURS} | 1 of 1 (1.00 ")
    assert len(lines) == 3 + 2 * len(RULES)
    assert {path.stem for path in tmp_path.iterdir()} >= {"auditor", *RULES}


def test_a_cut_off_in_hindsight_is_no_worse(made: tuple[Path, Run], tmp_path: Path) -> None:
    truth, run = made
    scores = scores_of([run])

    def gain(cut: float) -> float:
        found = figures(score_results(write_list(scores, "mass", cut, tmp_path / "l.csv"), truth))
        return (found.recall.value or 0.0) - (found.false_alarms.value or 0.0)

    best = best_cut(scores, "mass", truth, tmp_path / "best.csv")
    assert gain(best) >= max(gain(cut) for cut in (0.0, 0.5, 1.0))
