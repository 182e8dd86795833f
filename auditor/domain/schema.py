"""The columns of every table of a run, in order. docs/run-folder.md; frozen by a test.

`kind` is one of: string, float, int, bool, bytes. Undefined is null with a reason, never 0, -1
or NaN. Names are only ever added.
"""

from __future__ import annotations

from auditor.domain.answers import TOP_PROBABILITIES
from auditor.domain.case_columns import CASES
from auditor.domain.columns import Column, required

SCHEMA_VERSION = 1


SLICE_PREFIX = "slice_"


CLASSES: tuple[Column, ...] = (
    required("class", "string", "class name"),
    required("images", "int", "audited images with this label"),
    required("tested", "int", "sampled images whose interventions ran: the denominator"),
    Column(
        "accuracy",
        "float",
        "share of its images answered right; of one label among several sensitivity and "
        "specificity, their mean",
    ),
    Column("nominated_rate", "float", "share of scored images whose map prefers the background"),
    Column("shortcut_rate", "float", "share of sampled cases with verdict shortcut"),
    Column("shortcut_rate_low", "float", "95% Wilson interval"),
    Column("shortcut_rate_high", "float", "95% Wilson interval"),
    Column(
        "background_effect",
        "float",
        "label probability lost on other classes' backgrounds",
    ),
    Column("background_effect_low", "float", "95% cluster bootstrap interval"),
    Column("background_effect_high", "float", "95% cluster bootstrap interval"),
    Column("capture", "float", "probability that other objects give to it on its backgrounds"),
    Column("capture_low", "float", "95% cluster bootstrap interval"),
    Column("capture_high", "float", "95% cluster bootstrap interval"),
    Column("q_value", "float", "Benjamini-Hochberg over classes"),
    Column("object_effect", "float", "mean loss by removing the object over a control hole"),
    Column("leak", "float", "AUROC of the label from what is not the object; chance .5"),
    Column("leak_low", "float", "95% interval"),
    Column("leak_high", "float", "95% interval"),
    Column("median_skill", "float", "median relevance_skill"),
    required("verdict", "string", "confirmed, suspected, context, clean, undetermined"),
    Column("cue", "string", "what the class relies on"),
    required("reason", "string", "the verdict in words"),
    Column("action", "string", "what the data team should do"),
    Column("nominated_null", "float", "nominated_rate under masks permuted within the class"),
    Column("cue_where", "string", "where in the picture the cue is"),
    Column("cue_strength", "float", "label probability lost when the cue goes (blur: captured)"),
    Column("cue_strength_low", "float", "95% cluster bootstrap interval"),
    Column("cue_strength_high", "float", "95% cluster bootstrap interval"),
    Column("cue_examples", "string", "case_ids that show it best, separated by spaces"),
    Column("leak_network", "float", "leak by the audited network's features alone"),
    Column("leak_plain", "float", "leak by plain colour and texture alone"),
    Column("leak_hole", "float", "the same probe on the hole's shape alone: the control"),
    Column("leak_rival", "float", "leak against the single class that is hardest to tell apart"),
    Column("leak_use", "string", "leaked and used; leaked, not used; used, no leak found; neither"),
    *(
        Column(f"{name}_loss", "float", f"mean label probability lost when {words}")
        for name, words in (
            ("greyscale", "the picture is grey"),
            ("grey_world", "its tint is taken away"),
            ("hue_turned", "its hues are turned"),
            ("blurred", "it is blurred"),
            ("jpeg", "it is strongly compressed"),
            ("border_cropped", "its outer frame is cropped"),
        )
    ),
    Column("reason_code", "string", "id of the reason's template"),
    Column("reason_numbers", "string", "the values that the template names, JSON"),
    Column("pair_with", "string", "the other class, where the verdict stands for the pair"),
    Column("shares_cue_with", "string", "classes whose backgrounds carry its cue, a JSON list"),
    Column("confirmed_by", "string", "intervention or review, where it is confirmed"),
    Column("look", "int", "images per class after which the class was decided"),
    Column("mask_stability", "float", "share of masks under which the verdict stays, 0..1"),
    Column("sufficiency", "float", "log odds that its backgrounds give to it on other objects"),
    Column("sufficiency_low", "float", "95% cluster bootstrap interval"),
    Column("sufficiency_high", "float", "95% cluster bootstrap interval"),
    Column(
        "cue_place", "string", "region or property whose exchange names the cue (as trials.place)"
    ),
    Column("sensitivity", "float", "of one label among several: share of its images found"),
    Column("specificity", "float", "share of sampled images without it that are left alone"),
    Column("auroc", "float", "of its score, over these images; chance .5"),
    Column("cue_where_code", "string", "cue_where as a code, see `auditor.domain.locations`"),
    Column("last_look", "int", "images of its last look, had it not been decided before"),
)

