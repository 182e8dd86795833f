"""A section for a model card on the Hugging Face Hub, with the block that the Hub reads.

The block is `model-index` of the Hub's model card metadata: task, dataset and metrics of a result.
A run that is undefined in a number leaves it out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Final

from auditor.domain.manifest import Manifest
from auditor.publishing.numbers import run_numbers
from auditor.reports import render_markdown
from auditor.reports.contents import contents_of
from auditor.reports.provenance import provenance
from auditor.storage.run import Run
from auditor.wording.catalogue import translator
from auditor.wording.escaping import plain

METRICS: Final[Mapping[str, tuple[str, str]]] = {
    "accuracy": ("accuracy", "Accuracy"),
    "worst_group_accuracy": ("accuracy", "Worst-group accuracy"),
    "shortcut_rate": ("shortcut_rate", "Share of pictures that depend on a background cue"),
    "classes_confirmed": ("confirmed_shortcuts", "Classes with a confirmed background shortcut"),
}
"""By a name of `run_numbers`: the Hub's type of the metric, and the name it shows."""
FACTS: Final = (
    *("Audited", "Model", "Weights, SHA-256", "Data, SHA-256", "Saliency", "Target layer"),
    *("Saliency checks", "Seed", "Versions"),
)
"""What a card tells of the audit: a card is public, so no path of a machine."""


def model_card(run: Run, *, lang: str = "en") -> str:
    """Markdown with front matter: paste the section into a card, or push the file as README.md.

    Args:
        run: a finished run.
        lang: of the section; the front matter is English.

    Raises:
        RunError: a table of the run cannot be read.
    """
    _ = translator(lang)
    shown = {_(name) for name in FACTS}
    facts = [each for each in provenance(run.metadata, _) if each[0] in shown]
    table = ["| | |", "|---|---|", *(f"| {plain(name)} | {plain(fact)} |" for name, fact in facts)]
    section = _one_level_down(render_markdown(contents_of(run), lang=lang))
    title = "### " + _("Provenance")
    return "\n".join(["---", *_front_matter(run), "---", "", section, title, "", *table]) + "\n"


def _front_matter(run: Run) -> Iterator[str]:
    data = PurePath(str(run.metadata.setting("data", "path") or run.name)).name
    numbers = run_numbers(run)
    yield "model-index:"
    yield f"- name: {_text(_model(run.metadata))}"
    yield "  results:"
    yield "  - task:"
    yield "      type: image-classification"
    yield "      name: Image Classification"
    yield "    dataset:"
    yield f"      type: {_text(_slug(data))}"
    yield f"      name: {_text(data or run.name)}"
    yield "    metrics:"
    for name, (kind, shown) in METRICS.items():
        if name in numbers:
            yield f"    - type: {kind}"
            yield f"      value: {json.dumps(numbers[name])}"
            yield f"      name: {shown}"


def _one_level_down(markdown: str) -> str:
    """`#` becomes `##`: the card has a title of its own. Names from the data are escaped there."""
    return re.sub(r"^(#+ )", r"#\1", markdown, flags=re.MULTILINE)


def _model(manifest: Manifest) -> str:
    named = manifest.setting("model", "arch") or manifest.setting("model", "factory")
    return str(named or "model")


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", PurePath(text).name).strip("-") or "local"


def _text(value: str) -> str:
    """A YAML scalar in double quotes; JSON's are YAML's."""
    return json.dumps(value, ensure_ascii=True)
