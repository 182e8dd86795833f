"""Collects every text that people read into the catalogues: `make messages`.

New texts arrive without translation (a test names them), texts that are gone leave the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from auditor.wording.catalogue import LOCALES
from auditor.wording.languages import LANGUAGES

ROOT = Path(__file__).parents[1]
PACKAGES = ("auditor", "dashboard")
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
HEADER = """\
# Texts of shortcut-auditor in another language; `make messages` keeps the list complete.
msgid ""
msgstr ""
"Language: {lang}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
"""Without dates, which would differ on every branch."""
OPTIONS = {"**.j2": {"silent": "false"}}
"""A template that cannot be parsed is an error, not a template without texts."""
KEYWORDS = {
    **dict.fromkeys(("_", "N_", "rich", "phrase"), None),
    **dict.fromkeys(("ngettext", "phrase_n"), (1, 2)),
    **dict.fromkeys(("pgettext", "coded"), ((1, "c"), 2)),
    "coded_n": ((1, "c"), 2, 3),
}


def extracted() -> Catalog:
    """Every text of the packages."""
    found = Catalog(charset="utf-8")
    for package in PACKAGES:
        for _, _, message, _, context in extract_from_dir(
            ROOT / package, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=()
        ):
            found.add(message, context=context)
    return found


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """The stored catalogue of every language but the first, whose texts are the keys."""
    for lang in LANGUAGES[1:]:
        path = LOCALES / lang / "LC_MESSAGES" / "messages.po"
        if path.is_file():
            with path.open("rb") as file:
                yield path, read_po(file, locale=lang)
        else:
            yield path, Catalog(locale=lang, charset="utf-8")


def write(path: Path, catalogue: Catalog) -> None:
    """A catalogue as it is kept."""
    head = HEADER.format(lang=catalogue.locale, plural=catalogue.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(head.encode())
        write_po(file, catalogue, width=100, no_location=True, sort_output=True, omit_header=True)


def main() -> None:
    """Update the catalogues, sorted, so that two people's additions merge."""
    texts = extracted()
    for path, stored in catalogues():
        stored.update(texts, no_fuzzy_matching=True)
        stored.obsolete.clear()
        write(path, stored)
        missing = [each.id for each in stored if each.id and not _translated(each.string)]
        print(f"{path.relative_to(ROOT)}: {len(stored)} texts, {len(missing)} without translation")
        for text in missing:
            print(f"  {text!r}")


def _translated(string: str | tuple[str, ...] | None) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    main()
