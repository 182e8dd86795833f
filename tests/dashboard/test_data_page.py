"""The page of the audit of the data, and its findings beside use on the page of a class."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import auditor
from auditor.data_audit.gate import check_data_run
from auditor.domain.given_away import TRAIT_USE_MEANING, TraitUse, trait_use
from auditor.reports import render_html
from auditor.reports.contents import contents_of
from auditor.storage.data_runs import DataRun, data_run_of
from auditor.storage.run import Run, open_run
from tests.dashboard.apps import Open, text
from tests.fakes.runs import make_run
from tests.seams.english_left import english


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, DataRun]:
    """A run, and the audit of its pictures beside it, as `auditor data` writes it."""
    folder = tmp_path_factory.mktemp("both") / "runs"
    run = make_run(folder / "model", classes=4, per_class=14)
    data = Path(run.manifest["config"]["data"]["path"])
    return open_run(run.path), auditor.audit_data(data, out=folder / "pictures", per_class=14)


def test_the_page_shows_findings_maps_and_gate(audited: tuple[Run, DataRun], show: Open) -> None:
    run, data = audited
    app = show(run.path.parent, "data")
    assert app.query_params["data"] in ("pictures", ["pictures"])
    shown = text(app)
    numbers = [re.findall(r"\d+", caption.value) for caption in app.caption]
    assert [str(data.manifest["counts"]["independent"]), "4"] in [each[:2] for each in numbers]
    assert check_data_run(data).checks
    assert len([*app.success, *app.warning]) >= 1
    told = data.findings()
    listed = told[told["verdict"].isin(["gives away", "possible"])]
    assert len(listed) > 0
    assert sum(len(table.value) for table in app.dataframe) == len(listed)
    for name in data.places()["class"]:
        assert f"**{name}**" in shown
    assert len(data.places()["mean"].dropna()) == 4


def test_the_page_speaks_chinese(audited: tuple[Run, DataRun], show: Open) -> None:
    shown = text(show(audited[0].path.parent, "data", lang="zh"))
    assert english([re.sub(r"`.*?`|\*\*.*?\*\*", "", each) for each in shown.splitlines()]) == []
    assert "独立" in shown


def test_without_a_model_the_page_is_there_all_the_same(
    audited: tuple[Run, DataRun], show: Open, tmp_path: Path
) -> None:
    data = audited[1]
    alone = tmp_path / "runs"
    alone.mkdir()
    (alone / "pictures").symlink_to(data.path)
    app = show(alone, "data")
    assert not app.exception
    assert app.query_params["data"] in ("pictures", ["pictures"])


def test_without_any_audit_it_says_how_to_make_one(show: Open, catalog: Path) -> None:
    assert "auditor data" in text(show(catalog, "data"))


def test_class_page_and_report_show_the_finding_beside_use(
    audited: tuple[Run, DataRun], show: Open
) -> None:
    run, data = audited
    assert (linked := data_run_of(run)) is not None
    assert linked.path == data.path
    told = data.findings()
    name = told[told["verdict"] == "possible"]["class"].iloc[0]
    app = show(run.path.parent, "classes", name=name)
    assert any(words in text(app) for words in TRAIT_USE_MEANING.values())
    assert 'id="data-audit"' in render_html(contents_of(run))


def test_a_clean_class_does_not_use_what_the_data_give_away() -> None:
    assert trait_use("corners", "clean", None) is TraitUse.NOT_USED
    assert trait_use("corners", "confirmed", "corner mark") is TraitUse.USED
    assert trait_use("corners", "confirmed", "background") is TraitUse.OTHER_CUE
    assert trait_use("corners", "suspected", "corner mark") is TraitUse.OPEN
    assert trait_use("camera", "confirmed", "background") is TraitUse.NOT_ASKED
    assert trait_use("compression", "clean", None) is TraitUse.NOT_ASKED
