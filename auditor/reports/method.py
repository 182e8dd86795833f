"""How the audit was done, in words, and whether its maps can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_
from auditor.domain.summary import Summary
from auditor.reports.contents import RunContents
from auditor.reports.method_without_outlines import (
    method_name,
    nothing_changed,
    words_without_outlines,
)
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import decimal, share

CHECKS = {
    "gradient_reaches_layer": N_("The gradient reaches the explained layer"),
    "flat_maps": N_("Share of maps that are the same everywhere"),
    "randomised_similarity": N_(
        "Similarity of the maps to those of a network with random weights (1: the weights do not"
        " matter)"
    ),
    "random_labels_similarity": N_(
        "Similarity of the maps to those of the same network trained on random labels (1: the"
        " labels do not matter)"
    ),
    "deletion_loss_salient": N_("Log odds lost when the most salient places are deleted"),
    "deletion_loss_random": N_("Log odds lost when as many random places are deleted"),
}


@dataclass(frozen=True)
class SanityLine:
    """One check of the maps, in words."""

    what: str
    found: str


def sanity_lines(manifest: Manifest, _: Translator) -> list[SanityLine]:
    """The checks of the maps in the order that they were made."""
    checks = manifest.sanity.checks
    return [
        SanityLine(
            _(CHECKS[name]) if name in CHECKS else name.replace("_", " ").capitalize(),
            _found(value, _),
        )
        for name, value in checks.items()
    ]


def sanity_sentence(sane: bool | None, manifest: Manifest, _: Translator) -> str:
    """For the top of a report: whether the maps passed, with the figures that decided.

    A run whose maps failed has the reasons for that beside it, so no figures stand here.
    """
    if sane is None:
        return _("The heat maps were not checked in this run.")
    if not sane:
        return _("The heat maps failed their sanity check.")
    checks = manifest.sanity.checks
    likeness, salient, random = (
        decimal(checks[name]) if isinstance(checks.get(name), float) else None
        for name in ("randomised_similarity", "deletion_loss_salient", "deletion_loss_random")
    )
    told = [_("The heat maps passed their sanity check.")]
    if likeness is not None:
        told.append(_("Similarity to the maps of random weights: {likeness}.", likeness=likeness))
    if salient is not None and random is not None:
        told.append(
            _(
                "Deleting the most salient places costs {salient}, random ones {random} log odds.",
                salient=salient,
                random=random,
            )
        )
    return _.joined(told)


def method_words(contents: RunContents, _: Translator) -> list[str]:
    """Paragraphs that say what was done, with the run's own numbers."""
    manifest, summary = contents.manifest, contents.summary
    if contents.without_outlines:
        done = words_without_outlines(manifest, summary, _)
    else:
        done = [_mapped(manifest, _), _changed(manifest, summary, _), _decided(manifest, _)]
    return [
        *done,
        _(
            "The same input, seed ({seed}), device and versions give the same numbers.",
            seed="–" if manifest.seed is None else manifest.seed,
        ),
    ]


def _mapped(manifest: Manifest, _: Translator) -> str:
    if manifest.pictures is not None:
        return _(
            "{n:,} questions were put to the network, each about one label of one of {pictures:,}"
            " images. For each one a heat map ({method}, layer {layer}) shows which places raise"
            " the answer, and is compared with the object's mask. A map that prefers the background"
            " nominates the image for testing; it is not evidence of reliance.",
            n=manifest.counts.audited,
            pictures=manifest.pictures,
            method=method_name(manifest),
            layer=manifest.target_layer or "–",
        )
    return _.ngettext(
        "{n:,} image went through the network once. For each one a heat map ({method}, layer"
        " {layer}) shows which places raise the answer, and is compared with the object's mask. A"
        " map that prefers the background nominates the image for testing; it is not evidence of"
        " reliance.",
        "{n:,} images went through the network once. For each one a heat map ({method}, layer"
        " {layer}) shows which places raise the answer, and is compared with the object's mask. A"
        " map that prefers the background nominates the image for testing; it is not evidence of"
        " reliance.",
        manifest.counts.audited,
        method=method_name(manifest),
        layer=manifest.target_layer or "–",
    )


def _changed(manifest: Manifest, summary: Summary, _: Translator) -> str:
    interventions = manifest.section("interventions")
    if interventions.get("enabled") is False:
        return nothing_changed(_)
    tested = summary.tested
    looks = interventions.get("looks") or ()  # null or none in older runs
    numbers = {
        "most": looks[-1] if looks else interventions.get("per_class", "–"),
        "tested": "–" if tested is None else f"{tested:,}",
        "swaps": interventions.get("swaps", "–"),
    }
    if manifest.multilabel:
        return _(
            "Of each label a random sample of at most {most} images with it and as many without it"
            " ({tested} in all) was then changed on purpose: the object was removed; it was put on"
            " the backgrounds of {swaps} images of the other side and, as a control, of its own"
            " side; colour cast, sharpness and outer frame were exchanged in the same way; and the"
            " label's own sigmoid was asked again. What counts is the difference to the control, so"
            " that the traces of cutting and pasting cancel out.",
            **numbers,
        )
    stops = " " + _looked(looks, _) if len(looks) > 1 else ""
    said = _(
        "A random sample of at most {most} images per class ({tested} in all) was then changed on"
        " purpose: the object was removed; it was put on the backgrounds of {swaps} images of other"
        " classes and, as a control, of its own class; colour cast, sharpness and outer frame were"
        " exchanged in the same way; and the network was asked again. What counts is the difference"
        " to the control, so that the traces of cutting and pasting cancel out.",
        **numbers,
    )
    return said + stops


def _looked(looks: Sequence[int], _: Translator) -> str:
    return _(
        "A class was looked at after {looks} images and asked about no more once it was decided;"
        " intervals and p-values hold at all these looks together.",
        looks=", ".join(f"{look:,}" for look in looks),
    )


def _decided(manifest: Manifest, _: Translator) -> str:
    findings = manifest.section("findings")
    floor, q = findings.get("effect_floor"), findings.get("q")
    fewest = findings.get("min_images")
    if floor is None or q is None or fewest is None:
        return ""
    if manifest.multilabel:
        return _(
            "A label is confirmed if its sigmoid loses at least {floor} of its probability on"
            " backgrounds of images without it, or gains as much for their objects on its own"
            " backgrounds, if the other of the two reaches half of that, and if chance is ruled"
            " out (false discovery rate {q}). It is clean only if so large an effect is ruled out."
            " With fewer than {fewest:,} tested images it is undetermined.",
            floor=share(floor),
            q=f"{q:g}",
            fewest=int(fewest),
        )
    return _(
        "A class is confirmed if it loses at least {floor} of its probability away from its own"
        " backgrounds, frames or colour casts, if these draw other objects to it, and if chance is"
        " ruled out (false discovery rate {q}). It is clean only if so large an effect is ruled"
        " out. With fewer than {fewest:,} tested images it is undetermined.",
        floor=share(floor),
        q=f"{q:g}",
        fewest=int(fewest),
    )


def _found(value: object, _: Translator) -> str:
    if value is None:
        return _("not measured")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return decimal(value) if isinstance(value, (int, float)) else str(value)
