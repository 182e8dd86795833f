"""AuditConfig: the whole audit as one frozen value, from TOML, flags or a dict.

`auditor run --print-config` prints every key. Unknown keys are faults; all faults are reported at
once. Paths in a file are relative to that file; paths from flags or a dict are relative to the
current folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import (
    ValidationError,
)

from auditor.config_faults import (
    missing_paths,
    network_faults,
    schema_faults,
)
from auditor.config_files import put, read_toml, toml_of
from auditor.config_sections import (
    DataSection,
    FindingsSection,
    GateSection,
    InterventionsSection,
    Method,
    ModelSection,
    NotifySection,
    PreprocessSection,
    ReportSection,
    RunSection,
    SaliencySection,
    Section,
)
from auditor.domain.errors import ConfigError

__all__ = [
    "AuditConfig",
    "DataSection",
    "FindingsSection",
    "GateSection",
    "InterventionsSection",
    "Method",
    "ModelSection",
    "NotifySection",
    "PreprocessSection",
    "ReportSection",
    "RunSection",
    "SaliencySection",
    "Section",
]


class AuditConfig(Section):
    """One audit. Only `data.path` and the model have no default."""

    data: DataSection
    model: ModelSection
    saliency: SaliencySection = SaliencySection()
    interventions: InterventionsSection = InterventionsSection()
    findings: FindingsSection = FindingsSection()
    run: RunSection = RunSection()
    report: ReportSection = ReportSection()
    notify: NotifySection = NotifySection()
    gate: GateSection = GateSection()

    @classmethod
    def load(
        cls,
        path: Path | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> AuditConfig:
        """A configuration from a TOML file with dotted overrides (`{"run.seed": 3}`) on top.

        Raises:
            ConfigError: with every fault, if anything is wrong.
        """
        tree = read_toml(path) if path is not None else {}
        for dotted, value in (overrides or {}).items():
            put(tree, dotted, value)
        return cls.from_dict(tree, source=str(path) if path else "the flags")

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any], *, source: str = "the dict") -> AuditConfig:
        """A validated configuration; `ConfigError` names all faults at once."""
        try:
            return cls.model_validate(dict(tree))
        except ValidationError as error:
            # Pydantic runs a section's own rule only once its keys are right.
            model = tree.get("model")
            rule = network_faults(model) if isinstance(model, Mapping) else []
            faults = [f for f in schema_faults(error) if not any(said in f for said in rule)]
            faults += [f"model: {said}" for said in rule]
            raise ConfigError([*faults, *missing_paths(tree)], source=source) from None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, every key present; `from_dict` takes it back."""
        plain: dict[str, Any] = self.model_dump(mode="json")
        return plain

    def to_toml(self) -> str:
        """The resolved configuration as a file (`--print-config`); None is written as comment."""
        return toml_of(self.to_dict())
