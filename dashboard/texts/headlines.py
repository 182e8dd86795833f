"""What a run says, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditor.domain.manifest import Manifest
from auditor.wording import numbers
from auditor.wording.headline import headline as headline_of
from dashboard.texts import language
from dashboard.texts.language import _

MOST_NAMES = 5


def headline(classes: pd.DataFrame) -> str:
    """The one sentence at the top: how many classes rely on a shortcut, and which."""
    verdicts = dict(zip(classes["class"], classes["verdict"], strict=True))
    return headline_of(verdicts, _=language.current()).verdict


def listed(names: Sequence[str]) -> str:
    """Some names and how many more there are."""
    return numbers.listed(names, MOST_NAMES, language.current())


def about(manifest: Manifest) -> str:
    """The model, the method and the day of the audit in one line."""
    model = manifest.section("model")
    name = model.get("arch") or model.get("factory") or _("a model")
    return _(
        "{name}, {method} at {layer}, audited {day}",
        name=name,
        method=manifest.method or "Grad-CAM",
        layer=manifest.target_layer or "?",
        day=manifest.created[:10],
    )
