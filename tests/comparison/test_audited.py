"""From audit to audit: the network is mended, and the comparison and the gate say so."""

from __future__ import annotations

import pytest

import auditor
from auditor.comparison import compare
from auditor.comparison.model import Reading
from auditor.config import GateSection
from auditor.gate import check_run
from auditor.storage.run import Run
from tests.fakes.planted import config_of, write_dataset

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Before and after, in one folder."""
    folder = tmp_path_factory.mktemp("planted")
    write_dataset(folder)
    made = []
    for name, factory in (("before", "build_network"), ("mended", "build_repaired")):
        config = config_of(
            folder,
            model={"factory": f"tests.fakes.planted:{factory}"},
            run={"out": folder / "runs" / name},
        )
        made.append(auditor.audit(config))
    return made[0], made[1]


def test_the_mended_class_is_better_and_the_model_explains_it(runs: tuple[Run, Run]) -> None:
    found = compare(*runs)
    cued = next(change for change in found.classes if change.name == "cued")
    assert (cued.base_verdict, cued.new_verdict) == ("confirmed", "clean")
    assert cued.reading is Reading.BETTER
    lost = cued.measures["background_effect"]
    assert lost.high is not None
    assert lost.high < -0.1
    assert found.images.both == 96
    assert {each.what for each in found.explanations} == {"weights", "model.factory"}


def test_the_report_of_the_mended_run_tells_it_by_itself(runs: tuple[Run, Run]) -> None:
    page = (runs[1].path / "report.html").read_text(encoding="utf-8")
    assert 'id="since"' in page
    assert "Better (1): cued." in page
    assert 'id="since"' not in (runs[0].path / "report.html").read_text(encoding="utf-8")


def test_the_gate_opens_one_way_only(runs: tuple[Run, Run]) -> None:
    before, mended = runs
    assert check_run(mended, GateSection(max_confirmed=0), before).holds
    back = check_run(before, GateSection(), mended)
    assert "baseline: cued" in {check.name for check in back.failed}
