"""The HTML of a report as PDF, through the extra `pdf`."""

from __future__ import annotations

import shutil
import subprocess
from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec

from PIL import ImageFile

from auditor.domain.errors import RunError


@cache
def has_font(lang: str) -> bool:
    """Whether this machine can print the letters of a language: True where that cannot be told.

    Asks fontconfig, which chooses the fonts of a PDF.
    """
    lister = shutil.which("fc-list")
    if lang == "en" or lister is None:
        return True
    asked = [lister, f":lang={lang}", "family"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return True
    return bool(found.stdout.strip())


@cache
def can_print() -> bool:
    """Whether `pdf_of` finds WeasyPrint and its Pango library; imports neither."""
    return find_spec("weasyprint") is not None and find_library("pango-1.0") is not None


def pdf_of(html: str) -> bytes:
    """A self-contained page as PDF; nothing is fetched.

    Raises:
        RunError: if WeasyPrint or a library that it needs is missing.
    """
    # Importing WeasyPrint makes PIL accept truncated files in the whole process; an audit must not.
    truncated = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise RunError(
            "A PDF needs the extra `pdf`.",
            code="extra.pdf",
            expected="WeasyPrint 68 or newer and the Pango library",
            got=str(error).splitlines()[0],
            remedy="pip install 'shortcut-auditor[pdf]' (on Debian also apt install libpango-1.0-0"
            " libpangoft2-1.0-0), or write --format html and print it from a browser",
        ) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = truncated
    pictures_inside = URLFetcher(allowed_protocols=("data",))
    content: bytes = HTML(string=html, url_fetcher=pictures_inside).write_pdf()
    return content
