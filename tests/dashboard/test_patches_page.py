"""The queue of patches: asked one by one, answered, taken back; the class follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from auditor.class_reviews import reviewed_classes
from auditor.storage.run import Run
from tests.dashboard.apps import Open, links, text
from tests.fakes.runs import make_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "bare", classes=5, per_class=6, hypotheses=True)


def press(app: AppTest, label: str) -> AppTest:
    button = next(each for each in app.button if each.label == label)
    return button.click().run()


def test_a_patch_is_asked_about_answered_and_taken_back(show: Open, run: Run) -> None:
    asked = run.hypotheses()
    name = str(asked.loc[asked["carries"].eq(True), "class"].iloc[0])
    app = show(run.path.parent, "patches", run="bare")
    assert app.title[0].value.endswith(f": {name}")
    assert re.search(r"^1 .* 1 ", text(app), re.MULTILINE)  # so many of so many are left
    app = press(app, "Not the object")
    assert name not in app.title[0].value
    assert name in text(app)
    told = reviewed_classes(run).set_index("class").loc[name]
    assert (told["verdict"], told["confirmed_by"]) == ("confirmed", "review")
    app = press(app, "Take back")
    assert app.title[0].value.endswith(f": {name}")
    assert reviewed_classes(run).set_index("class").loc[name, "verdict"] == "undetermined"


def test_the_gallery_leads_to_the_queue_while_something_waits(show: Open, run: Run) -> None:
    app = show(run.path.parent, "gallery", run="bare")
    assert any(label.startswith("1 ") for label in links(app))


def test_a_run_without_questions_says_so(show: Open, catalog: Path) -> None:
    app = show(catalog, "patches", run="first")
    assert app.title
    assert not app.button
