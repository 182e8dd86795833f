"""What is planted in the data is found by the right family, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

import auditor
from auditor.cli import main
from auditor.data_audit.places import place_maps
from auditor.data_audit.probe import one_hot, probe, quantile_steps
from auditor.domain.data_traits import TRAITS, LeakVerdict, TraitKind
from auditor.domain.errors import DataError, RunError
from auditor.storage.data_runs import open_data_run

CLASSES = ("cat", "dog", "owl")
EACH = 40
SIDE = 48


def picture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Smooth noise: every class alike."""
    coarse = rng.integers(60, 200, (6, 6, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    noise = rng.integers(0, 12, (SIDE, SIDE, 3))
    return np.asarray(np.clip(np.asarray(image).astype(int) + noise, 0, 255), np.uint8)


def dataset(
    root: Path,
    change: Any = None,
    *,
    masks: bool = True,
    seed: int = 0,
    save: Any = None,
    column: Any = None,
) -> Path:
    """A manifest with pictures of three classes; `change(pixels, mask, rng)` for `cat` alone."""
    rng = np.random.default_rng(seed)
    rows = []
    for label in CLASSES:
        for number in range(EACH):
            pixels = picture(rng)
            mask = np.zeros((SIDE, SIDE), bool)
            top, left = rng.integers(8, SIDE - 24, 2)
            mask[top : top + 16, left : left + 16] = True
            pixels[mask] = {"cat": (220, 40, 40), "dog": (40, 220, 40), "owl": (40, 40, 220)}[label]
            if change is not None and label == "cat":
                pixels = change(pixels.copy(), mask, rng)
            file = root / "images" / label / f"{number:03d}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            name = save(file, pixels, label) if save else _png(file, pixels)
            row = {"image": str(name.relative_to(root)), "label": label}
            if masks:
                target = root / "masks" / label / f"{number:03d}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(mask.astype(np.uint8) * 255).save(target)
                row["mask"] = str(target.relative_to(root))
            if column is not None:
                row["site"] = column(label, rng)
            rows.append(row)
    pd.DataFrame(rows).to_csv(root / "manifest.csv", index=False)
    return root / "manifest.csv"


def _png(file: Path, pixels: NDArray[np.uint8]) -> Path:
    Image.fromarray(pixels).save(file)
    return file


def found(manifest: Path, out: Path) -> pd.DataFrame:
    return auditor.audit_data(manifest, out=out).findings()


def verdicts(table: pd.DataFrame, label: str = "cat") -> dict[str, str]:
    own = table[table["class"] == label]
    return dict(zip(own["trait"], own["verdict"], strict=True))


def stamp(pixels: NDArray[np.uint8], mask: Any, rng: Any) -> NDArray[np.uint8]:
    pixels[1:7, 1:7] = 250
    pixels[2:6:2, 2:6] = 10
    return pixels


def brighter(pixels: NDArray[np.uint8], mask: Any, rng: Any) -> NDArray[np.uint8]:
    return np.asarray(np.clip(pixels.astype(float) * 1.35, 0, 255), np.uint8)


def framed(pixels: NDArray[np.uint8], mask: Any, rng: Any) -> NDArray[np.uint8]:
    pixels[:, :3] = pixels[:, -3:] = (90, 60, 30)
    return pixels


GIVES = LeakVerdict.GIVES_AWAY.value


@pytest.mark.parametrize(
    ("change", "trait"),
    [(stamp, "corners"), (brighter, "brightness"), (framed, "border")],
)
def test_a_planted_trait_gives_its_class_away(tmp_path: Path, change: Any, trait: str) -> None:
    table = found(dataset(tmp_path, change), tmp_path / "out")
    assert verdicts(table)[trait] == GIVES
    row = table[(table["class"] == "cat") & (table["trait"] == trait)].iloc[0]
    assert row["auroc"] > 0.9
    assert row["q_value"] < 0.01
    assert row["reason_code"] == "data_gives_away"


def test_alike_classes_are_given_away_by_nothing(tmp_path: Path) -> None:
    alarms = 0
    for seed in range(4):
        root = tmp_path / str(seed)
        root.mkdir()
        table = found(dataset(root, seed=seed), root / "out")
        alarms += int((table["verdict"] == GIVES).sum())
        aurocs = table["auroc"].dropna()
        assert abs(aurocs.mean() - 0.5) < 0.05
    assert alarms == 0


def test_without_masks_pixels_are_possible_at_most(tmp_path: Path) -> None:
    table = found(dataset(tmp_path, framed, masks=False), tmp_path / "out")
    assert verdicts(table)["border"] == LeakVerdict.POSSIBLE.value
    border = table[(table["class"] == "cat") & (table["trait"] == "border")].iloc[0]
    assert border["reason_code"] == "data_possible_object_may_be_seen"
    assert "background" not in set(table["trait"])


def test_the_objects_own_colour_is_taken_out(tmp_path: Path) -> None:
    """Objects are red, green and blue; with masks not even the tint says so."""
    table = found(dataset(tmp_path), tmp_path / "out")
    assert GIVES not in verdicts(table).values()


def test_compression_is_read_from_the_file_and_the_pixels(tmp_path: Path) -> None:
    def save(file: Path, pixels: NDArray[np.uint8], label: str) -> Path:
        name = file.with_suffix(".jpg")
        Image.fromarray(pixels).save(name, quality=20 if label == "cat" else 95)
        return name

    assert verdicts(found(dataset(tmp_path, save=save), tmp_path / "out"))["compression"] == GIVES


def test_compression_that_was_saved_again_is_seen_in_the_pixels(tmp_path: Path) -> None:
    def save(file: Path, pixels: NDArray[np.uint8], label: str) -> Path:
        if label == "cat":
            Image.fromarray(pixels).save(file.with_suffix(".jpg"), quality=15)
            pixels = np.asarray(Image.open(file.with_suffix(".jpg")).convert("RGB"))
            file.with_suffix(".jpg").unlink()
        return _png(file, pixels)

    assert verdicts(found(dataset(tmp_path, save=save), tmp_path / "out"))["compression"] == GIVES


def test_without_masks_tables_give_away_and_block_traces_may_be_the_object(tmp_path: Path) -> None:
    def tables(file: Path, pixels: NDArray[np.uint8], label: str) -> Path:
        name = file.with_suffix(".jpg")
        Image.fromarray(pixels).save(name, quality=20 if label == "cat" else 95)
        return name

    def edges(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], rng: Any) -> NDArray[np.uint8]:
        """A cat with a lattice of its own, no JPEG anywhere."""
        pixels[::8], pixels[:, ::8] = 0, 0
        return pixels

    saved = dataset(tmp_path / "a", masks=False, save=tables)
    assert verdicts(found(saved, tmp_path / "out"))["compression"] == GIVES
    drawn = verdicts(found(dataset(tmp_path / "b", edges, masks=False), tmp_path / "lattice"))
    assert drawn["compression"] != GIVES
    assert drawn["blocks"] == LeakVerdict.POSSIBLE.value


def test_size_camera_and_metadata(tmp_path: Path) -> None:
    def save(file: Path, pixels: NDArray[np.uint8], label: str) -> Path:
        name = file.with_suffix(".jpg")
        image = Image.fromarray(pixels)
        exif = Image.Exif()
        if label == "cat":
            image = image.resize((60, 48))
            exif[271] = "Maker"
        image.save(name, quality=95, exif=exif)
        return name

    def column(label: str, rng: np.random.Generator) -> str:
        return "ward" if label == "cat" and rng.random() < 0.9 else str(rng.choice(["a", "b"]))

    manifest = dataset(tmp_path, save=save, masks=False, column=column)
    told = verdicts(found(manifest, tmp_path / "out"))
    assert {k for k, v in told.items() if v == GIVES} >= {"size", "aspect", "camera", "metadata"}


def test_few_pictures_are_undetermined(tmp_path: Path) -> None:
    manifest = dataset(tmp_path)
    table = pd.read_csv(manifest)
    few = pd.concat([table[table["label"] != "cat"], table[table["label"] == "cat"].head(6)])
    few.to_csv(manifest, index=False)
    told = verdicts(found(manifest, tmp_path / "out"))
    assert set(told.values()) == {LeakVerdict.UNDETERMINED.value}


def test_copies_do_not_count_and_contradictions_are_told(tmp_path: Path) -> None:
    manifest = dataset(tmp_path)
    first = tmp_path / "images" / "cat" / "000.png"
    (tmp_path / "images" / "dog" / "copy.png").write_bytes(first.read_bytes())
    table = pd.read_csv(manifest)
    extra = {"image": "images/dog/copy.png", "label": "dog", "mask": "masks/cat/000.png"}
    pd.concat([table, pd.DataFrame([extra])]).to_csv(manifest, index=False)
    run = auditor.audit_data(manifest, out=tmp_path / "out")
    assert run.manifest["counts"]["copies"] == 1
    assert run.manifest["contradictions"] == [["images/cat/000.png", "images/dog/copy.png"]]


def test_an_unreadable_picture_is_skipped_and_told(tmp_path: Path) -> None:
    manifest = dataset(tmp_path)
    (tmp_path / "images" / "cat" / "003.png").write_bytes(b"no picture")
    run = auditor.audit_data(manifest, out=tmp_path / "out")
    skipped = pd.read_csv(run.path / "skipped.csv")
    assert list(skipped["image"]) == ["images/cat/003.png"]


def test_alike_seeds_alike_findings_and_a_report(tmp_path: Path) -> None:
    manifest = dataset(tmp_path, stamp)
    one = auditor.audit_data(manifest, out=tmp_path / "one")
    two = auditor.audit_data(manifest, out=tmp_path / "two")
    pd.testing.assert_frame_equal(one.findings(), two.findings())
    again = open_data_run(tmp_path / "one")
    assert again.manifest == one.manifest
    assert one.manifest["gives_away"] == ["cat"]
    report = (one.path / "report.html").read_text("utf-8")
    assert "cat" in report
    assert "<script" not in report
    assert "http:" not in report
    assert "https:" not in report


def test_a_place_is_named_for_what_stays_there(tmp_path: Path) -> None:
    run = auditor.audit_data(dataset(tmp_path, stamp), out=tmp_path / "out")
    places = run.places().set_index("class")
    assert places.loc["cat", "where"] == "top left"
    assert places.loc["cat", "share"] > places.loc["cat", "null"]
    assert places.loc["cat", "picture"].startswith(b"\x89PNG")


def test_bad_input_writes_nothing(tmp_path: Path) -> None:
    manifest = dataset(tmp_path)
    table = pd.read_csv(manifest)
    table[table["label"] == "cat"].to_csv(manifest, index=False)
    with pytest.raises(DataError) as caught:
        auditor.audit_data(manifest, out=tmp_path / "out")
    assert caught.value.code == "data_audit.one_class"
    assert not (tmp_path / "out").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "old").touch()
    with pytest.raises(RunError) as caught:
        auditor.audit_data(manifest, out=tmp_path / "full")
    assert caught.value.code == "folder.not_empty"
    with pytest.raises(RunError) as caught:
        open_data_run(tmp_path / "full")
    assert caught.value.code == "data_audit.not_finished"


