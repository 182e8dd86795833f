"""What tests of reports share: whether a PDF can be made here."""

from __future__ import annotations

import pytest

from auditor.domain.errors import RunError
from auditor.reports import pdf_of


@pytest.fixture(scope="session")
def pango() -> None:
    """WeasyPrint draws with a library of the system that pip does not bring."""
    try:
        pdf_of("<p>text")
    except RunError as error:
        pytest.skip(f"no Pango on this machine (Debian: libpangoft2-1.0-0): {error}")
