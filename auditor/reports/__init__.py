"""A run as one document: HTML for people, Markdown for pull requests."""

from auditor.reports.html import render_html
from auditor.reports.markdown import render_markdown

__all__ = ["render_html", "render_markdown"]
