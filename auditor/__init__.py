"""shortcut-auditor: does an image classifier look at the object or cheat with the background?

`import auditor` is light: torch is imported when something needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.api import audit
    from auditor.config import AuditConfig
    from auditor.data_audit.auditing import audit_data
    from auditor.domain.errors import AuditorError
    from auditor.repairs.loop import repair
    from auditor.saliency.api import CamResult, grad_cam
    from auditor.storage.run import Run, open_run
    from auditor.verification import Verification, verify

    __version__: str

_HOMES = {
    "AuditConfig": "auditor.config",
    "AuditorError": "auditor.domain.errors",
    "CamResult": "auditor.saliency.api",
    "Run": "auditor.storage.run",
    "audit": "auditor.api",
    "audit_data": "auditor.data_audit.auditing",
    "grad_cam": "auditor.saliency.api",
    "open_run": "auditor.storage.run",
    "repair": "auditor.repairs.loop",
    "Verification": "auditor.verification",
    "verify": "auditor.verification",
}

__all__ = [
    "AuditConfig",
    "AuditorError",
    "CamResult",
    "Run",
    "Verification",
    "__version__",
    "audit",
    "audit_data",
    "grad_cam",
    "open_run",
    "repair",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name in _HOMES:
        if name == "audit":
            # An audit may be alone in its process; who has imported torch has chosen by himself.
            import_module("auditor.threads").choose_threads()
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'auditor' has no attribute {name!r}")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    for name in ("shortcut-auditor", "shortcut-auditor-dashboard"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "0+unknown"


def __dir__() -> list[str]:
    return sorted(__all__)
