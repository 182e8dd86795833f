"""How an audit without any outline of an object was done, in words."""

from __future__ import annotations

from auditor.domain.manifest import Manifest
from auditor.domain.summary import Summary
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import share

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


def method_name(manifest: Manifest) -> str:
    """Of the saliency method, as papers write it."""
    method = manifest.method or "gradcam"
    return METHODS.get(method, method)


def words_without_outlines(manifest: Manifest, summary: Summary, _: Translator) -> list[str]:
    """What was mapped, what was changed and how it was decided, a paragraph each."""
    return [_mapped(manifest, _), _changed(manifest, summary, _), _decided(manifest, _)]


def nothing_changed(_: Translator) -> str:
    """Said of a run without interventions."""
    return _(
        "No image was changed: interventions were turned off. So no class can be confirmed or"
        " cleared by this run."
    )


def _mapped(manifest: Manifest, _: Translator) -> str:
    return _(
        "For each of {n:,} images or questions about one a heat map ({method}, layer {layer}) shows"
        " which places raise the answer. No outline of an object is known, so no map could be"
        " compared with one, and no object could be removed or put on another background.",
        n=manifest.counts.audited,
        method=method_name(manifest),
        layer=manifest.target_layer or "–",
    )


def _changed(manifest: Manifest, summary: Summary, _: Translator) -> str:
    if manifest.section("interventions").get("enabled") is False:
        return nothing_changed(_)
    return _(
        "A random sample ({tested} in all) was then changed on purpose: the patches that the heat"
        " maps prefer were filled and exchanged with other classes, with equal patches as controls;"
        " colour cast, sharpness and outer frame were exchanged with other classes and, as a"
        " control, within the class; and the network was asked again. What counts is the difference"
        " to the control.",
        tested="–" if summary.tested is None else f"{summary.tested:,}",
    )


def _decided(manifest: Manifest, _: Translator) -> str:
    findings = manifest.section("findings")
    floor, q = findings.get("effect_floor"), findings.get("q")
    if floor is None or q is None:
        return ""
    return _(
        "Without outlines only colour cast, sharpness or outer frame can confirm a class: if their"
        " exchange costs it at least {floor} of its probability, if they draw other images to it,"
        " and if chance is ruled out (false discovery rate {q}). No class can be clean.",
        floor=share(floor),
        q=f"{q:g}",
    )
