"""`auditor.audit`: one audit from Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor import wiring
from auditor.config import AuditConfig
from auditor.ports import Silent
from auditor.storage.run import Run


def audit(
    config: AuditConfig | Mapping[str, Any] | Path | str,
    *,
    resume: bool = False,
    overwrite: bool = False,
) -> Run:
    """Audit a classifier on a dataset and return the written run.

    Args:
        config: an AuditConfig, a dict of the same shape, or the path of a TOML file.
        resume: go on with a run that stopped part-way.
        overwrite: make an existing run anew.

    Raises:
        ConfigError: with every fault of the configuration.
        AuditorError: anything else the user can put right.
    """
    if isinstance(config, AuditConfig):
        resolved = config
    elif isinstance(config, Mapping):
        resolved = AuditConfig.from_dict(config)
    else:
        resolved = AuditConfig.load(Path(config))
    return wiring.audit(resolved, resume=resume, overwrite=overwrite, progress=Silent())
