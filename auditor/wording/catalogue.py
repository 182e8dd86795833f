"""Messages in the reader's language: the English text is the key, gettext catalogues hold the rest.

    _ = translator("zh")
    _("{n:,} images audited", n=1200)
    _.ngettext("{n:,} class", "{n:,} classes", 3)
    _.told(error.problem)

Catalogues are `locales/LANG/LC_MESSAGES/messages.po`, read by Babel when a language is first asked
for. `make messages` collects new texts into them; a test fails for a text without translation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from auditor.domain.errors import AuditorError
from auditor.domain.messages import Message, listed
from auditor.wording.languages import LANGUAGE_OF, LANGUAGES

LANGUAGE_VARIABLE: Final = "AUDITOR_LANG"
LOCALES: Final = Path(__file__).parent / "locales"

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")

Key = tuple[str, str]
"""Context ("" without) and English text."""


@dataclass(frozen=True, slots=True)
class Translator:
    """Texts of one language. A text that the catalogue lacks stays English.

    Attributes:
        language: one of `languages.LANGUAGES`.
    """

    language: str
    _texts: Mapping[Key, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _plural: Callable[[int], int] = field(default=lambda n: int(n != 1), repr=False)
    _codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def __call__(self, message: str, /, **values: Any) -> str:
        """`message` in this language, its {placeholders} filled by `values` (`str.format`)."""
        return self.pgettext("", message, **values)

    def pgettext(self, context: str, message: str, /, **values: Any) -> str:
        """The same for an English text that needs two translations: `context` tells them apart."""
        (text, *_) = self._texts.get((context, message)) or (message,)
        return text.format(**values) if values else text

    def ngettext(self, singular: str, plural: str, n: int, /, **values: Any) -> str:
        """The form that goes with `n`, which fills the placeholder {n}."""
        forms = self._texts.get(("", singular)) or (singular, plural)
        index = self._plural(n) if len(forms) > 1 else 0
        return forms[index].format(n=n, **values)

    def told(self, text: str) -> str:
        """A `Message`, or a constant of the catalogue, in this language; any other text as it is.

        A message that the catalogue lacks, or whose stored values do not fit, stays English.
        """
        if not isinstance(text, Message):
            return self(text)
        key = ("", text.template)
        forms = self._codes.get(text.code) if text.code else self._texts.get(key)
        if not forms:
            return str(text)
        values = {name: self._value(value) for name, value in text.values.items()}
        index = self._plural(values["n"]) if len(forms) > 1 else 0
        try:
            return forms[index].format(**values)
        except (KeyError, ValueError, TypeError, IndexError):
            return str(text)

    def _value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return listed(value, say=self)
        return self.told(value) if isinstance(value, Message) else value

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences one after another, empty ones left out, as this language spaces them."""
        space = " " if LANGUAGE_OF[self.language].spaced else ""
        return space.join(each for each in sentences if each)


@cache
def translator(lang: str) -> Translator:
    """The texts of a language, read once.

    Raises:
        AuditorError: no such language.
    """
    if lang not in LANGUAGES:
        raise AuditorError(
            "This language is not available.",
            code="language.unknown",
            expected=f"one of {', '.join(LANGUAGES)}",
            got=repr(lang),
            remedy=f"name another --lang, or set {LANGUAGE_VARIABLE}",
        )
    if lang == LANGUAGES[0]:
        return Translator(lang)
    from babel.messages.pofile import read_po

    with (LOCALES / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=lang)
    texts: dict[Key, tuple[str, ...]] = {}
    for message in catalogue:
        singular = message.id if isinstance(message.id, str) else message.id[0]
        string = message.string or ""
        forms = (string,) if isinstance(string, str) else tuple(string)
        if singular and all(forms):
            texts[message.context or "", singular] = forms
    codes = {context: forms for (context, _), forms in texts.items() if context}
    plural = _plural_of(catalogue.num_plurals)
    return Translator(lang, MappingProxyType(texts), plural, MappingProxyType(codes))


def language(asked: str | None, environment: Mapping[str, str]) -> str:
    """The language to speak: what was asked for, else AUDITOR_LANG, else the locale, else English.

    Args:
        asked: an id, also with a region or script (`zh-CN`, `zh_Hans`); None or "" without.
        environment: of the process.

    Raises:
        AuditorError: `asked` or AUDITOR_LANG names a language that is not available.
    """
    chosen = asked or environment.get(LANGUAGE_VARIABLE)
    if chosen:
        return translator(_base(chosen)).language
    locale = next((value for name in _LOCALE_VARIABLES if (value := environment.get(name))), "")
    return _base(locale) if _base(locale) in LANGUAGES else LANGUAGES[0]


def _base(tag: str) -> str:
    """`zh` of zh-CN, zh_Hans or zh_CN.UTF-8."""
    return tag.replace("-", "_").partition("_")[0].partition(".")[0].lower()


def _plural_of(forms: int) -> Callable[[int], int]:
    """Index of the form for a number. Chinese has one; two as in English."""
    return (lambda _: 0) if forms == 1 else (lambda n: int(n != 1))
