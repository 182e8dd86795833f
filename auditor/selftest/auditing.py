"""Audits a planted world as a user would: files, a configuration, a run."""

from __future__ import annotations

from pathlib import Path

from auditor import wiring
from auditor.config import AuditConfig
from auditor.ports import Progress
from auditor.selftest.making import CLASSES, MANIFEST, WEIGHTS
from auditor.selftest.network import MEAN, STD, factory
from auditor.selftest.worlds import World
from auditor.storage.run import Run


def configuration(world: World, folder: Path, out: Path) -> AuditConfig:
    """The audit of a world that `making.make` wrote to `folder`; defaults where verdicts are
    concerned."""
    return AuditConfig.from_dict(
        {
            "data": {"path": folder / MANIFEST, "classes": folder / CLASSES},
            "model": {
                "factory": factory(len(world.classes), world.architecture, world.side),
                "checkpoint": folder / WEIGHTS,
                "preprocess": {"resize": world.side, "crop": False, "mean": MEAN, "std": STD},
            },
            "run": {
                "out": out,
                "seed": world.seed,
                "device": "cpu",
                "batch_size": 64,
                "workers": 0,
            },
            "report": {"images": False},
        },
        source="the self-test",
    )


def audit_world(world: World, folder: Path, out: Path, progress: Progress) -> Run:
    """Run the audit."""
    return wiring.audit(configuration(world, folder, out), progress=progress, overwrite=True)
