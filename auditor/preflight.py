"""What the machine or the disk does not give a configuration: all of it is told before any work."""

from __future__ import annotations

import torch

from auditor.classifiers.architectures import TIMM, known_architectures, suggestion
from auditor.config import AuditConfig
from auditor.config_faults import HUB_FOLDER, missing_paths
from auditor.data.masks import grabcut
from auditor.domain.errors import ConfigError
from auditor.engines.ranks import RankPlace
from auditor.files import is_remote


def refuse_unavailable(config: AuditConfig, place: RankPlace | None) -> None:
    """Check that what a valid configuration names is there.

    Args:
        config: of the audit.
        place: among the ranks of a job.

    Raises:
        ConfigError: with every fault: files and folders that are not there, an architecture that
            is unknown, a device or an extra that is missing.
    """
    faults = missing_paths(config.to_dict())
    arch = config.model.arch
    names = known_architectures()
    # Names of timm and folders are looked up where they are loaded, with a fault of their own.
    if arch is not None and not arch.startswith((TIMM, HUB_FOLDER)) and arch not in names:
        faults.append(f"model.arch: unknown architecture {arch!r}: {suggestion(arch, names)}")
    if place is not None and config.run.out is None:
        faults.append("run.out: the ranks of a job need one folder for all of them (--out)")
    if place is not None and config.run.out is not None and is_remote(config.run.out):
        faults.append("run.out: the ranks of a job write one folder of a file system, no URL")
    if config.run.device == "cuda" and not torch.cuda.is_available():
        faults.append("run.device: cuda was asked for but torch sees no GPU (see `auditor doctor`)")
    if config.data.auto_mask == "grabcut" and not grabcut.is_available():
        faults.append(
            "data.auto_mask: grabcut needs OpenCV: pip install 'shortcut-auditor[automask]'"
        )
    if faults:
        raise ConfigError(faults, source="the resolved configuration")
