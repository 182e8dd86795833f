"""A run, or what changed between two, as one document: HTML, PDF, Markdown."""

from auditor.reports.comparison import render_comparison_html, render_comparison_markdown
from auditor.reports.html import render_html
from auditor.reports.markdown import render_markdown
from auditor.reports.pdf import pdf_of

__all__ = [
    "pdf_of",
    "render_comparison_html",
    "render_comparison_markdown",
    "render_html",
    "render_markdown",
]
