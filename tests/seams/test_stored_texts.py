"""Texts that an audit stores in English with their code, told in Chinese from the run folder."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from auditor.data.fingerprint import changed_warning
from auditor.domain.manifest import Manifest
from auditor.domain.samples import Skip
from auditor.imagery.decode import UnreadableImage, decode_image
from auditor.reports import render_html
from auditor.reports.contents import contents_of
from auditor.storage.csv_text import csv_bytes, read_text_csv
from auditor.storage.manifest import manifest_values, read_manifest
from auditor.storage.run import Run, open_run
from auditor.storage.writer import skipped_frame
from auditor.wording.catalogue import translator
from auditor.wording.stored_texts import manifest_text, skip_reason
from tests.fakes.runs import make_run

ENGLISH, CHINESE = translator("en"), translator("zh")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "one"
    make_run(folder, classes=2, per_class=2, images=False)
    return open_run(folder)


def test_skips_of_a_run_are_told_by_code(run: Run) -> None:
    rows = run.skipped().to_dict("records")
    assert {row["reason_code"] for row in rows} == {"skip.empty", "skip.mask_size"}
    for row in rows:
        assert skip_reason(row, ENGLISH) == row["reason"]
        assert HAN.search(skip_reason(row, CHINESE))
    assert "64x64" in skip_reason(rows[1], CHINESE)
    page = render_html(contents_of(run), lang="zh")
    assert skip_reason(rows[1], CHINESE) in page
    assert rows[1]["reason"] not in page


def test_skips_of_an_earlier_version_stay_english(tmp_path: Path) -> None:
    old = pd.DataFrame({"image": ["a.jpg"], "reason": ["no such file"]})
    (tmp_path / "skipped.csv").write_bytes(csv_bytes(old))
    row = skipped_frame(read_text_csv(tmp_path / "skipped.csv")).iloc[0].to_dict()
    assert row["reason_code"] == ""
    assert skip_reason(row, ENGLISH) == "no such file"


def test_why_a_file_cannot_be_read_is_told_from_the_csv(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage) as error:
        decode_image(tmp_path / "nothing.jpg")
    frame = skipped_frame([Skip("nothing.jpg", error.value.reason)])
    (tmp_path / "skipped.csv").write_bytes(csv_bytes(frame))
    row = read_text_csv(tmp_path / "skipped.csv").iloc[0].to_dict()
    assert (row["reason"], row["reason_code"]) == ("no such file", "skip.no_file")
    assert HAN.search(skip_reason(row, CHINESE))


def test_warnings_of_a_manifest_are_told_by_code() -> None:
    warning = changed_warning([f"{i}.jpg" for i in range(9)])
    written = manifest_values(Manifest(warnings=(warning, "a plain sentence")))
    manifest = read_manifest(written)
    assert set(manifest.messages) == {str(warning)}
    assert manifest_values(manifest)["messages"] == written["messages"]
    told = manifest_text(manifest, manifest.warnings[0], CHINESE)
    assert HAN.search(told)
    assert "4" in told, "what is not named is counted"
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", told)
    assert manifest_text(manifest, manifest.warnings[1], CHINESE) == "a plain sentence"
    assert manifest_text(Manifest(), str(warning), CHINESE) == warning
