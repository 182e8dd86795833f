"""Everything that reads a run folder, one reader an input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb

from auditor.class_reviews import ReviewAnswer, hypothesis_id, with_answers
from auditor.comparison.compare import compare_sides
from auditor.comparison.inputs import side_of
from auditor.config import AuditConfig
from auditor.counterexamples.inputs import mark_boxes
from auditor.domain.cues import Cue
from auditor.domain.exports import EXPORTS
from auditor.dossier import dossier_of
from auditor.export import select, table_bytes
from auditor.gate import DEFAULT_LIMITS, check_run, documents
from auditor.mcp_server.answers import RunFolder
from auditor.publishing.model_card import model_card
from auditor.reports import render_html, render_markdown
from auditor.reports.contents import contents_of
from auditor.reviews.events import Review, ReviewDecision
from auditor.storage.listing import list_broken, list_runs
from auditor.storage.run import Run, open_run
from auditor.verification import verify
from auditor.wording.catalogue import translator
from dashboard.components.gallery import card
from dashboard.components.hypotheses import what
from dashboard.components.strip import figures
from dashboard.runs.filters import Filters
from dashboard.runs.heat import alike, mean_map
from dashboard.runs.images import has_depth, layers
from dashboard.runs.neighbours import nearest
from dashboard.runs.pairs import changed_pairs
from dashboard.runs.picture_map import picture_map
from dashboard.runs.queries import Cases, plain_rows
from dashboard.runs.ranks import Decided, Ranking
from tests.fakes.runs import CREATED

LANGUAGES = ("en", "zh")


def run_readers(base: Path) -> tuple[Callable[[Path], object], ...]:
    """What reads a run. Each is one use of a program or a page.

    Args:
        base: a whole run to compare with.
    """
    before = side_of(open_run(base))
    pages = tuple(
        lambda path, lang=lang, render=render: render(contents_of(open_run(path)), lang=lang)
        for lang in LANGUAGES
        for render in (render_html, render_markdown)
    )
    tables = tuple(
        lambda path, table=table, suffix=suffix: table_bytes(
            select(open_run(path), table), table, suffix
        )
        for table, suffix in zip(EXPORTS, (".csv", ".parquet", ".jsonl") * 3, strict=False)
    )
    return (
        *pages,
        *tables,
        verify,
        lambda path: dossier_of(open_run(path), lang="zh"),
        lambda path: model_card(open_run(path)),
        lambda path: _gate(open_run(path), open_run(base)),
        lambda path: compare_sides(before, side_of(open_run(path))).to_dict(),
        lambda path: _notebook(open_run(path)),
        _assistant,
        _boxes,
        _answered,
        _gallery,
        _gallery,
        _case_page,
        _case_page,
        _maps,
        lambda path: _pairs(path, base),
    )


def read_run(base: Path) -> Callable[[Path], None]:
    """One of the readers an input: that of the number in the file `use`."""
    readers = run_readers(base)

    def read(path: Path) -> None:
        number = int((path.parent / "use").read_text())
        readers[number % len(readers)](path)

    return read


def _gate(run: Run, base: Run) -> None:
    found = check_run(run, DEFAULT_LIMITS, base)
    documents.junit(found)
    documents.markdown(found, translator("zh"))
    json.dumps(documents.machine(found), allow_nan=False)


def _notebook(run: Run) -> None:
    for case in run.cases()["case_id"].iloc[[0, -1]]:
        shown = run.show(case)
        shown._repr_html_()


def _assistant(path: Path) -> None:
    runs = RunFolder(path.parent)
    told: list[dict[str, Any]] = [runs.runs()]
    told += [ask(path.name) for ask in (runs.summary, runs.classes, runs.cases)]
    for row in told[-1]["rows"][:2]:
        told.append(runs.case(path.name, row["case_id"]))
        told += [each.facts for each in runs.evidence(path.name, row["case_id"])]
    json.dumps(told, allow_nan=False, default=str)


def _boxes(path: Path) -> None:
    """Where marks lie in the files, by the trials and by the maps."""
    run = open_run(path)
    cases = run.cases(("case_id", "label"))
    samples = [SimpleNamespace(case_id=case) for case in cases["case_id"]]
    config = AuditConfig.model_construct(findings=SimpleNamespace(effect_floor=0.1))
    cues = dict.fromkeys(cases["label"], Cue.CORNER_MARK)
    mark_boxes(run, config, cast("Any", samples), cues)


def _answered(path: Path) -> None:
    """Every hypothesis was answered by a person."""
    run = open_run(path)
    rows = run.hypotheses().to_dict("records")
    said = Review("run", "case", "anna", ReviewDecision.CONFIRMED, "", CREATED, "token")
    answers = {hypothesis_id(row): ReviewAnswer({"anna": said}) for row in rows}
    with_answers(run.classes(), run.hypotheses(), answers)
    for row in plain_rows(run.hypotheses()):
        what(row["kind"])


def _asked(path: Path) -> tuple[Run, Cases]:
    run = open_run(path, lazily=True)
    connection = duckdb.connect(":memory:")
    table = run.table_path("cases")
    ranking = Ranking(connection, table)
    return run, Cases(connection.cursor(), table, ranking, Decided.nothing(ranking))


def _gallery(path: Path) -> None:
    """What the dashboard asks of a folder of runs and of one run for its first page."""
    list_broken(path.parent)
    if not list_runs(path.parent):
        return
    run, cases = _asked(path)
    for row in plain_rows(cases.page(cases.ranks(Filters(sort="severity"))[:8])):
        layers(row, run.metadata, 288)
        card(row, run.metadata)
    cases.verdicts()
    cases.progress()
    cases.tally(Filters(find="a", flagged=True))
    cases.all(Filters(score="object_effect", low=0.0))


def _case_page(path: Path) -> None:
    run, cases = _asked(path)
    for name in cases.names(cases.ranks(Filters())[[0, -1]]):
        case = cases.case(name)
        assert case is not None
        layers(case, run.metadata, 640)
        has_depth(case, run.metadata)
        alike(cases, case, 6)
        nearest(cases, case, 6)
        rows = plain_rows(run.evidence(name))
        figures(rows, case["label"], cases.labels([str(row["donor"]) for row in rows]))


def _maps(path: Path) -> None:
    _, cases = _asked(path)
    mean_map(cases, [])
    mean_map(cases, [("NOT correct", [])])
    cases.ranking.places_on_map()
    picture_map(cases)
    cases.bounds("severity")


def _pairs(path: Path, base: Path) -> None:
    run = open_run(path, lazily=True)
    table, other = (each.table_path("cases") for each in (run, open_run(base)))
    changed_pairs(duckdb.connect(":memory:").cursor(), other, table).counts()
