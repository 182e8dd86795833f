"""A model card as the Hub's own library reads it, and Croissant as MLCommons' library reads it."""

from __future__ import annotations

import json
from pathlib import Path

import mlcroissant
import pandas as pd
import pytest
from huggingface_hub import ModelCard
from typer.testing import CliRunner

from auditor.domain.errors import RunError
from auditor.publishing import model_card, write_croissant
from auditor.storage.run import Run
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "run", hostile=True, images=False)


def test_the_hub_reads_the_numbers_of_the_run(made: Run) -> None:
    results = ModelCard(model_card(made)).data.eval_results
    assert results is not None
    told = {result.metric_name: result.metric_value for result in results}
    assert told == {
        "Accuracy": made.summary["accuracy"],
        "Worst-group accuracy": made.summary["worst_group_accuracy"],
        "Share of pictures that depend on a background cue": made.summary["shortcut_rate"],
        "Classes with a confirmed background shortcut": made.summary["confirmed"],
    }
    assert {result.task_type for result in results} == {"image-classification"}
    assert "http" not in model_card(made).split("---")[1]  # no page of ours to point to


def test_an_undefined_number_is_left_out(made: Run) -> None:
    empty = Run(made.path, made.manifest, made.summary | {"shortcut_rate": None})
    results = ModelCard(model_card(empty)).data.eval_results
    assert results is not None
    assert len(results) == 3


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_card_names_no_path_and_no_markup_of_the_data(made: Run, lang: str) -> None:
    card = ModelCard(model_card(made, lang=lang))
    assert str(made.path.parent) not in card.content
    assert "![](" not in card.text
    assert "<b>" not in card.text
    levels = [line.split(" ")[0] for line in card.text.splitlines() if line.startswith("#")]
    assert levels[0] == "##"
    assert set(levels[1:]) == {"###"}


def test_croissant_gives_every_case_back(made: Run, tmp_path: Path) -> None:
    assert write_croissant(made, tmp_path / "audit.json") == 48
    dataset = mlcroissant.Dataset(jsonld=str(tmp_path / "audit.json"))
    records = pd.DataFrame(dataset.records("cases")).rename(columns=lambda name: name[6:])
    cases = made.cases()
    assert [text.decode() for text in records["case_id"]] == cases["case_id"].tolist()
    assert [text.decode() for text in records["verdict"]] == cases["verdict"].tolist()
    defined = cases["relevance_mass"].notna()
    assert records["relevance_mass"][defined].tolist() == pytest.approx(
        cases["relevance_mass"][defined].tolist()
    )
    assert records["relevance_mass"][~defined].isna().all()


def test_croissant_is_a_json_file(made: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError):
        write_croissant(made, tmp_path / "audit.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("what", "file"), [("model-card", "card.md"), ("croissant", "c.json")])
def test_export_writes_them_and_takes_no_filter(
    made: Run, tmp_path: Path, what: str, file: str
) -> None:
    from auditor.cli.app import app

    command = ["export", str(made.path), "--what", what, "--out", str(tmp_path / file)]
    done = CliRunner().invoke(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["what"] == what
    assert (tmp_path / file).stat().st_size > 0
    refused = CliRunner().invoke(app, [*command, "--class", "x"])
    assert refused.exit_code != 0
