"""Messages: every text of the packages has a translation that fits it."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from auditor.domain.errors import AuditorError
from auditor.wording.catalogue import LOCALES, Translator, language, translator
from auditor.wording.languages import LANGUAGES
from scripts.messages import PACKAGES, ROOT, catalogues, extracted

SOURCE = extracted()
HAN = re.compile(r"[\u4e00-\u9fff]")


def keys(catalogue: Catalog) -> set[tuple[str | None, str]]:
    return {(each.context, english(each)) for each in catalogue if each.id}


def english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def stored() -> Iterator[tuple[str, Message]]:
    for path, catalogue in catalogues():
        yield from ((path.parents[1].name, each) for each in catalogue if each.id)


@pytest.mark.parametrize("path_and_catalogue", list(catalogues()), ids=lambda it: str(it[0]))
def test_every_text_is_translated_and_none_is_left_over(
    path_and_catalogue: tuple[Path, Catalog],
) -> None:
    _, catalogue = path_and_catalogue
    translated = {(m.context, english(m)) for m in catalogue if m.id and all(forms(m))}
    assert keys(SOURCE) - translated == set(), "run `make messages` and translate"
    assert keys(catalogue) - keys(SOURCE) == set(), "run `make messages`"


def test_no_text_hides_in_an_f_string_where_it_is_not_found() -> None:
    hidden = re.compile(r"""f(["']).*\{_(\.\w+)?\(["']""")
    found = [
        f"{path.name}: {line.strip()}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if hidden.search(line)
    ]
    assert found == []


def test_placeholders_are_the_same_on_both_sides() -> None:
    wrong = []
    for lang, message in stored():
        expected = fields(english(message))
        if not isinstance(message.id, str):
            expected |= fields(message.id[1])
        wrong += [(lang, english(message)) for f in forms(message) if fields(f) != expected]
    assert wrong == []


def test_every_catalogue_has_the_forms_of_its_plural() -> None:
    for _, catalogue in catalogues():
        for message in catalogue:
            if message.id and not isinstance(message.id, str):
                assert len(forms(message)) == catalogue.num_plurals, english(message)


def test_a_language_has_a_catalogue_file() -> None:
    assert {path.name for path in LOCALES.iterdir()} == set(LANGUAGES) - {"en"}


def test_english_is_the_key_and_fills_placeholders() -> None:
    _ = translator("en")
    assert _("{n:,} images", n=1200) == "1,200 images"
    assert _("{not a field}") == "{not a field}"
    assert _.ngettext("{n} class", "{n} classes", 1) == "1 class"
    assert _.ngettext("{n} class", "{n} classes", 0) == "0 classes"


def test_a_text_comes_from_its_catalogue_by_context_and_plural() -> None:
    texts = {
        ("", "Clean"): ("未发现捷径",),
        ("mask", "Clean"): ("干净",),
        ("", "{n} class"): ("{n} 个类别",),
    }
    _ = Translator("zh", texts, lambda n: 0)
    assert _("Clean") == "未发现捷径"
    assert _.pgettext("mask", "Clean") == "干净"
    assert _.ngettext("{n} class", "{n} classes", 3) == "3 个类别"
    assert _("no such text of {name}", name="cat") == "no such text of cat"


def test_chinese_is_chinese() -> None:
    bare = [(english(m), re.sub(r"{[^}]*}", "", form)) for _, m in stored() for form in forms(m)]
    assert [key for key, form in bare if re.search("[a-z]{4}", form) and not HAN.search(form)] == []


def test_an_unknown_language_is_told_with_those_there_are() -> None:
    with pytest.raises(AuditorError) as error:
        translator("de")
    assert error.value.got == "'de'"
    assert all(lang in error.value.expected for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("asked", "environment", "expected"),
    [
        (None, {}, "en"),
        ("zh-CN", {}, "zh"),
        ("en", {"AUDITOR_LANG": "zh"}, "en"),
        (None, {"AUDITOR_LANG": "zh_Hans"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_asked_for_or_the_environments(
    asked: str | None, environment: dict[str, str], expected: str
) -> None:
    assert language(asked, environment) == expected


def test_a_wrong_language_in_the_environment_is_an_error() -> None:
    with pytest.raises(AuditorError):
        language(None, {"AUDITOR_LANG": "xx"})


def test_english_needs_no_babel() -> None:
    code = (
        "import sys; from auditor.wording.catalogue import translator; translator('en')('x');"
        "assert 'babel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
