"""What `auditor doctor` found, on a terminal."""

from __future__ import annotations

from typing import Any

import typer
from rich.cells import cell_len

from auditor.domain.messages import N_
from auditor.wording.catalogue import Translator

WIDTH, NAMES = 12, 19
"""Columns of the first word of a line, and of a package's name."""
DEVICE_KEYS = {
    "name": N_("name"),
    "processor": N_("processor"),
    "torch_build": N_("torch_build"),
    "threads": N_("threads"),
    "count": N_("count"),
    "memory_gib": N_("memory_gib"),
    "capability": N_("capability"),
    "driver": N_("driver"),
}


def show(found: dict[str, Any], _: Translator) -> None:
    """Print an examination.

    Args:
        found: as `auditor.cli.doctor.examination` makes it.
    """
    for name, value in _facts(found, _):
        typer.echo(_padded(name, WIDTH) + value)
    for name, got in {**found["versions"], **found["optional"]}.items():
        typer.echo(_padded(name, NAMES) + (got or _("not installed")))
    for fault in found["faults"]:
        typer.echo(_("fault: {fault}", fault=_.told(fault)))
    for note in found["notes"]:
        typer.echo(_("note: {note}", note=_.told(note)))
    typer.echo(_("no faults found") if found["healthy"] else _("fix the faults above"))


def _facts(found: dict[str, Any], _: Translator) -> list[tuple[str, str]]:
    device = {key: value for key, value in found["device"].items() if value is not None}
    told = ", ".join(f"{_(DEVICE_KEYS.get(key, key))} {value}" for key, value in device.items())
    return [
        ("python", _("{python} on {platform}", **_of(found, "python", "platform"))),
        (
            _("machine"),
            _("{cores} cores, {memory_gib} GiB of memory", **_of(found, "cores", "memory_gib")),
        ),
        (_("threads"), _threads(found["threads"], _)),
        (_("disk"), _("{disk_free_gib} GiB free here", **_of(found, "disk_free_gib"))),
        (_("device"), told),
    ]


def _of(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: found[name] for name in names}


def _threads(threads: dict[str, Any], _: Translator) -> str:
    given = ", ".join(threads["given"])
    return _(
        "{number} for OpenMP, {waiting} ({origin})",
        number=threads["openmp"] or _("an unknown number of"),
        waiting=_("idle ones sleep") if threads["passive"] else _("idle ones spin"),
        origin=_("given: {names}", names=given) if given else _("chosen by auditor"),
    )


def _padded(text: str, width: int) -> str:
    """Padded by what it takes on a terminal, where a Chinese character takes two cells."""
    return text + " " * max(1, width - cell_len(text))
