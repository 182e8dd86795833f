"""What is noticed of scored cases, and what follows from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.data.checks.data_checks import DataCheckResults, check_data
from auditor.domain.samples import Sample
from tests.data.making import sample
from tests.data.test_near_duplicates import flipped, random_hashes
from tests.fakes.coded import saying

HASHES = random_hashes(40)


def case(number: int, **values: Any) -> dict[str, Any]:
    image = f"{number:02}.png"
    return {
        "case_id": f"id{number:02}",
        "image": image,
        "label": "cat",
        "cam_height": 7,
        "cam_width": 7,
        "object_area": 0.3,
        "mask_digest": number,
        "mask_doubt": None,
        "animated": False,
        "remarks": None,
        "nominated": True,
        "duplicate_group": None,
        "perceptual_hash": HASHES[number],
        **values,
    }


def skipped(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["image", "reason"])


def frame(rows: list[dict[str, Any]] | tuple[dict[str, Any], ...]) -> pd.DataFrame:
    """As it comes from the parts of an audit: digests are nullable integers."""
    cases = pd.DataFrame(list(rows))
    return cases.assign(mask_digest=cases["mask_digest"].astype("Int64"))


def checked(*rows: dict[str, Any], samples: tuple[Sample, ...] = ()) -> DataCheckResults:
    return check_data(frame(rows), samples, skipped())


def test_nothing_odd_nothing_said() -> None:
    seen = checked(case(0), case(1))
    assert seen.warnings == ()
    assert seen.lost == {}
    assert seen.cases["mask_doubt"].isna().all()
    assert seen.cases["duplicate_group"].isna().all()
    assert "perceptual_hash" not in seen.cases


def test_pages_that_nobody_looked_at_are_told() -> None:
    seen = checked(case(0), case(1, animated=True))
    assert len(seen.warnings) == 1
    assert saying(seen.warnings, "data.animated", "1", "01.png")
    assert "animated" not in seen.cases


@pytest.mark.parametrize("doubt", ["empty", "full", "inverted"])
def test_a_mask_that_carries_no_score_takes_the_nomination_away(doubt: str) -> None:
    seen = checked(case(0, mask_doubt=doubt), case(1))
    nominated = seen.cases["nominated"]
    assert nominated.isna().tolist() == [True, False]
    assert nominated.iloc[1]
    assert len(seen.warnings) == 1
    assert saying(seen.warnings, "data.mask_without_score", "1 of 2", "00.png")


def test_tiny_is_under_one_cell_of_this_map() -> None:
    area = 1 / 49
    seen = checked(
        case(0, object_area=area),
        case(1, object_area=np.nextafter(area, 0)),
        case(2, object_area=area, cam_height=4, cam_width=4),
        case(3, object_area=0.0),
        case(4, object_area=None, mask_digest=None),
    )
    assert seen.cases["mask_doubt"].tolist() == [None, "tiny", "tiny", None, None]


def test_one_mask_for_many_images_is_said_but_judged() -> None:
    seen = checked(*(case(i, mask_digest=-1) for i in range(5)), *(case(i) for i in range(5, 9)))
    assert seen.cases["mask_doubt"].tolist() == ["repeated"] * 5 + [None] * 4
    assert seen.cases["nominated"].tolist() == [True] * 9
    assert "5 of 9 masks" in seen.warnings[0]
    assert "undetermined" not in seen.warnings[0]
    assert checked(*(case(i, mask_digest=-1) for i in range(4))).warnings == ()


def test_among_thousands_of_masks_a_few_are_alike_by_chance() -> None:
    rows = [case(0, mask_digest=-1, perceptual_hash=None) for _ in range(5)]
    rows += [case(0, mask_digest=i, perceptual_hash=None) for i in range(496)]
    assert checked(*rows).warnings == ()


def test_pictures_that_look_alike_are_one_group_named_after_the_first() -> None:
    alike = flipped(HASHES[0], 10)
    seen = checked(case(0), case(1), case(2, perceptual_hash=alike), case(3, duplicate_group="p7"))
    assert seen.cases["duplicate_group"].tolist() == ["00.png", None, "00.png", "p7"]
    assert len(seen.warnings) == 1
    assert saying(seen.warnings, "data.duplicates", "2 images", "1 group")


def test_a_group_of_the_dataset_comes_first() -> None:
    alike = flipped(HASHES[0], 10)
    seen = checked(
        case(0), case(1, perceptual_hash=alike, duplicate_group="p7"), case(2, duplicate_group="p8")
    )
    assert seen.cases["duplicate_group"].tolist() == ["p7", "p7", "p8"]


def test_two_labels_for_one_picture_are_said() -> None:
    seen = checked(case(0), case(1, perceptual_hash=HASHES[0], label="dog"))
    assert saying(seen.warnings, "data.contradictions", "00.png")


def test_without_hashes_there_are_no_groups() -> None:
    seen = checked(*(case(i, perceptual_hash=None) for i in range(3)))
    assert seen.cases["duplicate_group"].isna().all()


def test_a_class_that_lost_all_its_images(tmp_path: Any) -> None:
    samples = tuple(
        sample(tmp_path / name, label)
        for name, label in (("a.png", "cat"), ("b.png", "cat"), ("c.png", "dog"))
    )
    row = case(0, case_id=samples[0].case_id)
    skips = skipped(("b.png", "empty file"), ("c.png", "truncated"))
    assert check_data(frame([row]), samples, skips).lost == {"dog": "truncated"}
