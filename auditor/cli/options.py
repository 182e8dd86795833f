"""Options that commands share."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.wording.languages import LANGUAGES

if TYPE_CHECKING:
    from auditor.wording.catalogue import Translator


def _print_version(asked: bool) -> None:
    if asked:
        from auditor import __version__

        typer.echo(f"shortcut-auditor {__version__}")
        raise typer.Exit


Quiet = Annotated[bool, typer.Option("--quiet", help="Only errors.")]
Json = Annotated[bool, typer.Option("--json", help="A machine-readable summary on stdout.")]
Debug = Annotated[bool, typer.Option("--debug", help="Tracebacks with errors.")]
Version = Annotated[
    bool,
    typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version."),
]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="|".join(LANGUAGES),
        help="Language; by default AUDITOR_LANG, else the locale's.",
    ),
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A finished run's folder.")]
Address = Annotated[str, typer.Option(help="Address the dashboard listens on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port the dashboard listens on.")]
Exposed = Annotated[
    bool,
    typer.Option(
        "--exposed", help="Let other machines in without sign-in, by an address with a token."
    ),
]

DEFAULT_ADDRESS = "127.0.0.1"
DEFAULT_PORT = 8501


def spoken(lang: str | None) -> Translator:
    """The texts of `--lang`, else of AUDITOR_LANG, else of the locale, else English.

    Raises:
        AuditorError: no such language.
    """
    from auditor.wording.catalogue import language, translator

    return translator(language(lang, os.environ))


def say(text: str, *, quiet: bool, as_json: bool = False) -> None:
    """A line for a person: not with --quiet, and on stderr when stdout carries JSON."""
    if not quiet:
        typer.echo(text, err=as_json)


def say_json(value: dict[str, Any]) -> None:
    """The machine-readable summary: one JSON object on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True))
