"""Whose cue a pair's is: kinds of evidence that disagree tell of no one class."""

from __future__ import annotations

import pytest

from auditor.findings.evidence.pair import NONE, STRONG, _owner
from auditor.findings.evidence.swap_test import SwapTest
from tests.findings.test_class_verdicts import NOTHING
from tests.findings.test_class_verdicts import STRONG as LOST

NAMES = ("car", "fruit")
NEEDED = SwapTest(LOST, None, two_sided=True)
NOT_NEEDED = SwapTest(NOTHING, None, two_sided=True)


@pytest.mark.parametrize(
    ("strong", "lacking", "patch", "owner"),
    [
        ("", "", "", (None, None)),
        ("car", "car", "", ("car", "donors")),
        ("car", "", "", (None, None)),  # perhaps mislabelled pictures
        ("", "", "car", ("car", "patch")),
        ("car", "car", "car", ("car", "donors")),
        ("car", "", "car", ("car", "patch")),
        ("fruit", "fruit", "car", (None, None)),
        ("fruit", "", "car", (None, None)),  # few donors, but they speak against the patch
    ],
)
def test_one_class_is_the_owner_where_nothing_speaks_for_the_other(
    strong: str, lacking: str, patch: str, owner: tuple[str | None, str | None]
) -> None:
    modes = {name: STRONG + 1 if name == strong else NONE - 3 for name in NAMES}
    patches = {name: NEEDED if name == patch else NOT_NEEDED for name in NAMES} if patch else {}
    assert _owner(NAMES, modes, {lacking} - {""}, patches, 0.1) == owner
