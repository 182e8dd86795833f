"""The example notebook runs from top to bottom, and shows what it says."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "notebooks" / "first_audit.ipynb"


@pytest.fixture(scope="module")
def executed() -> NotebookNode:
    book = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(book, timeout=500, resources={"metadata": {"path": NOTEBOOK.parent}})
    return client.execute()


def text_of(book: NotebookNode) -> str:
    """All that the cells printed or gave."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return "\n".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs
    )


@pytest.mark.slow
def test_it_convicts_the_planted_classes_and_shows_a_case(executed: NotebookNode) -> None:
    truth = json.loads((ROOT / "sample_data" / "truth.json").read_text())
    text = text_of(executed)
    lines = [line.split() for line in text.splitlines() if "confirmed" in line]
    planted = {name for name, told in truth["classes"].items() if told["planted"]["used"]}
    assert {name for line in lines for name in line if name in truth["classes"]} == planted
    assert "'sane': True" in text
    shown = executed.cells[-3].outputs[0].data
    assert "<figcaption>" in shown["text/html"]
    assert shown["image/png"]


def test_the_stored_outputs_name_no_machine() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert '"outputs": []' not in text.split('"cell_type": "code"')[-1], "outputs are stored"
    for folder in (ROOT, Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())):
        assert f"{folder}/" not in text
