"""The configuration of a finished run, as whoever works on with it needs it."""

from __future__ import annotations

from pathlib import Path

from auditor.config import AuditConfig
from auditor.config_files import with_paths_from
from auditor.domain.manifest import Manifest


def audited_config(manifest: Manifest) -> AuditConfig:
    """What was audited. Relative paths are those of the folder in which the audit ran.

    Runs of earlier versions do not name that folder: their paths are as they stand.

    Raises:
        ConfigError: the manifest holds no configuration.
    """
    tree = manifest.config
    if manifest.folder is not None:
        tree = with_paths_from(tree, Path(manifest.folder))
    return AuditConfig.from_dict(tree, source="the run's manifest")
