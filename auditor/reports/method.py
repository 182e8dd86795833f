"""How the audit was done, in words, and whether its maps can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.reports.words import count, decimal

CHECKS = {
    "gradient_reaches_layer": "The gradient reaches the explained layer",
    "flat_maps": "Share of maps that are the same everywhere",
    "randomised_similarity": "Likeness of the maps to those of a network with random weights "
    "(1: the weights do not matter)",
    "deletion_loss_salient": "What the answer loses when the most salient places are deleted",
    "deletion_loss_random": "What it loses when as many random places are deleted",
}


METHODS = {
    "gradcam": "Grad-CAM",
    "gradcam++": "Grad-CAM++",
    "hirescam": "HiResCAM",
    "layercam": "LayerCAM",
    "xgradcam": "XGrad-CAM",
    "eigencam": "Eigen-CAM",
    "scorecam": "Score-CAM",
    "ablationcam": "Ablation-CAM",
}


@dataclass(frozen=True)
class SanityLine:
    """One check of the maps, in words."""

    what: str
    found: str


def sanity_lines(manifest: Mapping[str, Any]) -> list[SanityLine]:
    """The checks of the maps in the order that they were made."""
    checks = (manifest.get("sanity") or {}).get("checks") or {}
    return [
        SanityLine(CHECKS.get(name, name.replace("_", " ").capitalize()), _found(value))
        for name, value in checks.items()
    ]


def sanity_sentence(sane: bool | None, manifest: Mapping[str, Any]) -> str:
    """For the top of a report: whether the maps passed, with the figures that decided.

    A run whose maps failed has the reasons for that beside it, so no figures stand here.
    """
    if sane is None:
        return "The heat maps were not checked in this run."
    if not sane:
        return "The heat maps failed their sanity check."
    checks = (manifest.get("sanity") or {}).get("checks") or {}
    likeness, salient, random = (
        decimal(checks[name]) if isinstance(checks.get(name), float) else None
        for name in ("randomised_similarity", "deletion_loss_salient", "deletion_loss_random")
    )
    told = [] if likeness is None else [f"likeness to the maps of random weights {likeness}"]
    if salient is not None and random is not None:
        told.append(
            f"deleting the most salient places costs {salient}, random ones {random} log-odds"
        )
    figures = f" ({'; '.join(told)})" if told else ""
    return f"The heat maps passed their sanity check{figures}."


def method_words(manifest: Mapping[str, Any], summary: Mapping[str, Any]) -> list[str]:
    """Paragraphs that say what was done, with the run's own numbers."""
    config = manifest.get("config") or {}
    counts = manifest.get("counts") or {}
    method = str(manifest.get("method") or "gradcam")
    looked = (
        f"{count(int(counts.get('audited', 0)), 'image')} went through the network once. For each"
        f" one a heat map ({METHODS.get(method, method)}, layer"
        f" {manifest.get('target_layer') or 'unknown'}) shows which places raise the answer, and is"
        " held against the object's mask. A map that prefers the background nominates the image;"
        " it convicts nobody."
    )
    return [
        looked,
        _changed(config, summary),
        _judged(config.get("findings") or {}),
        _again(manifest),
    ]


def _changed(config: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    interventions = config.get("interventions") or {}
    if interventions.get("enabled") is False:
        return (
            "No image was changed: interventions were turned off. So no class can be confirmed or"
            " cleared by this run."
        )
    tested = summary.get("tested")
    many = "" if tested is None else f" ({count(int(tested), 'image')} in all)"
    most = interventions.get("per_class", "some")
    swaps = interventions.get("swaps", "several")
    return (
        f"A random sample of at most {most} images a class{many} was then changed on purpose: the"
        f" object was taken out; it was put on the backgrounds of {swaps} images of other classes"
        " and, as a control, of its own class; tint, sharpness and outer frame were exchanged in"
        " the same way; and the network was asked again. What counts is the difference to the"
        " control, so that the traces of cutting and pasting cancel out."
    )


def _judged(findings: Mapping[str, Any]) -> str:
    floor, q = findings.get("effect_floor"), findings.get("q")
    fewest = findings.get("min_images")
    if floor is None or q is None or fewest is None:
        return ""
    return (
        f"A class is confirmed if it loses at least {decimal(floor)} of its probability away from"
        " its own backgrounds, frames or tints, if these draw other objects to it, and if chance is"
        f" ruled out for both (false discovery rate {q:g}); a softness need only draw. It is clean"
        " only if so large an effect is ruled out. With fewer than"
        f" {count(int(fewest), 'tested image')} nothing is said."
    )


def _again(manifest: Mapping[str, Any]) -> str:
    return (
        f"The same input, seed ({manifest.get('seed', 'unknown')}), device and versions give the"
        " same numbers."
    )


def _found(value: object) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return decimal(value) if isinstance(value, (int, float)) else str(value)
