"""What `manifest.json` of a run holds: every key, its type and its meaning, in one place.

Written and read through `auditor.storage.manifest`; what users see as `run.manifest` are the plain
JSON values. A key that a run does not have (it was added later, or is null) has its default here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.domain.multilabel import MULTILABEL
from auditor.domain.preprocess import Preprocess
from auditor.domain.schema import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Counts:
    """Images by what became of them.

    Attributes:
        images: listed by the data; `audited` + `skipped`.
        audited: rows of cases.parquet.
        skipped: rows of skipped.csv.
    """

    images: int = 0
    audited: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """SHA-256 in hex of what was audited; None in a run that does not say.

    Attributes:
        dataset: of image files, masks, boxes and labels.
        weights: of the network's parameters and buffers.
    """

    dataset: str | None = None
    weights: str | None = None


@dataclass(frozen=True, slots=True)
class SanityRecord:
    """What the checks of the saliency maps found; see `auditor.saliency.sanity`.

    Attributes:
        sane: no check failed; None where the maps were not checked.
        checks: their numbers by name; None where a check could not be made.
        reasons: what failed or could not be made, in words.
    """

    sane: bool | None = None
    checks: Mapping[str, bool | float | None] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file of a run as it was written.

    Attributes:
        sha256: in hex.
        bytes: its length.
    """

    sha256: str
    bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What was audited, with what, and how. The order of the keys is that of the file.

    Attributes:
        schema_version: of the run format.
        created: when the audit ended, ISO 8601 in UTC; "" in a run that does not say.
        config: `AuditConfig.to_dict()`: sections of keys.
        seed: of every random choice.
        versions: of Python and of the packages that shape a result, by name.
        device: in words, such as "cpu" or "cuda (NVIDIA H200)".
        environment: what computed; see `auditor.tensors.environment`.
        acceleration: what interventions ran on, why, and how far it was from float32.
        deterministic: torch's deterministic algorithms were on.
        fingerprints: of data and weights.
        target_layer: qualified name of the explained layer.
        method: name of the saliency method.
        classes: the model's class names, or labels, in the order of its outputs.
        counts: images by what became of them.
        timings: seconds per stage.
        throughput: images per second of the saliency stage.
        peak_memory: bytes, of `host` and `device`.
        sanity: what the checks of the saliency maps found.
        data_root: folder that column `image` is relative to, or an address.
        folder: absolute, in which the audit ran: relative paths of `config` are as seen from it.
        preprocess: the network's input geometry.
        warnings: what a user should know of data and audit, a sentence each.
        messages: code and values (JSON) of warnings, of the reasons of lost classes and of the
            checks of the maps, by their English text; filled as the manifest is written.
        lost_classes: classes of which no image could be audited, and why.
        auto_masks: how many masks were made automatically, by what, and how good they are; None
            without any.
        leakage: audited images that other splits hold too; None with a single split.
        pictures: image files among the audited cases, where an image may carry several labels and
            so be several cases; else None, and `counts.audited` says it.
        files: digest of every other file of the run, by name; None in runs from before digests.
        manifest_sha256: digest of all other keys; None in runs from before digests.
    """

    schema_version: int = SCHEMA_VERSION
    created: str = ""
    config: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    seed: int | None = None
    versions: Mapping[str, str | None] = field(default_factory=dict)
    device: str | None = None
    environment: Mapping[str, Any] = field(default_factory=dict)
    acceleration: Mapping[str, Any] | None = None
    deterministic: bool | None = None
    fingerprints: Fingerprints = field(default_factory=Fingerprints)
    target_layer: str | None = None
    method: str | None = None
    classes: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)
    timings: Mapping[str, float | None] = field(default_factory=dict)
    throughput: float | None = None
    peak_memory: Mapping[str, int | None] = field(default_factory=dict)
    sanity: SanityRecord = field(default_factory=SanityRecord)
    data_root: str = ""
    folder: str | None = None
    preprocess: Preprocess | None = None
    warnings: tuple[str, ...] = ()
    messages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lost_classes: Mapping[str, str | None] = field(default_factory=dict)
    auto_masks: Mapping[str, Any] | None = None
    leakage: Mapping[str, Any] | None = None
    pictures: int | None = None
    files: Mapping[str, FileDigest] | None = None
    manifest_sha256: str | None = None

    def section(self, name: str) -> Mapping[str, Any]:
        """A section of the run's configuration, empty where it is not there."""
        return self.config.get(name) or {}

    def setting(self, section: str, key: str) -> Any:
        """A key of the run's configuration, None where it is not there."""
        return self.section(section).get(key)

    @property
    def audited_pictures(self) -> int:
        """Image files that were audited."""
        return self.counts.audited if self.pictures is None else self.pictures

    @property
    def multilabel(self) -> bool:
        """An image of the run may carry several labels, each a question of its own."""
        return bool(self.setting("model", "output") == MULTILABEL)
