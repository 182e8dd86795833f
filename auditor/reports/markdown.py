"""The report as short Markdown, for pull requests and chats."""

from __future__ import annotations

from auditor.comparison.model import Comparison
from auditor.reports.change_blocks import change_blocks
from auditor.reports.contents import RunContents
from auditor.reports.page import Page, page_of
from auditor.reports.rows import Row
from auditor.reports.words import VERDICTS, share
from auditor.wording.escaping import plain
from auditor.wording.numbers import interval

CLASSES_SHOWN = 50


def render_markdown(contents: RunContents, *, since: Comparison | None = None) -> str:
    """The verdict, what changed, the classes and what to do; names from the data are text."""
    page = page_of(contents, since=since, pictures=False)
    blocks = [
        f"# Shortcut audit: {plain(page.title)}",
        f"**{plain(page.headline.verdict)}**",
        *map(plain, page.headline.details),
        _sanity(page),
        _lost(page),
        plain(_numbers(page)),
        *_since(page),
        _table(page),
        _actions(page),
        _hypotheses(page),
        _warnings(page),
        _skips(page),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _sanity(page: Page) -> str:
    if page.sane is not False:
        return plain(page.sanity_told)
    reasons = "; ".join(map(plain, page.sanity_reasons))
    return f"> **The heat maps failed their sanity check.** {reasons}"


def _lost(page: Page) -> str:
    return "\n".join(
        f"> **Class {plain(name)} lost every image:** {plain(reason)}" for name, reason in page.lost
    )


def _hypotheses(page: Page) -> str:
    lines = [
        f"- **{plain(found.name)}** {line.row['rank']}. {plain(line.what)}"
        f" ({line.row['standing']}): {plain(line.row['reason'])}"
        for found in page.hypotheses
        for line in found.lines[:1]
    ]
    if not lines:
        return ""
    title = "## Without masks: the first hypothesis on each class"
    more = "All of them: `auditor export --what hypotheses`"
    return "\n".join([title, "", *lines, "", more])


def _warnings(page: Page) -> str:
    lines = [f"- {plain(warning)}" for warning in page.warnings]
    return "\n".join(["## About the data", "", *lines]) if lines else ""


def _numbers(page: Page) -> str:
    summary = page.summary
    return (
        f"{page.audited}. Accuracy {share(summary.get('accuracy'))}, worst group "
        f"{share(summary.get('worst_group_accuracy'))}, shortcut rate "
        f"{share(summary.get('shortcut_rate'))}."
    )


def _since(page: Page) -> list[str]:
    if page.since is None:
        return []
    return [f"## Since the last run ({plain(page.since.base)})", *change_blocks(page.since)]


def _table(page: Page) -> str:
    lines = ["| class | verdict | lost | won | accuracy | tested |", "|---|---|---|---|---|---|"]
    for line in page.classes[:CLASSES_SHOWN]:
        row, word = line.row, VERDICTS[line.row["verdict"]]
        lines.append(
            f"| {plain(row['class'])} | {word.sign} {word.label} "
            f"| {_interval(row, 'background_effect')} | {_interval(row, 'capture')} "
            f"| {share(row['accuracy'])} | {row['tested']} of {row['images']} |"
        )
    more = len(page.classes) - CLASSES_SHOWN
    return "\n".join(lines) + (f"\n\n{more} more classes are in the run." if more > 0 else "")


def _interval(row: Row, name: str) -> str:
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _actions(page: Page) -> str:
    lines = [f"- **{plain(row['class'])}**: {plain(row['action'])}" for row in page.actions]
    if page.actions_left:
        lines.append(f"- {page.actions_left:,} more steps: `auditor export --what actions`")
    return "\n".join(["## What to do", "", *lines]) if lines else ""


def _skips(page: Page) -> str:
    lines = [f"- {group.total} × {plain(group.reason)}" for group in page.skips]
    return "\n".join(["## Skipped", "", *lines]) if lines else ""
