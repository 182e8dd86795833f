"""Names from the data in Markdown: text, whatever they look like."""

from __future__ import annotations

import re

# A dot or a colon only acts inside an address, where GitHub would make a link of it.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#!|~$&@]|(?<=\S)\.(?=\S)|:(?=/)")


def plain(text: object) -> str:
    """Text that shows as it is in Markdown and does nothing."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(str(text).split()))
