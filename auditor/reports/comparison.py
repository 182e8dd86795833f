"""A comparison of two runs as one document: HTML for people, Markdown for pull requests."""

from __future__ import annotations

from auditor.comparison.model import Comparison
from auditor.reports.change_blocks import change_blocks
from auditor.reports.changes import changes_of
from auditor.reports.html import render
from auditor.wording.escaping import plain


def render_comparison_html(comparison: Comparison) -> str:
    """One self-contained page; names from the data are text."""
    return render("comparison.html.j2", changes=changes_of(comparison))


def render_comparison_markdown(comparison: Comparison) -> str:
    """The same for a pull request; names from the data are text."""
    changes = changes_of(comparison)
    blocks = [
        f"# What changed: {plain(changes.base)} → {plain(changes.new)}",
        *change_blocks(changes),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"
