"""A comparison of two runs as one document: HTML for people, Markdown for pull requests."""

from __future__ import annotations

from auditor.comparison.model import Comparison
from auditor.reports.change_blocks import change_blocks
from auditor.reports.changes import changes_of
from auditor.reports.html import render
from auditor.wording.catalogue import translator
from auditor.wording.escaping import plain


def render_comparison_html(comparison: Comparison, lang: str = "en") -> str:
    """One self-contained page; names from the data are text."""
    _ = translator(lang)
    return render("comparison.html.j2", _, changes=changes_of(comparison, _))


def render_comparison_markdown(comparison: Comparison, lang: str = "en") -> str:
    """The same for a pull request; names from the data are text."""
    _ = translator(lang)
    changes = changes_of(comparison, _)
    title = _("What changed: {base} → {new}", base=plain(changes.base), new=plain(changes.new))
    blocks = [f"# {title}", *change_blocks(changes, _)]
    return "\n\n".join(block for block in blocks if block) + "\n"
