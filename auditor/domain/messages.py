"""Texts that are translated when they are shown.

    N_("Any score")                                               a constant
    phrase("at most {limit} allowed", limit="3%")                a sentence with values
    phrase_n("{n} class", "{n} classes", 3)                      with a plural
    coded("skip.no_file", "no such file")                         one that is stored
    coded_n("data.no_mask", "{n} image...", "{n} images...", 3)

A `Message` is its English text, so that files, exports and logs hold English. It remembers what it
was made of: `auditor.wording.catalogue.Translator.told` says it in the reader's language. One with
a code survives being stored (`stored`, `restored`); the catalogues keep it under its code
(gettext's context), so that its English may be improved without losing its translation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

LISTED: Final = 3
"""Names of a list that are told; of more the number."""


Say = Callable[..., str]
"""Fills a text by its values, in some language."""


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it, which extractors know
    """`message` itself: marks the English text of a constant for the catalogues.

    The reader's words are made by `auditor.wording.catalogue.translator`.
    """
    return message


class Message(str):
    """An English text that can be said in another language.

    Attributes:
        template: the English text with {placeholders}, a key of the catalogues.
        values: by placeholder: text, a number, names (a tuple), or another message.
        code: stable id under which it is stored; "" for one that is not.
        plural: the template for other numbers than 1; "" without. Its number is `values["n"]`.
    """

    template: str
    values: Mapping[str, Any]
    code: str
    plural: str

    @classmethod
    def of(
        cls, template: str, values: Mapping[str, Any], *, code: str = "", plural: str = ""
    ) -> Message:
        """The message; its text is made at once."""
        used = plural if plural and values["n"] != 1 else template
        texts = {name: _english(value) for name, value in values.items()}
        made = cls(used.format(**texts) if values else used)
        made.template, made.values, made.code, made.plural = template, dict(values), code, plural
        return made


def phrase(template: str, /, **values: Any) -> Message:
    """A text with its values."""
    return Message.of(template, values)


def phrase_n(singular: str, plural: str, n: int, /, **values: Any) -> Message:
    """The form that goes with `n`, which fills {n}."""
    return Message.of(singular, {**values, "n": n}, plural=plural)


def coded(code: str, template: str, /, **values: Any) -> Message:
    """The same with a code, to be stored."""
    return Message.of(template, values, code=code)


def coded_n(code: str, singular: str, plural: str, n: int, /, **values: Any) -> Message:
    """The same with a plural."""
    return Message.of(singular, {**values, "n": n}, code=code, plural=plural)


def stored(text: str) -> tuple[str, str] | None:
    """Code and values (JSON, sorted keys) of a message with a code; None of any other text."""
    if not isinstance(text, Message) or not text.code:
        return None
    return text.code, json.dumps(_plain(text.values), ensure_ascii=False, sort_keys=True)


def restored(text: str, code: object, values: object) -> str:
    """The inverse of `stored` beside the English text; without code or JSON the text alone."""
    if not isinstance(code, str) or not code:
        return text
    try:
        found = json.loads(values) if isinstance(values, str) and values else {}
    except ValueError:
        return text
    return _again(text, code, found) if isinstance(found, dict) else text


def codes_of(texts: Iterable[str]) -> list[str]:
    """The codes of several texts, "" for one without."""
    return [text.code if isinstance(text, Message) else "" for text in texts]


def error_text(error: Exception) -> str:
    """What an exception was raised with: its message, which `str` would make plain text of."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Message) else str(error)


def listed(names: Sequence[str], most: int = LISTED, say: Say = str.format) -> str:
    """cat, tree and car; longer lists end in `and n more`."""
    told = [str(name) for name in names]
    if len(told) > most:
        rest = len(told) - most
        return say(N_("{names} and {n:,} more"), names=say(N_(", ")).join(told[:most]), n=rest)
    if len(told) < 2:
        return "".join(told)
    return say(N_("{names} and {last}"), names=say(N_(", ")).join(told[:-1]), last=told[-1])


def _english(value: Any) -> Any:
    return listed(value) if isinstance(value, tuple) else value


def _again(text: str, code: str, values: Mapping[str, Any]) -> Message:
    made = Message(text)
    made.template, made.code, made.plural = "", code, ""
    made.values = {name: _value(value) for name, value in values.items()}
    return made


def _value(value: Any) -> Any:
    match value:
        case {"code": str(code), "text": str(text), "values": dict(values)}:
            return _again(text, code, values)
        case list():
            return tuple(map(str, value))
    return value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    if isinstance(value, Message) and value.code:
        return {"code": value.code, "text": str(value), "values": _plain(value.values)}
    return list(value) if isinstance(value, tuple) else value
