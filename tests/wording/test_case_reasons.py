"""Reasons are found by what their sentence says in the reader's language."""

from __future__ import annotations

from auditor.wording.case_reasons import codes_saying
from auditor.wording.catalogue import translator


def test_codes_are_those_whose_sentence_holds_the_text() -> None:
    assert "context" in codes_saying("背景", translator("zh"))
    assert "undetermined.zero_map" not in codes_saying("背景", translator("zh"))


def test_in_english_the_stored_sentence_is_searched() -> None:
    assert codes_saying("background", translator("en")) == ()
    assert codes_saying("", translator("zh")) == ()
