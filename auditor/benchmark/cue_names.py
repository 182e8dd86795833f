"""Which names of a cue are right for what the renderer planted."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.selftest.cues import CueKind

ACCEPTED: Mapping[CueKind, tuple[str, ...]] = {
    CueKind.BACKGROUND: ("background",),
    CueKind.TAG: ("corner mark", "tag"),
    CueKind.FRAME: ("border frame", "frame"),
    CueKind.CAST: ("colour cast", "cast", "tint"),
    CueKind.COMPANION: ("co-occurring object", "companion"),
    CueKind.WATERMARK: ("edge mark", "watermark"),
    CueKind.STICKER: ("edge mark", "sticker"),
    # A stamp that lies in a corner is a mark there, with the same remedy.
    CueKind.DATE: ("date stamp", "band", "date", "corner mark"),
    CueKind.RULER: ("band", "ruler"),
    CueKind.EXPOSURE: ("exposure", "brightness"),
    CueKind.VIGNETTE: ("vignette",),
    CueKind.LETTERBOX: ("letterbox", "padding bars"),
    CueKind.COMPRESSION: ("compression",),
}
"""The program's own label of a cue first, then common names; compared in lower case, and a longer
text counts where it holds one of them as words."""


def names_cue(said: str, planted: str) -> bool:
    """Whether a tool's word names what was planted.

    Args:
        said: the cue as the tool calls it.
        planted: value of a `CueKind`, as truth.json has it.
    """
    text = f" {said.lower().replace('_', ' ')} "
    return any(f" {name} " in text for name in ACCEPTED[CueKind(planted)])
