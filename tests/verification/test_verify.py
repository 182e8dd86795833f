"""What `auditor verify` and `auditor sign` find."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as other_kind
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

import auditor
from auditor.domain.errors import RunError
from auditor.findings.tables.summary import summarise
from auditor.storage.run import Run, open_run
from auditor.storage.tables import to_arrow, write_parquet
from auditor.verification import Verification, sign
from tests.fakes.resealing import reseal
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose summary comes out of its tables, as an audit's does."""
    run = make_run(tmp_path_factory.mktemp("made") / "run", classes=3, per_class=12)
    verdicts = dict(zip(run.classes()["class"], run.classes()["verdict"], strict=True))
    cases = run.cases()
    summary = summarise(cases.assign(has_trials=cases["tested"]), verdicts)
    (run.path / "summary.json").write_text(json.dumps(summary))
    reseal(run.path)
    return open_run(run.path)


@pytest.fixture
def run(made: Run, tmp_path: Path) -> Path:
    return shutil.copytree(made.path, tmp_path / "run")


def failed(found: Verification) -> dict[str, str]:
    return {check.name: "; ".join(check.faults) for check in found.checks if check.holds is False}


def change_table(run: Path, table: str, frame: pd.DataFrame) -> None:
    write_parquet(to_arrow(table, frame), run / f"{table}.parquet", table=table)
    reseal(run)


def test_a_whole_run_holds(run: Path) -> None:
    found = auditor.verify(open_run(run))
    assert found.holds
    assert [check.name for check in found.checks] == [
        "manifest",
        "files",
        "schema",
        "counts",
        "summary",
        "signature",
    ]
    assert found.checks[-1].holds is None


@pytest.mark.parametrize("name", ["report.html", "skipped.csv", "cases.parquet", "summary.json"])
def test_a_changed_file_is_named(run: Path, name: str) -> None:
    (run / name).write_bytes((run / name).read_bytes() + b" ")
    found = auditor.verify(run)
    assert not found.holds
    assert name in failed(found)["files"]


def test_a_missing_file_and_one_too_many(run: Path) -> None:
    (run / "report.html").unlink()
    shutil.copy(run / "classes.parquet", run / "trials.parquet")
    told = failed(auditor.verify(run))["files"]
    assert "report.html" in told
    assert "trials.parquet" in told


def test_an_edited_manifest_is_one_fault_and_no_traceback(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(manifest | {"seed": 99}))
    assert list(failed(auditor.verify(run))) == ["manifest"]
    (run / "manifest.json").write_text("{")
    assert list(failed(auditor.verify(run))) == ["manifest"]


def test_counts_and_summary_are_made_again_from_the_tables(run: Path) -> None:
    """Somebody who edits tables and brings every digest up to date is found, too."""
    cases = open_run(run).cases()
    change_table(run, "cases", cases[1:])
    found = failed(auditor.verify(run))
    assert set(found) >= {"counts", "summary"}
    assert "audited" in found["counts"]


def test_a_verdict_that_the_summary_does_not_have(run: Path) -> None:
    classes = open_run(run).classes()
    classes.loc[0, "verdict"] = "clean"
    change_table(run, "classes", classes)
    assert "verdicts" in failed(auditor.verify(run))["summary"]


def test_an_order_that_is_not_the_schema_s(run: Path) -> None:
    cases = open_run(run).cases()
    table = to_arrow("cases", cases)
    write_parquet(table.take(list(range(len(cases)))[::-1]), run / "cases.parquet", table="cases")
    reseal(run)
    assert "sorted" in failed(auditor.verify(run))["schema"]


def test_a_name_that_leads_out_of_the_run_is_not_opened(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    entry = {"sha256": "0" * 64, "bytes": 1}
    reseal(run)
    from auditor.storage.digests import sealed

    files = {**manifest["files"], "../secret": entry}
    (run / "manifest.json").write_text(json.dumps(sealed(manifest | {"files": files})))
    assert "'../secret'" in failed(auditor.verify(run))["files"]


def test_no_run_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        auditor.verify(tmp_path)


def test_code_that_a_run_names_is_never_imported(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    config = {"data": {"path": str(run)}, "model": {"factory": "no_such_module:function"}}
    reseal(run, config=config, fingerprints=manifest["fingerprints"])
    found = {check.name: check for check in auditor.verify(run, data=True).checks}
    assert found["weights"].holds is None
    assert found["data"].holds is False


class Keys:
    def __init__(self, folder: Path, *, phrase: bytes | None = None) -> None:
        key = Ed25519PrivateKey.generate()
        self.private, self.public = folder / "key.pem", folder / "public.pem"
        hidden = NoEncryption() if phrase is None else BestAvailableEncryption(phrase)
        self.private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden))
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.public.write_bytes(pem)


def test_a_signature_holds_until_anything_changes(run: Path, tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    opened = open_run(run)
    made = sign(run, opened.metadata, keys.private, name="Dr. Ada Example")
    found = auditor.verify(run, public_key=keys.public)
    assert found.holds
    assert found.signature == made
    assert made.name == "Dr. Ada Example"
    reseal(run, seed=5)
    assert list(failed(auditor.verify(run, public_key=keys.public))) == ["signature"]
    assert "signature" in failed(auditor.verify(run))


@pytest.mark.parametrize("edited", ["name", "time", "manifest_sha256", "signature", "public_key"])
def test_no_word_of_a_signature_can_be_exchanged(run: Path, tmp_path: Path, edited: str) -> None:
    sign(run, open_run(run).metadata, Keys(tmp_path).private, name="A")
    held = json.loads((run / "signature.json").read_text())
    (run / "signature.json").write_text(json.dumps(held | {edited: held[edited][:-2] + "Zz"}))
    assert list(failed(auditor.verify(run))) == ["signature"]


def test_another_person_s_key_does_not_count(run: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    sign(run, open_run(run).metadata, Keys(tmp_path / "other").private, name="A")
    keys = Keys(tmp_path)
    assert list(failed(auditor.verify(run, public_key=keys.public))) == ["signature"]
    (run / "signature.json").unlink()
    assert list(failed(auditor.verify(run, public_key=keys.public))) == ["signature"]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"name": 3}'])
def test_a_damaged_signature_is_told(run: Path, text: str) -> None:
    (run / "signature.json").write_text(text)
    assert list(failed(auditor.verify(run))) == ["signature"]


def test_keys_that_cannot_be_used(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = open_run(run).metadata
    keys = Keys(tmp_path, phrase=b"open")
    with pytest.raises(RunError) as caught:
        sign(run, manifest, keys.private, name="A")
    assert caught.value.code == "sign.key"
    monkeypatch.setenv("AUDITOR_KEY_PASSPHRASE", "open")
    sign(run, manifest, keys.private, name="A")
    assert auditor.verify(run, public_key=keys.public).holds
    wrong = tmp_path / "wrong.pem"
    pem = other_kind(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    wrong.write_bytes(pem)
    for key in (wrong, tmp_path / "none.pem", keys.public):
        with pytest.raises(RunError) as caught:
            sign(run, manifest, key, name="A")
        assert caught.value.code == "sign.key"
    with pytest.raises(RunError) as caught:
        auditor.verify(run, public_key=keys.private)
    assert caught.value.code == "sign.key"
