"""The report on paper: pages, words and pictures in it; a clear word where it cannot be made."""

from __future__ import annotations

import builtins
import re
import zlib
from typing import Any

import pytest
from PIL import ImageFile

from auditor.domain.errors import RunError
from auditor.reports import pdf_of, render_html
from auditor.reports.contents import contents_of
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def content(pango: None, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    run = make_run(tmp_path_factory.mktemp("runs") / "run", classes=5)
    return pdf_of(render_html(contents_of(run)))


def test_it_has_pages_and_pictures(content: bytes) -> None:
    assert content.startswith(b"%PDF-")
    unpacked = content + b"".join(_streams(content))
    assert len(re.findall(rb"/Type\s*/Page\b", unpacked)) >= 3
    assert unpacked.count(b"/Subtype /Image") >= 12
    assert len(content) < 8_000_000


def test_nothing_is_fetched(pango: None) -> None:
    page = '<img src="http://127.0.0.1:9/x.png"><img src="file:///etc/hostname"><p>text'
    assert pdf_of(page).startswith(b"%PDF-")


def test_truncated_pictures_stay_refused_everywhere_else(pango: None) -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_without_weasyprint_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("weasyprint"):
            raise ImportError("No module named 'weasyprint'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(RunError) as caught:
        pdf_of("<p>text")
    assert caught.value.code == "extra.pdf"


def _streams(content: bytes) -> list[bytes]:
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(match.group(1)))
        except zlib.error:
            continue
    return found
