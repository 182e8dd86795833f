"""The report of a data audit: one self-contained HTML page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from auditor.domain.data_traits import TRAITS, LeakVerdict, TraitKind
from auditor.domain.samples import Skip

SHOWN_SKIPS = 20


def render_data_report(
    findings: Sequence[Mapping[str, Any]],
    places: Sequence[Mapping[str, Any]],
    skips: Sequence[Skip],
    manifest: Mapping[str, Any],
) -> str:
    """HTML. Names from the data are text: they are escaped wherever they stand.

    Args:
        findings: rows of findings.parquet.
        places: rows of places.parquet.
        skips: inputs that could not be read.
        manifest: of the data audit.
    """
    by_verdict = {
        verdict.value: [row for row in findings if row["verdict"] == verdict.value]
        for verdict in LeakVerdict
    }
    shown = [
        {**place, "source": "data:image/png;base64," + b64encode(place["picture"]).decode()}
        for place in places
        if place["where"] is not None
    ]
    return (
        _environment()
        .get_template("data.html.j2")
        .render(
            manifest=manifest,
            by_verdict=by_verdict,
            places=shown,
            skips=skips[:SHOWN_SKIPS],
            skipped=len(skips),
            titles={kind.value: TRAITS[kind].title for kind in TraitKind},
            meanings=[(TRAITS[kind].title, TRAITS[kind].meaning) for kind in TraitKind],
            style=Markup(_style()),  # noqa: S704 - our own file
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(
            lambda name: files("auditor.data_audit").joinpath("templates", name).read_text("utf-8")
        ),
    )


def _style() -> str:
    return files("auditor.reports").joinpath("templates", "style.css").read_text("utf-8")
