"""Names from the data in Markdown: text, whatever they look like."""

from __future__ import annotations

import re

_ACTIVE = re.compile(
    r"""
    [\\`*_{}\[\]<>#!|~$&@]           # emphasis, links, HTML, headings, tables, formulas, entities
    | (?<![A-Za-z0-9])[-+]           # bullets, and Streamlit's dashes and arrows;
    | [-+](?![A-Za-z0-9])            # a hyphen between letters stays readable
    | :(?=\S)                        # addresses, and Streamlit's colours, icons and emoji
    | (?<=\S)[.](?=\S)               # addresses without a scheme
    | (?<=\d)[.)]                    # numbered lists
    | (?<=\])\( | =                  # targets of links, underlined headings
    """,
    re.VERBOSE,
)


def plain(text: object) -> str:
    """`text` on one line, so that it shows as it is in Markdown and does nothing.

    For GitHub's Markdown (reports, gates) and Streamlit's (dashboard), which also reads `:red[..]`,
    `:material/..:` and `$..$`.
    """
    return _ACTIVE.sub(r"\\\g<0>", " ".join(str(text).split()))
