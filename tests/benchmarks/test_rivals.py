"""Rules on maps alone are scored on the same classes as the audit, by the same scorer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.benchmark.scoring import figures, score_results
from auditor.benchmark.writing import INDEX, TRUTH
from auditor.storage.run import Run
from benchmarks import published_rivals, rivals
from benchmarks.published_rivals import Flagged
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
    assert len(lines) == 3 + 2 * len(RULES) + len([*published_rivals.installed()])
    assert {path.stem for path in tmp_path.iterdir()} >= {"auditor", *RULES}


def test_a_cut_off_in_hindsight_is_no_worse(made: tuple[Path, Run], tmp_path: Path) -> None:
    truth, run = made
    scores = scores_of([run])

    def gain(cut: float) -> float:
        found = figures(score_results(write_list(scores, "mass", cut, tmp_path / "l.csv"), truth))
        return (found.recall.value or 0.0) - (found.false_alarms.value or 0.0)

    best = best_cut(scores, "mass", truth, tmp_path / "best.csv")
    assert gain(best) >= max(gain(cut) for cut in (0.0, 0.5, 1.0))


def test_published_tools_are_asked_of_every_class(
    made: tuple[Path, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth, run = made
    asked: list[str] = []

    def everything(runs: Sequence[Run]) -> Flagged:
        found = {(r.name, str(name)): True for r in runs for name in r.classes()["class"]}
        asked.extend(name for _, name in found)
        return found

    monkeypatch.setattr(rivals, "TOOLS", {"all": ("json", "a tool that flags all", everything)})
    monkeypatch.setattr(rivals, "installed", lambda: ["all"])
    line = list(table(truth, [run], tmp_path))[-1]
    assert sorted(asked) == sorted(run.classes()["class"])
    assert line.startswith("| a tool that flags all | 1 of 1 (1.00 ")
    assert " | 4 of 4 (1.00 " in line


def test_what_is_installed_is_what_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_rivals, "find_spec", lambda name: name == "bnnr" or None)
    assert list(published_rivals.installed()) == ["bnnr"]


def test_maps_have_the_pictures_own_pixels(made: tuple[Path, Run]) -> None:
    cases = made[1].cases()
    maps = published_rivals.maps_of(cases[cases["cam"].notna()])
    height, width = cases.loc[0, ["image_height", "image_width"]]
    assert maps.shape[1:] == (height, width)
    assert (float(maps.min()), float(maps.max())) == (0.0, 1.0)
