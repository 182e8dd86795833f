"""`auditor verify` and `auditor sign`: is a run what was written, and who vouches for it."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken
from auditor.domain.errors import RunError
from auditor.domain.messages import N_

FAILS = 1
WORDS = {
    True: N_("holds: {name}: {text}"),
    False: N_("fails: {name}: {text}"),
    None: N_("not checked: {name}: {text}"),
}


def verify(
    run: RunFolder,
    data: Annotated[
        bool, typer.Option("--data", help="Compare images, masks and weights as well.")
    ] = False,
    public_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM key that the run must be signed with."),
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Check a run against its digests, schema, counts and signature: 0 if all hold, 1 if not."""
    from auditor.verification import verify as verify_run

    _ = spoken(lang)
    found = verify_run(run, data=data, public_key=public_key)
    if as_json:
        signature = None if found.signature is None else asdict(found.signature)
        checks = [asdict(check) for check in found.checks]
        say_json(
            {"run": str(found.path), "holds": found.holds, "checks": checks, "signature": signature}
        )
    for check in found.checks:
        told = _(WORDS[check.holds], name=check.name, text=_.told(check.told))
        say(told, quiet=quiet, as_json=as_json)
        for fault in check.faults:
            say(f"       {_.told(fault)}", quiet=quiet, as_json=as_json)
    outcome = _("the run holds") if found.holds else _("the run does not hold")
    say(f"{outcome}: {found.path}", quiet=quiet, as_json=as_json)
    if not found.holds:
        raise typer.Exit(FAILS)


def sign(
    run: RunFolder,
    key: Annotated[Path, typer.Option(metavar="FILE", help="PEM file of an Ed25519 private key.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who signs; default the account's name.")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Sign a run and its report with the date and a name; refused where the run does not hold."""
    from auditor.storage.run import open_run
    from auditor.verification import sign as sign_run
    from auditor.verification import verify as verify_run

    _ = spoken(lang)
    opened = open_run(run)
    failed = [c for c in verify_run(opened).checks if c.holds is False and c.name != "signature"]
    if failed:
        raise RunError(
            "The run does not hold, so it is not signed.",
            code="verify.does_not_hold",
            expected=f"a run that `auditor verify {run}` finds as it was written",
            got=f"{failed[0].name}: {'; '.join(failed[0].faults) or failed[0].told}",
            remedy="copy the run again from where it was written, or audit again",
        )
    made = sign_run(opened.path, opened.metadata, key, name=name or getpass.getuser())
    if as_json:
        say_json({"run": str(opened.path), "signature": asdict(made)})
    told = _("signed by {name}, {time}, key {key}", name=made.name, time=made.time, key=made.key_id)
    say(told, quiet=quiet, as_json=as_json)
