"""The report as short Markdown, for pull requests and chats."""

from __future__ import annotations

from auditor.comparison.model import Comparison
from auditor.reports.change_blocks import change_blocks, title_of
from auditor.reports.contents import RunContents
from auditor.reports.page import Page, page_of
from auditor.reports.rows import Row
from auditor.reports.words import VERDICTS
from auditor.wording.catalogue import Translator, translator
from auditor.wording.escaping import plain
from auditor.wording.numbers import interval, share

CLASSES_SHOWN = 50


def render_markdown(
    contents: RunContents, *, since: Comparison | None = None, lang: str = "en"
) -> str:
    """The verdict, what changed, the classes and what to do; names from the data are text."""
    _ = translator(lang)
    page = page_of(contents, since=since, pictures=False, _=_)
    blocks = [
        "# " + _("Shortcut audit: {title}", title=plain(page.title)),
        f"**{plain(page.headline.verdict)}**",
        *map(plain, page.headline.details),
        _sanity(page),
        _lost(page, _),
        plain(_numbers(page, _)),
        *_since(page, _),
        _table(page, _),
        _labels(page, _),
        _actions(page, _),
        _hypotheses(page, _),
        _warnings(page, _),
        _skips(page, _),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _sanity(page: Page) -> str:
    told = plain(page.sanity_told)
    if page.sane is not False:
        return told
    reasons = "; ".join(map(plain, page.sanity_reasons))
    return f"> **{told}** {reasons}"


def _lost(page: Page, _: Translator) -> str:
    told = _("Class {name} lost every image:")
    return "\n".join(
        f"> **{told.format(name=plain(name))}** {plain(reason)}" for name, reason in page.lost
    )


def _hypotheses(page: Page, _: Translator) -> str:
    lines = [
        f"- **{plain(found.name)}** {line.row['rank']}. {plain(line.what)}"
        f" ({line.status}): {plain(line.reason)}"
        for found in page.hypotheses
        for line in found.lines[:1]
    ]
    if not lines:
        return ""
    title = _("Without masks: the first hypothesis on each class")
    more = _("All of them: {command}", command="`auditor export --what hypotheses`")
    return "\n".join([f"## {title}", "", *lines, "", more])


def _warnings(page: Page, _: Translator) -> str:
    lines = [f"- {plain(warning)}" for warning in page.warnings]
    return "\n".join([title_of(_("About the data")), "", *lines]) if lines else ""


def _numbers(page: Page, _: Translator) -> str:
    summary = page.summary
    return _(
        "{audited}. Accuracy {accuracy}, worst group {worst}, shortcut rate {rate}.",
        audited=page.audited,
        accuracy=share(summary.accuracy),
        worst=share(summary.worst_group_accuracy),
        rate=share(summary.shortcut_rate),
    )


def _since(page: Page, _: Translator) -> list[str]:
    if page.since is None:
        return []
    title = _("Since the last run ({base})", base=plain(page.since.base))
    return [f"## {title}", *change_blocks(page.since, _)]


def _table(page: Page, _: Translator) -> str:
    headings = (
        *(_("Class"), _("Verdict"), _("Background effect")),
        *(_("Capture"), _("Accuracy"), _("Tested")),
    )
    lines = [f"| {' | '.join(headings)} |", "|---|---|---|---|---|---|"]
    for line in page.classes[:CLASSES_SHOWN]:
        row, word = line.row, VERDICTS[line.row["verdict"]]
        tested = _("{tested:,} of {images:,}", tested=row["tested"], images=row["images"])
        lines.append(
            f"| {plain(row['class'])} | {word.sign} {_(word.label)} "
            f"| {_interval(row, 'background_effect')} | {_interval(row, 'capture')} "
            f"| {share(row['accuracy'])} | {tested} |"
        )
    more = len(page.classes) - CLASSES_SHOWN
    rest = _("{n:,} more classes are in the run.", n=more)
    return "\n".join(lines) + (f"\n\n{rest}" if more > 0 else "")


def _labels(page: Page, _: Translator) -> str:
    if page.labels is None:
        return ""
    headings = (_("Label"), _("Sensitivity"), _("Specificity"), _("AUROC"))
    lines = [
        title_of(_("Labels")),
        "",
        plain(page.labels.told),
        "",
        f"| {' | '.join(headings)} |",
        "|---|---|---|---|",
        *(
            f"| {plain(line.name)} | {line.sensitivity} | {line.specificity} | {line.auroc} |"
            for line in page.labels.accuracies[:CLASSES_SHOWN]
        ),
    ]
    cues = [f"- {plain(line.text)}" for line in page.labels.together if line.possible_cue]
    return "\n".join([*lines, "", *cues] if cues else lines)


def _interval(row: Row, name: str) -> str:
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _actions(page: Page, _: Translator) -> str:
    lines = [f"- **{plain(row['class'])}**: {plain(row['action'])}" for row in page.actions]
    if page.actions_left:
        more = _(
            "{n:,} more steps: {command}",
            n=page.actions_left,
            command="`auditor export --what actions`",
        )
        lines.append(f"- {more}")
    return "\n".join([title_of(_("What to do")), "", *lines]) if lines else ""


def _skips(page: Page, _: Translator) -> str:
    lines = [f"- {group.total} × {plain(group.reason)}" for group in page.skips]
    return "\n".join([title_of(_("Skipped")), "", *lines]) if lines else ""