SLICES: tuple[Column, ...] = (
    required("slice", "string", "metadata column"),
    required("value", "string", "its value"),
    required("images", "int", "audited images in the slice"),
    required("tested", "int", "sampled and tested images in the slice"),
    Column("accuracy", "float", "share answered right"),
    Column("accuracy_low", "float", "95% Wilson interval"),
    Column("accuracy_high", "float", "95% Wilson interval"),
    Column("accuracy_gap", "float", "accuracy of the rest minus accuracy of the slice"),
    Column("shortcut_rate", "float", "share of sampled cases with verdict shortcut"),
    Column("shortcut_rate_low", "float", "95% Wilson interval"),
    Column("shortcut_rate_high", "float", "95% Wilson interval"),
    Column("association", "float", "bias-corrected Cramér's V of the column and the label, 0..1"),
    Column("q_value", "float", "Benjamini-Hochberg over slices, test of the accuracy gap"),
    required("worst_group", "bool", "the slice with the lowest accuracy of its column"),
)

EVIDENCE: tuple[Column, ...] = (
    required("case_id", "string", "case"),
    required("intervention", "string", "what was changed"),
    required("fill", "string", "what was put into the hole"),
    Column("donor", "string", "case_id of the background's donor"),
    Column("probability", "float", "label's probability of the picture"),
    required("picture", "bytes", "JPEG"),
)

TRIALS: tuple[Column, ...] = (
    required("case_id", "string", "case whose object is shown"),
    required("label", "string", "its class"),
    required("group", "string", "its statistical cluster"),
    required("intervention", "string", "what was changed"),
    required("fill", "string", "what was put into the hole"),
    Column("donor", "string", "case_id of the background's donor"),
    Column("donor_label", "string", "the donor's class"),
    Column("donor_group", "string", "the donor's statistical cluster"),
    required("p_label", "float", "probability of the case's label"),
    Column("p_label_control", "float", "the same on the paired controls"),
    Column("p_donor", "float", "probability of the donor's class"),
    Column("p_donor_control", "float", "the same on the paired controls"),
    required("answer", "string", "class the model answers to the changed image"),
    Column(
        "place",
        "string",
        "where something was done, as text of `auditor.domain.places`: patch top left side; edge"
        " top left side number; region kind depth; property kind; colours of object and background",
    ),
    Column("top_classes", "string", "classes of the largest probabilities, a JSON list"),
    *(Column(name, "float", "its probability, largest first") for name in TOP_PROBABILITIES),
)

HYPOTHESES: tuple[Column, ...] = (
    required("class", "string", "class, one of those without masks"),
    required("rank", "int", "from 1, the best shown first"),
    required("kind", "string", "patch, or the look: colour cast, blur, border frame"),
    Column("patch_group", "string", "group of alike patches, as in cases; null for a look"),
    required("standing", "string", "confirmed, suspected, open"),
    Column("place", "string", "where in the picture, in words"),
    required("images", "int", "images of the group; all of the class for a look"),
    required("share", "float", "share of the class's images, 0..1"),
    Column("consistency", "float", "keeps to a place where other classes' maps are not; chance 0"),
    Column("consistency_p", "float", "permutation test of the consistency"),
    Column("cost", "float", "label probability lost without it, over a control"),
    Column("cost_low", "float", "95% cluster bootstrap interval"),
    Column("cost_high", "float", "95% cluster bootstrap interval"),
    Column("cost_images", "int", "images behind the cost"),
    Column("win", "float", "probability that other classes' images give to the class with it"),
    Column("win_low", "float", "95% cluster bootstrap interval"),
    Column("win_high", "float", "95% cluster bootstrap interval"),
    Column("win_images", "int", "images behind the win"),
    Column("strength", "float", "label probability of the class that depends on it"),
    Column("examples", "string", "case_ids that show it best, separated by spaces"),
    required("reason", "string", "the standing in words"),
    Column("action", "string", "what to look at or do"),
    Column("picture", "bytes", "JPEG: the patches of its examples side by side"),
    Column("carries", "bool", "cost and win are proved by changed pictures"),
    Column("reason_code", "string", "stable id of the reason"),
    Column("reason_numbers", "string", "the numbers that the reason's text names, JSON"),
    Column("region", "string", "exchanged region (as trials.place) of a hypothesis on one"),
    Column("log_odds_cost", "float", "log odds against the data's classes lost without it"),
    Column("log_odds_cost_low", "float", "95% cluster bootstrap interval"),
    Column("log_odds_cost_high", "float", "95% cluster bootstrap interval"),
    Column("log_odds_win", "float", "log odds that it gives to the class in other classes' images"),
    Column("log_odds_win_low", "float", "95% cluster bootstrap interval"),
    Column("log_odds_win_high", "float", "95% cluster bootstrap interval"),
    Column("log_odds_null", "float", "log odds that control patches of the same size move"),
    Column("log_odds_shown", "bool", "the win surely exceeds floor and controls (q over the run)"),
    Column("place_code", "string", "place as a code, see `auditor.domain.locations`"),
)

SKIPPED: tuple[Column, ...] = (
    required("image", "string", "input that was not audited"),
    required("reason", "string", "why, in English"),
    Column("reason_code", "string", "stable id of the reason; empty where it has none"),
    Column("reason_numbers", "string", "the values that the reason's text names, JSON"),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "cases": CASES,
    "classes": CLASSES,
    "slices": SLICES,
    "evidence": EVIDENCE,
    "trials": TRIALS,
    "hypotheses": HYPOTHESES,
    "skipped": SKIPPED,
}


def names(table: str) -> list[str]:
    """Column names of a table, in order."""
    return [column.name for column in TABLES[table]]
