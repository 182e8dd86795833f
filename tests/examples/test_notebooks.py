"""The example notebooks run from top to bottom, and show what they say."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import get_args

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from auditor.config import Method

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "examples" / "notebooks"


def run(name: str) -> NotebookNode:
    book = nbformat.read(NOTEBOOKS / name, as_version=4)
    return NotebookClient(book, timeout=500, resources={"metadata": {"path": NOTEBOOKS}}).execute()


def text_of(book: NotebookNode) -> str:
    """All that the cells printed or gave."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return "\n".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs
    )


@pytest.mark.slow
def test_it_confirms_the_planted_classes_and_shows_a_case() -> None:
    executed = run("first_audit.ipynb")
    truth = json.loads((ROOT / "sample_data" / "truth.json").read_text())
    text = text_of(executed)
    lines = [line.split() for line in text.splitlines() if "confirmed" in line]
    planted = {name for name, told in truth["classes"].items() if told["planted"]["used"]}
    assert {name for line in lines for name in line if name in truth["classes"]} == planted
    assert "'sane': True" in text
    shown = executed.cells[-3].outputs[0].data
    assert "<figcaption>" in shown["text/html"]
    assert shown["image/png"]


@pytest.mark.slow
def test_methods_agree_where_they_must_and_an_early_layer_misleads() -> None:
    methods = get_args(Method)
    lines = [line.split() for line in text_of(run("saliency_methods.ipynb")).splitlines()]
    masses = {line[0]: line[1:3] for line in lines if len(line) == 7 and line[0] in methods}
    assert sorted(masses) == sorted(methods)
    assert masses["gradcam"] == masses["hirescam"] == masses["xgradcam"]
    assert all(float(vehicle) > 0.3 > float(fruit) for vehicle, fruit in masses.values())
    hits = [float(line[-1]) for line in lines if line[:1] == ["fruit"]]
    assert len(hits) == 4
    early = next(i for i, line in enumerate(lines) if line[:1] == ["stage3"])
    on_the_object, beside_it = float(lines[early + 1][-1]), float(lines[early - 1][-1])
    assert on_the_object > 0.7
    assert beside_it < 0.3


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda p: p.stem)
def test_the_stored_outputs_name_no_machine(notebook: Path) -> None:
    text = notebook.read_text(encoding="utf-8")
    assert '"outputs": []' not in text.split('"cell_type": "code"')[-1], "outputs are stored"
    for folder in (ROOT, Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())):
        assert f"{folder}/" not in text
