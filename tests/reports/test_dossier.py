"""The dossier: every section, its scenarios with results, its signature, both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import escape

from auditor.cli import main
from auditor.domain.mask_references import MaskSource
from auditor.dossier import dossier_of
from auditor.reports.composition import MASKS, Composition, composition
from auditor.reports.dossier import SECTIONS
from auditor.reports.dossier_scenarios import OPEN
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import Run, open_run
from auditor.wording.catalogue import translator
from tests.fakes.runs import make_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "first", classes=5, hostile=True, images=False)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_section_is_there_and_says_what_it_may_serve(run: Run, lang: str) -> None:
    page = dossier_of(run, lang=lang)
    _ = translator(lang)
    for number, (name, title, serves) in enumerate(SECTIONS, start=1):
        assert f'id="{name}"' in page
        assert f"{number}. {_(title)}" in page
        assert serves in page


def test_every_open_class_is_a_scenario_and_the_others_are_cleared(run: Run) -> None:
    page = dossier_of(run)
    table = run.classes()
    scenarios, rest = page.split('id="scenarios"')[1].split('id="review"')[0], page
    for name, verdict in zip(table["class"], table["verdict"], strict=True):
        assert str(escape(name)) in rest
        if verdict in OPEN:
            assert f"<h3>{escape(name)} " in scenarios


def test_where_the_data_come_from_and_what_they_are_made_of(run: Run) -> None:
    page = dossier_of(run).split('id="data"')[1].split('id="procedures"')[0]
    cases = run.cases()
    assert run.metadata.fingerprints.dataset in page
    for name in set(run.slices()["slice"]):
        assert str(escape(name)) in page
    for source, count in cases["mask_source"].value_counts().items():
        assert f"{MASKS[MaskSource(source)]} {count:,}" in page


def test_the_composition_counts_masks_doubts_and_groups_of_several() -> None:
    cases = pd.DataFrame(
        {
            "mask_source": ["file", "file", "box", "none", "file"],
            "mask_doubt": [None, "tiny", None, None, "full"],
            "duplicate_group": ["a", "a", "b", None, "a"],
        }
    )
    found = composition(cases, pd.DataFrame({"slice": ["site", "site", "device"]}))
    assert found == Composition({"file": 3, "box": 1, "none": 1}, 2, 3, 1, ("site", "device"))


def test_it_claims_no_conformity_and_nothing_is_fetched(run: Run) -> None:
    page = dossier_of(run)
    assert "It claims no conformity" in page
    assert "<script" not in page.replace("&lt;script", "")
    assert 'src="http' not in page


def test_reviewers_and_digests_are_told(run: Run) -> None:
    first, second = run.cases()["case_id"].iloc[:2]
    store = open_store(run.path.parent)
    store.append(
        Review(run.name, first, "ada", ReviewDecision.CONFIRMED),
        Review(run.name, first, "grace", ReviewDecision.CONFIRMED),
        Review(run.name, second, "ada", ReviewDecision.DISMISSED),
    )
    store.close()
    page = dossier_of(run)
    assert "<td>ada</td><td>2</td>" in page
    review = page.split('id="review"')[1].split('id="digests"')[0]
    assert re.search(r"\b2\b", review.split("<table>")[0])
    for name, entry in run.manifest["files"].items():
        assert f"<td>{name}</td><td><code>{entry['sha256']}</code></td>" in page


def test_a_signature_stands_in_it_and_one_of_a_changed_run_does_not_hold(
    run: Run, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from auditor.verification.signature import sign

    key = tmp_path / "key.pem"
    key.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    signature = sign(run.path, run.metadata, key, name="Dr. Ada")
    page = dossier_of(open_run(run.path))
    assert "Dr. Ada" in page
    assert signature.key_id in page
    assert "does NOT hold" not in page
    changed = replace(run, manifest=run.manifest | {"manifest_sha256": "0" * 64})
    assert "does NOT hold" in dossier_of(changed)


@pytest.mark.parametrize(("out", "start"), [("d.html", b"<!doctype"), ("d.pdf", b"%PDF")])
def test_the_command_writes_html_or_pdf(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    out: str,
    start: bytes,
) -> None:
    if out.endswith("pdf"):
        request.getfixturevalue("pango")
    target = tmp_path / out
    monkeypatch.setattr(
        "sys.argv",
        ["auditor", "report", str(run.path), "--format", "dossier", "--out", str(target)],
    )
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert target.read_bytes().startswith(start)
