"""A filter that somebody named: found again, shared by address, and fitted to the run."""

from __future__ import annotations

from pathlib import Path

from auditor.reviews.views import SavedView, open_views
from auditor.storage.run import Run
from dashboard.components import saved_views
from dashboard.runs.filters import Filters
from dashboard.session import filtering
from tests.dashboard.apps import Open, icons, text, verdicts
from tests.fakes.runs import make_run


def test_an_address_opens_a_view(fresh: Run, show: Open) -> None:
    kept = {"verdict": ["object"], "class": ["kingfisher", "of another dataset"]}
    open_views(fresh.path.parent).save(SavedView("good ones", kept, "ann"))
    app = show(fresh.path.parent, run="only")
    assert verdicts(app) != {"Object"}
    app.query_params["view"] = "good ones"
    app = app.run()
    assert not app.exception
    assert verdicts(app) == {"Object"}
    assert ":material/bookmark:" in icons(app)
    assert "good ones" in text(app)


def test_an_address_opens_a_view_in_a_new_session(fresh: Run, show: Open) -> None:
    open_views(fresh.path.parent).save(SavedView("good ones", {"verdict": ["object"]}, "ann"))
    app = show(fresh.path.parent, run="only", view="good ones")
    assert not app.exception
    assert verdicts(app) == {"Object"}
    assert "object" in app.query_params["verdict"]
    assert "view" not in app.query_params


def test_a_view_that_is_not_there_is_told(fresh: Run, show: Open) -> None:
    app = show(fresh.path.parent)
    app.query_params["view"] = "<b>nothing</b>"
    app = app.run()
    assert ":material/bookmark:" in icons(app)
    assert not app.exception


def test_the_filters_as_they_are_get_a_name(tmp_path: Path, show: Open) -> None:
    run = make_run(tmp_path / "runs" / "only", classes=3, per_class=6)
    app = show(run.path.parent, verdict="misled")
    app.text_input(key=saved_views.NAME).set_value("wrong ones")
    next(button for button in app.button if button.label == "Save view").click().run()
    (view,) = open_views(run.path.parent).all()
    assert (view.name, view.filters) == ("wrong ones", {"verdict": ["misled"]})


def test_parameters_and_filters_are_each_others_inverse() -> None:
    wanted = Filters(("a",), ("object",), ("unreviewed",), ("x: y",), False, "iou", 0.25, 0.5)
    assert filtering.of_parameters(filtering.parameters(wanted)) == wanted
    assert filtering.of_parameters({"score": ["iou"], "range": ["low", "high"]}) == Filters(
        flagged=True, score="iou"
    )
    assert filtering.of_parameters({"range": ["1", "2"]}) == Filters(flagged=True)
