"""Runs to look at, and the app on one of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from auditor.database import DATABASE_VARIABLE
from auditor.storage.run import Run
from dashboard.launch import APP, RUNS_VARIABLE
from tests.dashboard.apps import Open
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf") / "runs"
    make_run(folder / "first", classes=5, per_class=8)
    make_run(folder / "hostile", classes=5, per_class=6, hostile=True, sane=False)
    return folder


@pytest.fixture
def fresh(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "only", classes=2, per_class=6)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)

    def run(folder: Path, view: str = "gallery", /, **parameters: str | list[str]) -> AppTest:
        monkeypatch.setenv(RUNS_VARIABLE, str(folder))
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in parameters.items():
            app.query_params[name] = value
        if view != "gallery":
            app.switch_page(f"views/{view}.py")
        return app.run()

    st.cache_resource.clear()
    yield run
    st.cache_resource.clear()
