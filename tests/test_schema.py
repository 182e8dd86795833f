"""The columns that users rely on, written out: a change here breaks somebody's pipeline."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.domain.schema import SCHEMA_VERSION, names
from auditor.storage.schema import arrow_schema
from tests.fakes.runs import make_run

CASES = [
    "case_id",
    "image",
    "label",
    "predicted",
    "confidence",
    "label_probability",
    "correct",
    "mask_source",
    "cam",
    "cam_height",
    "cam_width",
    "cam_scale",
    "object_area",
    "relevance_mass",
    "relevance_skill",
    "saliency_auroc",
    "pointing_hit",
    "peak_ratio",
    "border_mass",
    "iou",
    "gtc",
    "sc",
    "nominated",
    "sampled",
    "tested",
    "object_cropped",
    "duplicate_group",
    "image_width",
    "image_height",
    "mask",
    "p_object_removed",
    "p_background_removed",
    "p_background_same",
    "p_background_other",
    "object_effect",
    "background_effect",
    "background_suffices",
    "verdict",
    "reason",
    "severity",
    "cluster",
    "label_cam",
    "label_cam_scale",
    "mask_doubt",
    "patch_group",
    "map_shows_it",
    "reason_code",
    "reason_numbers",
    "map_x",
    "map_y",
    "features",
]
CLASSES = [
    "class",
    "images",
    "tested",
    "accuracy",
    "nominated_rate",
    "shortcut_rate",
    "shortcut_rate_low",
    "shortcut_rate_high",
    "background_effect",
    "background_effect_low",
    "background_effect_high",
    "capture",
    "capture_low",
    "capture_high",
    "q_value",
    "object_effect",
    "leak",
    "leak_low",
    "leak_high",
    "median_skill",
    "verdict",
    "cue",
    "reason",
    "action",
    "nominated_null",
    "cue_where",
    "cue_strength",
    "cue_strength_low",
    "cue_strength_high",
    "cue_examples",
    "leak_network",
    "leak_plain",
    "leak_hole",
    "leak_rival",
    "leak_use",
    "greyscale_loss",
    "grey_world_loss",
    "hue_turned_loss",
    "blurred_loss",
    "jpeg_loss",
    "border_cropped_loss",
    "reason_code",
    "reason_numbers",
    "pair_with",
    "shares_cue_with",
    "confirmed_by",
    "look",
    "mask_stability",
    "sufficiency",
    "sufficiency_low",
    "sufficiency_high",
    "cue_place",
    "sensitivity",
    "specificity",
    "auroc",
    "cue_where_code",
    "last_look",
]
HYPOTHESES = [
    "class",
    "rank",
    "kind",
    "patch_group",
    "standing",
    "place",
    "images",
    "share",
    "consistency",
    "consistency_p",
    "cost",
    "cost_low",
    "cost_high",
    "cost_images",
    "win",
    "win_low",
    "win_high",
    "win_images",
    "strength",
    "examples",
    "reason",
    "action",
    "picture",
    "carries",
    "reason_code",
    "reason_numbers",
    "region",
    "log_odds_cost",
    "log_odds_cost_low",
    "log_odds_cost_high",
    "log_odds_win",
    "log_odds_win_low",
    "log_odds_win_high",
    "log_odds_null",
    "log_odds_shown",
    "place_code",
]
SLICES = [
    "slice",
    "value",
    "images",
    "tested",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "accuracy_gap",
    "shortcut_rate",
    "shortcut_rate_low",
    "shortcut_rate_high",
    "association",
    "q_value",
    "worst_group",
]
EVIDENCE = ["case_id", "intervention", "fill", "donor", "probability", "picture"]
SKIPPED = ["image", "reason", "reason_code", "reason_numbers"]

TRIALS = [
    "case_id",
    "label",
    "group",
    "intervention",
    "fill",
    "donor",
    "donor_label",
    "donor_group",
    "p_label",
    "p_label_control",
    "p_donor",
    "p_donor_control",
    "answer",
    "place",
    "top_classes",
    "top_probability_1",
    "top_probability_2",
    "top_probability_3",
    "top_probability_4",
    "top_probability_5",
]
FLAGS = {"map_shows_it", "correct", "pointing_hit", "nominated", "sampled", "tested", "worst_group"}
COUNTS = {
    *("cam_height", "cam_width", "image_width", "image_height", "images", "tested"),
    *("look", "last_look"),
}
BLOBS = {"cam", "label_cam", "picture", "features"}
TEXTS = {
    "case_id",
    "image",
    "label",
    "predicted",
    "mask_source",
    "duplicate_group",
    "mask",
    "mask_doubt",
    "patch_group",
    "verdict",
    "reason",
    "reason_code",
    "reason_numbers",
    "pair_with",
    "shares_cue_with",
    "confirmed_by",
    "cluster",
    "class",
    "cue",
    "cue_where",
    "cue_place",
    "cue_where_code",
    "place_code",
    "cue_examples",
    "leak_use",
    "action",
    "slice",
    "value",
    "intervention",
    "fill",
    "donor",
}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("cases", CASES),
        ("classes", CLASSES),
        ("slices", SLICES),
        ("evidence", EVIDENCE),
        ("trials", TRIALS),
        ("hypotheses", HYPOTHESES),
        ("skipped", SKIPPED),
    ],
)
def test_columns_keep_their_names_and_order(table: str, columns: list[str]) -> None:
    assert names(table) == columns
    assert arrow_schema(table).names == columns


def test_the_version_counts_changes_of_meaning() -> None:
    assert SCHEMA_VERSION == 1


@pytest.mark.parametrize("table", ["cases", "classes", "slices", "evidence"])
def test_stored_types(tmp_path: Path, table: str) -> None:
    stored = pq.read_schema(make_run(tmp_path / "run", per_class=6).table_path(table))
    for field in stored:
        flag = field.name in FLAGS and not (table != "cases" and field.name == "tested")
        if flag:
            expected = pa.bool_()
        elif field.name in COUNTS:
            expected = pa.int64()
        elif field.name in BLOBS:
            expected = pa.binary()
        elif field.name in TEXTS or field.name.startswith("slice_"):
            expected = pa.string()
        else:
            expected = pa.float64()
        assert field.type == expected, field.name


def test_slices_of_the_data_follow_the_frozen_columns(tmp_path: Path) -> None:
    stored = pq.read_schema(make_run(tmp_path / "run", per_class=6).table_path("cases"))
    assert stored.names == [*CASES, "slice_camera", "slice_night"]


def test_severity_and_the_flags_of_the_sample_are_never_null() -> None:
    schema = arrow_schema("cases")
    for name in ("severity", "sampled", "tested", "correct", "verdict", "reason", "case_id"):
        assert not schema.field(name).nullable, name
    for name in ("nominated", "mask", "relevance_skill", "background_effect", "pointing_hit"):
        assert schema.field(name).nullable, name
