"""What the scripts of gallery and case page say; they have no words of their own."""

from __future__ import annotations

from dashboard.texts.language import _


def words() -> dict[str, str]:
    """The phrases by the names that the scripts know; {placeholders} are filled there."""
    return {
        "question": _("Does the model rely on the background here?"),
        "why": _("Because of"),
        "undo": _("Undo"),
        "note": _("Note"),
        "noteLabel": _("A note for the team. It decides nothing."),
        "saveNote": _("Save note"),
        "cancel": _("Cancel"),
        "close": _("Close"),
        "keys": _("Keys"),
        "gallery": _("Gallery"),
        "cases": _("Cases, worst first"),
        "openCase": _("Open the case (Enter)"),
        "markCase": _("Mark the case (X)"),
        "marked": _("{n} marked: 1 to 4 decides them, Esc lets go", n="{n}"),
        "sure": _("{share} sure", share="{share}"),
        "severity": _("severity {value}", value="{value}"),
        "labelled": _(
            "labelled {label}, answered {predicted}", label="{label}", predicted="{predicted}"
        ),
        "wrong": _("wrong"),
        "shown": _("What is shown"),
        "heat": _("Heat map"),
        "outline": _("Outline"),
        "original": _("Original"),
        "strength": _("Strength of the heat map"),
        "welcome": _("How this works"),
        "gotIt": _("Got it"),
        "window": _("Window and level"),
        "audited": _("As audited"),
        "wholeRange": _("Lowest to highest"),
        "mostValues": _("98% of the values"),
        "ownWindow": _("Window {n} of the file", n="{n}"),
        "levelAndWidth": _(
            "level {level} · width {width} {unit}", level="{level}", width="{width}", unit="{unit}"
        ),
        "ownTable": _("by the file's own table"),
        "nothingToWindow": _("This picture has eight bits: there is nothing to window."),
        "noValues": _("The stored values cannot be shown: {why}", why="{why}"),
        "previous": _("‹ Previous"),
        "next": _("Next ›"),
        "previousPage": _("Previous page"),
        "nextPage": _("Next page"),
        "page": _("Page {page} of {pages}", page="{page}", pages="{pages}"),
        "place": _("{place} of {total}", place="{place}", total="{total}"),
        "outside": _("not in the list of {total}", total="{total}"),
        "loading": _("Loading…"),
        "first": _("This is the first case of the list."),
        "last": _("That was the last case of the list."),
        "past": _(
            "Key {key} was not taken: the list ends here. Go back with K to change a decision.",
            key="{key}",
        ),
        "notYours": _(
            "The last decision in this tab is {name}'s: only {name} can take it back.",
            name="{name}",
        ),
        "refused": _("Key {key} was not taken: the next case is still on its way.", key="{key}"),
        "readonly": _("You may look here, but not decide."),
        "waiting": _("{n} on the way to the server", n="{n}"),
        "failed": _("{n} not saved yet, kept in this browser: {why}", n="{n}", why="{why}"),
    }


def welcome() -> list[str]:
    """What a reviewer has to know at first, in three lines."""
    return [
        _(
            "These are the pictures that a person should look at, worst first. The heat map shows "
            "what the model looked at, the line what the object is."
        ),
        _(
            "Keys 1 to 4 answer the question and lead to the next picture; U takes it back, N "
            "writes a note. Nothing is lost if the network is."
        ),
        _("Enter opens a picture with the changed ones that prove it; ? lists all keys."),
    ]


def help_rows(keys: list[tuple[list[str], str]]) -> list[dict[str, str]]:
    """Keys and meanings as plain values; a list of pairs would be taken for a table."""
    return [{"keys": " ".join(names), "meaning": meaning} for names, meaning in keys]


def gallery_keys() -> list[tuple[list[str], str]]:
    """Keys of the gallery and what they do."""
    return [
        *_answer_keys(),
        (["X"], _("Mark the case; an answer then counts for all marked ones")),
        (["A"], _("Mark the whole page")),
        (["Esc"], _("Let go of the marks")),
        (["J", "→"], _("Next case")),
        (["K", "←"], _("Previous case")),
        (["↓", "↑"], _("Row below, row above")),
        (["Enter"], _("Open the case")),
        (["PgDn", "PgUp"], _("Next page, previous page")),
        *_display_keys(),
    ]


def case_keys() -> list[tuple[list[str], str]]:
    """Keys of the case page and what they do."""
    return [
        *_answer_keys(),
        (["J", "→"], _("Next case")),
        (["K", "←"], _("Previous case")),
        (["Esc"], _("Back to the gallery")),
        (["Z"], _("Closer; the wheel does so, too")),
        (["0"], _("The whole picture again")),
        (["⇧ →"], _("Move the picture; or drag it")),
        (["S"], _("Beside it the same picture without the heat map")),
        (["W"], _("Window and level of pictures deeper than 8 bits, by drag and keys")),
        (["[", "]"], _("Narrower or wider window")),
        ([",", "."], _("Level down or up")),
        (["P"], _("Next window of the file")),
        *_display_keys(),
    ]


def pair_keys() -> list[tuple[list[str], str]]:
    """Keys of the pictures side by side and what they do."""
    return [
        (["J", "→"], _("Next case")),
        (["K", "←"], _("Previous case")),
        (["PgDn", "PgUp"], _("Next page, previous page")),
        (["Enter"], _("Open the case")),
        *_display_keys(),
    ]


def map_keys() -> list[tuple[list[str], str]]:
    """Keys of the map of pictures and what they do."""
    return [
        (["V"], _("Coloured by verdict, class or review")),
        (["A"], _("Choose what is in view")),
        (["G"], _("Show what is chosen in the gallery")),
        (["1", "2", "3", "4"], _("Decide what is chosen and not reviewed; asks first")),
        (["U"], _("Undo the last decision")),
        (["Esc"], _("Let go of what is chosen")),
        (["+", "−"], _("Closer, farther; the wheel does so, too")),
        (["←", "→", "↑", "↓"], _("Move the map; or drag it with ⇧")),
        (["0"], _("Whole map")),
        (["?"], _("This help")),
    ]


def _answer_keys() -> list[tuple[list[str], str]]:
    return [
        (["1"], _("Yes, shortcut; on to the next")),
        (["2"], _("No, it uses the object; on to the next")),
        (["3"], _("Unsure; on to the next")),
        (["4"], _("Mask or label is wrong; on to the next")),
        (["U"], _("Undo the last decision")),
        (["N"], _("Write a note")),
    ]


def _display_keys() -> list[tuple[list[str], str]]:
    return [
        (["H"], _("Heat map on or off")),
        (["M"], _("Outline of the object on or off")),
        (["O"], _("Original picture only")),
        (["+", "−"], _("Stronger or weaker heat map")),
        (["?"], _("This help")),
    ]
