"""A gate's outcome for CI servers: JUnit XML, Markdown, JSON."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree as ET

from auditor.gate.baseline import NOT_COMPARABLE
from auditor.gate.outcome import Check, Gate
from auditor.wording.catalogue import Translator
from auditor.wording.escaping import plain
from auditor.wording.numbers import ENGLISH
from auditor.wording.reasons import reason_of_class

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""
SHOWN_HELD = 20


def junit(gate: Gate) -> str:
    """JUnit XML: a test case a check; warnings as the suite's system-out."""
    counts = {
        "tests": str(len(gate.checks)),
        "failures": str(len(gate.failed)),
        "errors": "0",
        "time": "0",
    }
    root = ET.Element("testsuites", {"name": "auditor gate", **counts})
    named = {"name": _xml(f"auditor gate {gate.run}"), **counts, "skipped": "0"}
    suite = ET.SubElement(root, "testsuite", named)
    for check in gate.checks:
        case = ET.SubElement(
            suite, "testcase", classname="auditor.gate", name=_xml(check.name), time="0"
        )
        if not check.holds:
            kind = check.name.partition(":")[0] if check.comparable else NOT_COMPARABLE
            failure = ET.SubElement(case, "failure", message=_xml(check.told), type=_xml(kind))
            failure.text = _xml("\n".join((check.told, *check.details)))
    if gate.warnings:
        ET.SubElement(suite, "system-out").text = _xml("\n".join(gate.warnings))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def markdown(gate: Gate, _: Translator = ENGLISH) -> str:
    """A summary for a pull request: failures first, what holds in short."""
    held = [check for check in gate.checks if check.holds]
    run = plain(gate.run)
    outcome = (
        _("Shortcut gate holds: {run}", run=run)
        if gate.holds
        else _("Shortcut gate fails: {run}", run=run)
    )
    against = ""
    if gate.baseline:
        against = _(", compared with {baseline}", baseline=plain(gate.baseline))
    lines = [
        f"## {outcome}{against}",
        "",
        *(_item(check, _) for check in gate.failed),
        *(f"- ✓ {plain(_.told(check.told))}" for check in held[:SHOWN_HELD]),
    ]
    if len(held) > SHOWN_HELD:
        lines.append("- ✓ " + _("{n:,} more checks hold", n=len(held) - SHOWN_HELD))
    lines += [f"- ⚠ {plain(_.told(warning))}" for warning in gate.warnings]
    return "\n".join(lines) + "\n"


def machine(gate: Gate) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "run": gate.run,
        "baseline": gate.baseline,
        "holds": gate.holds,
        "failed": len(gate.failed),
        "checks": [_plain(check) for check in gate.checks],
        "warnings": list(gate.warnings),
    }


def details(check: Check, _: Translator) -> tuple[str, ...]:
    """A line for each thing behind a failure, in the reader's language."""
    if check.classes:
        return tuple(f"{row['class']}: {reason_of_class(row, _)}" for row in check.classes)
    return tuple(map(_.told, check.details))


def _plain(check: Check) -> dict[str, Any]:
    return {name: value for name, value in asdict(check).items() if name != "classes"}


def _item(check: Check, _: Translator) -> str:
    told = (f"  - {plain(detail)}" for detail in details(check, _))
    return "\n".join([f"- ✗ **{plain(_.told(check.told))}**", *told])


def _xml(text: str) -> str:
    return _NO_XML.sub("�", text)
