"""The MCP server as a client meets it: over its own protocol, on runs with hostile names."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from auditor.mcp_server.answers import MOST_ROWS, RunFolder
from auditor.mcp_server.server import build_server
from auditor.storage.run import Run
from tests.fakes.loops import run_apart
from tests.fakes.runs import make_run

Talk = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "first", classes=5, hostile=True)


def talk(folder: Path, say: Talk) -> Any:
    async def session() -> Any:
        async with Client(build_server(RunFolder(folder), "0")) as client:
            return await say(client)

    return run_apart(session())


def ask(folder: Path, tool: str, **arguments: Any) -> Any:
    async def say(client: Client) -> Any:
        result = await client.call_tool(tool, arguments)
        return json.loads(result.content[0].text)

    return talk(folder, say)


def test_every_tool_says_that_it_only_reads(run: Run) -> None:
    async def say(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = talk(run.path.parent, say)
    assert {tool.name for tool in tools} == {
        *("list_runs", "get_run", "list_classes", "list_cases", "get_case", "get_evidence")
    }
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint


def test_runs_and_verdicts_are_those_of_the_folder(run: Run) -> None:
    listed = ask(run.path.parent, "list_runs")["runs"]
    assert [each["run"] for each in listed] == ["first"]
    assert listed[0]["verdicts"] == run.summary["verdicts"]
    assert ask(run.path.parent, "get_run", run="first")["summary"] == run.summary


def test_classes_are_filtered_by_verdict(run: Run) -> None:
    table = run.classes()
    confirmed = ask(run.path.parent, "list_classes", run="first", verdict="confirmed")
    assert [row["class"] for row in confirmed["rows"]] == list(
        table.loc[table["verdict"] == "confirmed", "class"]
    )


def test_hostile_names_come_back_to_the_letter(run: Run) -> None:
    names = {row["class"] for row in ask(run.path.parent, "list_classes", run="first")["rows"]}
    assert names == set(run.classes()["class"])


def test_cases_come_worst_first_a_page_at_a_time(run: Run) -> None:
    ids = list(run.cases()["case_id"])
    page = ask(run.path.parent, "list_cases", run="first", offset=3, limit=5)
    assert page["total"] == len(ids)
    assert [row["case_id"] for row in page["rows"]] == ids[3:8]
    everything = ask(run.path.parent, "list_cases", run="first", limit=10**9)
    assert len(everything["rows"]) == min(len(ids), MOST_ROWS)


def test_a_case_has_its_scores_and_no_bytes(run: Run) -> None:
    row = run.cases().iloc[0]
    told = ask(run.path.parent, "get_case", run="first", case_id=row["case_id"])
    assert told["severity"] == pytest.approx(row["severity"])
    assert "cam" not in told


def test_evidence_is_pictures_with_their_probabilities(run: Run) -> None:
    rows = run.evidence()
    case_id = rows["case_id"].iloc[0]
    own = rows[rows["case_id"] == case_id]

    async def say(client: Client) -> Any:
        return (
            await client.call_tool("get_evidence", {"run": "first", "case_id": case_id})
        ).content

    first, *pictures = talk(run.path.parent, say)
    facts = json.loads(first.text)
    assert [fact["probability"] for fact in facts] == pytest.approx(list(own["probability"]))
    assert [base64.b64decode(picture.data) for picture in pictures] == list(own["picture"])


@pytest.mark.parametrize("name", ["none", "../first", "/etc", ""])
def test_a_run_is_named_by_its_folder_alone(run: Run, name: str) -> None:
    told = ask(run.path.parent, "get_run", run=name)
    assert "'first'" in told["error"]


def test_a_damaged_run_is_named_and_the_others_are_served(tmp_path: Path) -> None:
    make_run(tmp_path / "whole", classes=2, images=False)
    broken = make_run(tmp_path / "broken", classes=2, images=False)
    (broken.path / "classes.parquet").write_bytes(b"no")
    told = ask(tmp_path, "list_runs")
    assert [each["run"] for each in told["runs"]] == ["whole"]
    assert [each["run"] for each in told["unreadable"]] == ["broken"]
    assert "error" in ask(tmp_path, "get_run", run="broken")


def test_the_command_serves_over_stdin_and_stdout(run: Run) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "auditor", "mcp", str(run.path.parent)]
    )

    async def session() -> Any:
        async with Client(command) as client:
            return await client.call_tool("list_runs", {})

    answer = json.loads(run_apart(session()).content[0].text)
    assert answer["runs"][0]["run"] == "first"
