from __future__ import annotations

import pytest

from auditor.domain.manifest import Counts, Manifest
from auditor.wording.catalogue import translator
from auditor.wording.headline import audited, headline


@pytest.mark.parametrize(
    ("verdicts", "named", "tone"),
    [
        (["confirmed"], ["1 of 1 class", "a"], "confirmed"),
        (["confirmed", "confirmed", "clean"], ["2 of 3 classes", "a and b"], "confirmed"),
        (["clean", "suspected"], ["1 class ", "b"], "suspected"),
        (["undetermined", "undetermined"], ["No class"], "undetermined"),
        ([], ["No class"], "undetermined"),
        (["clean", "context"], ["10%", "every class"], "clean"),
        (["clean", "undetermined"], ["10%", "the 1 class "], "clean"),
        (["clean", "undetermined", "clean"], ["10%", "the 2 classes "], "clean"),
    ],
)
def test_one_sentence(verdicts: list[str], named: list[str], tone: str) -> None:
    told = headline(dict(zip("abcdefg", verdicts, strict=False)), 0.1)
    assert all(part in told.verdict for part in named)
    assert told.tone == tone
    assert sum(number for _, number in told.tally) == len(verdicts)


def test_what_was_not_evaluated_is_always_told() -> None:
    told = headline({"a": "confirmed", "b": "undetermined", "c": "undetermined"}, 0.1)
    assert len(told.details) == 1
    assert "b and c" in told.details[0]
    told = headline({"a": "confirmed", "b": "suspected", "c": "context"}, 0.1)
    assert [detail.endswith(f": {name}.") for detail, name in zip(told.details, "bc", strict=True)]


def test_chinese_tells_the_same() -> None:
    told = headline({"鸟": "confirmed", "b": "clean", "c": "suspected"}, 0.1, translator("zh"))
    assert "1" in told.verdict
    assert "3" in told.verdict
    assert "鸟" in told.verdict
    assert not any(word in told.verdict for word in ("Shortcut", "class"))
    assert "c" in told.details[0]


def test_how_much_was_audited() -> None:
    many, one = Counts(audited=1200, skipped=3), Counts(audited=1)
    assert audited(Manifest(counts=many)) == "1,200 images audited, 3 skipped"
    assert audited(Manifest(counts=one)) == "1 image audited, none skipped"
    told = "1,200 questions about 400 images audited, 3 skipped"
    assert audited(Manifest(counts=many, pictures=400)) == told
