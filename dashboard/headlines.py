"""What a run says, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

MOST_NAMES = 5


def headline(classes: pd.DataFrame) -> str:
    """The one sentence at the top: how many classes rely on a shortcut, and which."""
    total = len(classes)
    found = {verdict: rows["class"].tolist() for verdict, rows in classes.groupby("verdict")}
    confirmed, suspected = found.get("confirmed", []), found.get("suspected", [])
    if confirmed:
        verb = "relies" if len(confirmed) == 1 else "rely"
        return f"{len(confirmed)} of {_classes(total)} {verb} on a shortcut: {listed(confirmed)}"
    if suspected:
        verb = "is" if len(suspected) == 1 else "are"
        return (
            f"No shortcut is proven; {len(suspected)} of {_classes(total)} {verb} suspected: "
            f"{listed(suspected)}"
        )
    if total and len(found.get("undetermined", [])) == total:
        return "Nothing can be said yet: every class is undetermined"
    if found.get("undetermined"):
        open_ones = found["undetermined"]
        return f"No shortcut found; {len(open_ones)} of {_classes(total)} cannot be judged"
    return f"No shortcut found in {_classes(total)}"


def listed(names: Sequence[str]) -> str:
    """Some names and how many more there are."""
    some = ", ".join(" ".join(str(name).split()) for name in names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    return f"{some} and {rest} more" if rest > 0 else some


def about(manifest: Mapping[str, Any]) -> str:
    """The model, the method and the day of the audit in one line."""
    model = manifest.get("config", {}).get("model", {})
    name = model.get("arch") or model.get("factory") or "a model"
    day = str(manifest.get("created", ""))[:10]
    return (
        f"{name}, {manifest.get('method', 'Grad-CAM')} at {manifest.get('target_layer', '?')}, "
        f"audited {day}"
    )


def _classes(count: int) -> str:
    return "1 class" if count == 1 else f"{count} classes"
