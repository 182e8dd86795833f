"""The dossier: what an auditor of a medical or high-risk system asks to see, section by section.

It gathers what a run says for the sections of technical documentation; it claims no conformity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_
from auditor.reports.composition import Composition, composition_facts
from auditor.reports.contents import RunContents
from auditor.reports.dossier_scenarios import OPEN, class_scenarios, slice_scenarios
from auditor.reports.html import render
from auditor.reports.labels import MEANING
from auditor.reports.method import method_words, sanity_sentence
from auditor.reports.provenance import provenance
from auditor.reports.rows import rows_of
from auditor.wording.catalogue import Translator, translator
from auditor.wording.numbers import decimal, share
from auditor.wording.stored_texts import manifest_texts

SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("purpose", N_("Purpose and limits"), "EU AI Act Annex IV 3; ISO/IEC TS 12791"),
    ("system", N_("System under test"), "EU AI Act Annex IV 2(b), 2(c)"),
    ("data", N_("Data: provenance, composition, gaps"), "EU AI Act Annex IV 2(d), Art. 10(2)(f)"),
    ("procedures", N_("Test procedures and metrics"), "EU AI Act Annex IV 2(g)"),
    (
        "scenarios",
        N_("Bias scenarios"),
        "EU AI Act Art. 10(2)(f)-(h); NIST AI RMF MEASURE 2.11; ISO/IEC TS 12791",
    ),
    ("review", N_("Human review"), "EU AI Act Annex IV 2(e), Art. 14"),
    ("digests", N_("Versions and digests"), "EU AI Act Annex IV 2(g)"),
    ("uncovered", N_("What this does not cover"), "EU AI Act Annex IV 3"),
)
"""Id, title, and what each section may serve as material for."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who answers for the run: from its signature, or nobody yet.

    Attributes:
        name, time, key: as signed; None where the run is not signed.
        holds: whether the signature fits the manifest.
    """

    name: str | None = None
    time: str | None = None
    key: str | None = None
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Reviewer:
    """How many cases a person decided."""

    name: str
    cases: int


@dataclass(frozen=True, slots=True)
class DossierReview:
    """What people said of the run's cases.

    Attributes:
        reviewers: who decided, most first.
        reviewed: cases with a decision that stands.
        several: cases decided by two people or more.
        same: of them, those decided alike.
        alpha: Krippendorff's, over all classes; None where it cannot be said.
    """

    reviewers: tuple[Reviewer, ...] = ()
    reviewed: int = 0
    several: int = 0
    same: int = 0
    alpha: float | None = None


def render_dossier(
    contents: RunContents,
    *,
    composition: Composition | None = None,
    signed: Signed | None = None,
    review: DossierReview | None = None,
    digests: Mapping[str, str] | None = None,
    lang: str = "en",
) -> str:
    """HTML.

    Args:
        contents: of the run.
        composition: of its data.
        signed: its signature, if there is one.
        review: of its cases.
        digests: SHA-256 of the run's files, by name.
        lang: one of `auditor.wording.languages.LANGUAGES`.
    """
    _ = translator(lang)
    manifest = contents.manifest
    return render(
        "dossier.html.j2",
        _,
        title=_subject(manifest),
        sections=[(name, _(title), serves) for name, title, serves in SECTIONS],
        created=manifest.created[:10],
        system=_system(contents, _),
        classes=rows_of(contents.classes[["class", "images", "tested", "accuracy", "verdict"]]),
        data=composition_facts(composition or Composition(), manifest, _),
        counts=manifest.counts,
        pictures=manifest.pictures,
        skipped=len(contents.skipped),
        warnings=list(manifest_texts(manifest, manifest.warnings, _)),
        splits=manifest.setting("data", "split"),
        method=method_words(contents, _),
        sanity=sanity_sentence(contents.summary.saliency_sane, manifest, _),
        metrics=_metrics(manifest, _),
        scenarios=[*class_scenarios(contents, _), *slice_scenarios(contents.slices, _)],
        untroubled=_untroubled(contents.classes),
        signed=signed or Signed(),
        review=review or DossierReview(),
        facts=provenance(manifest, _),
        digests=sorted((digests or {}).items()),
        uncovered=[_(text) for text in UNCOVERED],
    )


UNCOVERED = (
    N_("Cues that lie on the object itself, such as a mark inside the mask."),
    N_("Classes without images in the audited data, and inputs of other sources than these."),
    N_("Effects below the acceptance threshold, and classes with too few images."),
    N_("Harms, fairness towards persons, security, and the use of the system in practice."),
    N_("The rest of the technical documentation: this is material for some of its sections."),
)


def _subject(manifest: Manifest) -> str:
    return str(manifest.setting("model", "arch") or manifest.setting("model", "factory") or "")


def _system(contents: RunContents, _: Translator) -> list[tuple[str, str]]:
    wanted = {_("Model"), _("Checkpoint"), _("Weights, SHA-256"), _("Target layer")}
    facts = [(k, v) for k, v in provenance(contents.manifest, _) if k in wanted]
    names = contents.manifest.classes
    return [*facts, (_("Classes"), ", ".join(map(str, names)))]


def _metrics(manifest: Manifest, _: Translator) -> list[tuple[str, str]]:
    floor = manifest.setting("findings", "effect_floor")
    level = manifest.setting("findings", "q")
    least = manifest.setting("findings", "min_images")
    several = [(_("Labels"), _(MEANING))] if manifest.multilabel else []
    return [
        *several,
        (
            _("Background effect"),
            _(
                "Probability of the right answer that a class loses when its object stands on other"
                " classes' backgrounds instead of its own; 95% interval by a cluster bootstrap."
            ),
        ),
        (
            _("Capture"),
            _("Probability that other classes' objects lend to the class on its backgrounds."),
        ),
        (
            _("Acceptance"),
            _(
                "Cleared where the whole interval lies below {floor}; confirmed where effect and"
                " tests reach it at a false discovery rate of {level}; fewer than {least} images"
                " are not judged.",
                floor=share(floor),
                level=decimal(level),
                least=least,
            ),
        ),
    ]


def _untroubled(classes: pd.DataFrame) -> Sequence[str]:
    return [str(name) for name in classes.loc[~classes["verdict"].isin(OPEN), "class"]]
