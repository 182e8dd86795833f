"""An audit with class names in the wrong order says so where its other warnings stand."""

from __future__ import annotations

from pathlib import Path

import auditor
from auditor.reports import render_markdown
from auditor.reports.contents import contents_of
from tests.fakes.planted import CLASSES, config_of, write_dataset

CODE = "model.class_order"


def test_names_in_another_order_are_told(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=12)
    first, second, *others = CLASSES
    for name, order in (("right", CLASSES), ("wrong", (second, first, *others))):
        tree = config_of(
            tmp_path,
            run={"out": tmp_path / name},
            data={"classes": list(order)},
            interventions={"enabled": False},
        )
        run = auditor.audit(tree)
        told = [each for each in run.manifest["warnings"] if f"{first} → {second}" in each]
        assert len(told) == (name == "wrong")
        assert (f"{second} → {first}" in render_markdown(contents_of(run))) is (name == "wrong")