def test_hostile_names_are_text_in_the_report(tmp_path: Path) -> None:
    manifest = dataset(tmp_path, stamp)
    table = pd.read_csv(manifest)
    table["label"] = table["label"].replace("cat", "<img src=x onerror=alert(1)>")
    table.to_csv(manifest, index=False)
    run = auditor.audit_data(manifest, out=tmp_path / "out")
    assert "<img src=x" not in (run.path / "report.html").read_text("utf-8")


def test_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = dataset(tmp_path, stamp)
    monkeypatch.setattr(
        "sys.argv", ["auditor", "data", str(manifest), "--out", str(tmp_path / "o"), "--json"]
    )
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert json.loads(capsys.readouterr().out)["gives_away"] == ["cat"]


@pytest.mark.parametrize(("change", "left"), [(stamp, 1), (None, 0)])
def test_the_gate_of_a_data_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, left: int
) -> None:
    auditor.audit_data(dataset(tmp_path, change), out=tmp_path / "out")
    junit = tmp_path / "junit.xml"
    words = ["auditor", "gate", str(tmp_path / "out"), "--data", "--junit", str(junit), "--quiet"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == left
    suite = ElementTree.parse(junit).getroot()  # noqa: S314 - our own file
    assert suite.get("failures") == str(left)
    monkeypatch.setattr("sys.argv", [*words, "--max-given-away", "1"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0


def test_every_family_is_described() -> None:
    assert set(TRAITS) == set(TraitKind)
    for kind, spec in TRAITS.items():
        assert spec.kind is kind
        assert all((spec.title, spec.meaning, spec.advice))


def test_the_null_of_the_probe_is_half_and_its_p_values_are_even() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.array(["a", "b", "c"]), 40)
    p_values = [
        each.p_value
        for seed in range(25)
        for each in probe(rng.normal(size=(120, 30)), labels, seed=seed, permutations=60).values()
    ]
    assert np.mean(np.array(p_values) < 0.05) < 0.13
    assert 0.35 < np.mean(p_values) < 0.65


def test_a_class_in_the_middle_is_told_by_quantile_steps() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat(np.array(["low", "middle", "high"]), 60)
    values = np.repeat([-2.0, 0.0, 2.0], 60)[:, None] + rng.normal(size=(180, 1)) * 0.5
    found = probe(quantile_steps(values), labels, seed=0, permutations=20)
    assert found["middle"].auroc > 0.95


def test_rare_categories_are_left_out() -> None:
    table = one_hot(["a"] * 3 + ["b"] * 2 + ["c"], most=2)
    assert table.sum(axis=0).tolist() == [3.0, 2.0]


def test_a_map_of_nothing_stays_within_its_null() -> None:
    rng = np.random.default_rng(3)
    labels = np.repeat(np.array(["a", "b"]), 40)
    maps = place_maps(rng.random((80, 32, 32)).astype(np.float32), labels, seed=0)
    assert maps["a"].share < 0.01


def test_null_text_is_none_when_it_is_read_again(tmp_path: Path) -> None:
    table = found(dataset(tmp_path, stamp), tmp_path / "out")
    assert table["column"].map(lambda value: value is None).all()
