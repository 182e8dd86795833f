"""A leaderboard as one document: HTML for people, Markdown for pull requests."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.cues import spec_of
from auditor.domain.messages import N_
from auditor.domain.verdicts import CLASS_VERDICTS
from auditor.leaderboard.boards import Leaderboard, LeaderboardRow, SharedCues
from auditor.reports.html import render
from auditor.wording.catalogue import Translator, translator
from auditor.wording.escaping import plain
from auditor.wording.numbers import change_interval, decimal_interval, share

MEASURES = ("accuracy", "worst_group_accuracy", "shortcut_rate")
RANKED = N_(
    "Fewest confirmed classes first, then the lowest shortcut rate, then the highest accuracy. In"
    " brackets: the difference to the first network with its 95% interval, paired by image."
    " An undetermined class is no clean one."
)
SHARED = N_(
    "Classes that both networks are confirmed to recognise by the same cue, of those confirmed in"
    " either; then the rank correlation of the background effects of the images that both were"
    " tested on."
)


@dataclass(frozen=True)
class BoardLine:
    """One network in words: texts, not markup.

    Attributes:
        place: from 1.
        run, model: names.
        verdicts: number of classes for each verdict, in the order of `verdict_titles`.
        numbers: each number, and what it differs by from the first row ("" there).
        confirmed: confirmed classes with their cues.
        sane: False where the maps failed their check.
    """

    place: int
    run: str
    model: str
    verdicts: tuple[int, ...]
    numbers: tuple[tuple[str, str], ...]
    confirmed: tuple[str, ...]
    sane: bool


@dataclass(frozen=True)
class BoardPage:
    """A leaderboard in words.

    Attributes:
        lines: the rows.
        verdict_titles, number_titles: headings.
        names: of the runs, in the order of the rows.
        matrix: by row and column what two networks share; "" on the diagonal.
        details: sentences on classes that two networks confirm by different cues.
    """

    lines: tuple[BoardLine, ...]
    verdict_titles: tuple[str, ...]
    number_titles: tuple[str, ...]
    names: tuple[str, ...]
    matrix: tuple[tuple[str, ...], ...]
    details: tuple[str, ...]


def render_leaderboard_html(board: Leaderboard, lang: str = "en") -> str:
    """One self-contained page; names from the data are text."""
    _ = translator(lang)
    return render("leaderboard.html.j2", _, page=board_page(board, _), ranked=RANKED, shared=SHARED)


def render_leaderboard_markdown(board: Leaderboard, lang: str = "en") -> str:
    """The same for a pull request; names from the data are text."""
    _ = translator(lang)
    page, title, second = board_page(board, _), _("Leaderboard"), _("The same cue?")
    heads = ("#", _("Network"), *page.verdict_titles, *page.number_titles)
    rows = [_table_row(heads), f"|{'---|' * len(heads)}"]
    for line in page.lines:
        numbers = (f"{value} {moved}".strip() for value, moved in line.numbers)
        cells = (str(line.place), plain(line.run), *map(str, line.verdicts), *numbers)
        rows.append(_table_row(cells))
    cues = [
        f"- {plain(line.run)}: {'; '.join(map(plain, line.confirmed))}"
        for line in page.lines
        if line.confirmed
    ]
    shared = [_table_row(("", *map(plain, page.names))), f"|{'---|' * (len(page.names) + 1)}"]
    shared += [
        _table_row((plain(name), *(plain(cell) or "–" for cell in cells)))
        for name, cells in zip(page.names, page.matrix, strict=True)
    ]
    blocks = (
        f"# {title}",
        "\n".join(rows),
        _(RANKED),
        "\n".join(cues),
        f"## {second}",
        "\n".join(shared),
        _(SHARED),
        "\n".join(f"- {plain(each)}" for each in page.details),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def board_page(board: Leaderboard, _: Translator) -> BoardPage:
    """A leaderboard in the words of a language."""
    names = tuple(row.run for row in board.rows)
    pairs = [[board.pair(row, column) for column in names] for row in names]
    return BoardPage(
        lines=tuple(_line(place, row, _) for place, row in enumerate(board.rows, start=1)),
        verdict_titles=tuple(_(spec.label) for spec in CLASS_VERDICTS.values()),
        number_titles=(_("Accuracy"), _("Worst group"), _("Shortcut rate")),
        names=names,
        matrix=tuple(tuple(_cell(pair, _) for pair in row) for row in pairs),
        details=tuple(each for pair in board.pairs for each in _details(pair, _)),
    )


def _line(place: int, row: LeaderboardRow, _: Translator) -> BoardLine:
    return BoardLine(
        place=place,
        run=row.run,
        model=row.model or "",
        verdicts=tuple(row.verdicts.get(str(verdict), 0) for verdict in CLASS_VERDICTS),
        numbers=tuple((share(getattr(row, name)), _moved(row, name)) for name in MEASURES),
        confirmed=tuple(
            _("{name}: {cue}", name=name, cue=_cue(cue, _)) for name, cue in row.confirmed.items()
        ),
        sane=row.saliency_sane is not False,
    )


def _moved(row: LeaderboardRow, name: str) -> str:
    difference = row.to_first.get(name)
    if difference is None or difference.change is None:
        return ""
    return change_interval(difference.change, difference.low, difference.high)


def _cell(pair: SharedCues | None, _: Translator) -> str:
    if pair is None:
        return ""
    told = _("{same} of {all} classes", same=len(pair.same), all=pair.confirmed)
    if pair.correlation is None:
        return told
    effects = decimal_interval(pair.correlation, pair.low, pair.high)
    return _("{classes}; effects {effects}", classes=told, effects=effects)


def _details(pair: SharedCues, _: Translator) -> list[str]:
    return [
        _(
            "{name}: {first} relies on {one}, {second} on {two}.",
            name=name,
            first=pair.first,
            second=pair.second,
            one=_cue(cues[0], _),
            two=_cue(cues[1], _),
        )
        for name, cues in pair.other.items()
    ]


def _cue(cue: str | None, _: Translator) -> str:
    spec = spec_of(cue)
    return _("an unnamed cue") if spec is None else _(spec.meaning)


def _table_row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
