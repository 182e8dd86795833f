from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.domain.errors import AuditInterrupted, AuditorError, ConfigError, DataError
from auditor.domain.samples import Sample, case_id_of


def test_errors_say_expected_got_remedy() -> None:
    error = DataError("No images.", expected="a folder", got="a file", remedy="name a folder")
    assert str(error).splitlines() == [
        "No images.",
        "  expected: a folder",
        "  got:      a file",
        "  remedy:   name a folder",
    ]
    assert error.exit_code == 2


def test_an_interrupted_audit_leaves_with_3() -> None:
    assert AuditInterrupted("x", expected="", got="", remedy="").exit_code == 3


def test_config_error_lists_every_fault() -> None:
    error = ConfigError(["a: wrong", "b: wrong"], source="audit.toml")
    assert "2 faults" in str(error)
    assert "a: wrong\n" in str(error)
    assert "b: wrong" in str(error)


def test_case_id_depends_on_image_and_label_only() -> None:
    # first 16 hex digits of sha256(b"boat/1.jpg\x00boat")
    assert case_id_of("boat/1.jpg", "boat") == "41519cc6d9bb2d54"
    assert case_id_of("boat/1.jpg", "car") != case_id_of("boat/1.jpg", "boat")
    assert case_id_of("a", "bc") != case_id_of("ab", "c")


def test_no_case_id_reads_as_a_number() -> None:
    named = {case_id_of(f"{n}.jpg", "a"): n for n in range(20_000)}
    assert len(named) == 20_000
    strange = [name for name in named if name[0] == "x"]
    assert 10 < len(strange) < 60
    for name in named:
        with pytest.raises(ValueError, match="could not convert"):
            float(name)
    # and what no reader takes for a number is what it was before
    digest = hashlib.sha256(f"{named[strange[0]]}.jpg\x00a".encode()).hexdigest()
    assert strange[0][1:] == digest[1:16]


def test_a_sample_without_duplicates_is_its_own_group() -> None:
    alone = Sample(case_id="c", image="i", label="l", path=Path("i"))
    assert alone.group == "c"
    twin = Sample(case_id="c", image="i", label="l", path=Path("i"), duplicate_group="g")
    assert twin.group == "g"


def test_import_auditor_is_light() -> None:
    code = (
        "import sys, auditor, auditor.cli.app; auditor.AuditConfig\n"
        "heavy = {'torch', 'torchvision', 'streamlit', 'sklearn', 'duckdb'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "error",
    [
        DataError("No.", expected="some", got="none", remedy="give some"),
        ConfigError(["a: wrong", "b: missing"], source="x.toml"),
    ],
)
def test_errors_come_whole_from_another_process(error: AuditorError) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)
