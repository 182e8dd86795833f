"""Why maps failed a sanity check: messages with codes, stored in the manifest."""

from __future__ import annotations

from auditor.domain.messages import Message, coded


def flat() -> Message:
    """No map has a highest cell."""
    return coded(
        "sanity.flat",
        "every map is flat: nothing in this layer speaks for the predicted classes",
    )


def random_weights(found: float, most: float) -> Message:
    """Rank correlation with the maps of random weights, and the most that passes."""
    return coded(
        "sanity.random_weights",
        "the maps do not depend on the weights: with random ones they stay similar (rank"
        " correlation {found}, at most {most} expected); use another --method or --layer",
        found=f"{found:.2f}",
        most=f"{most}",
    )


def random_labels(found: float, most: float) -> Message:
    """Rank correlation with the maps of random labels, and the most that passes."""
    return coded(
        "sanity.random_labels",
        "the maps do not depend on the labels that the network learned: trained on"
        " random ones it gives similar maps (rank correlation {found}, at most {most}"
        " expected); use another --method or --layer",
        found=f"{found:.2f}",
        most=f"{most}",
    )


def not_repeatable(found: float) -> Message:
    """Rank correlation of two passes."""
    return coded(
        "sanity.not_repeatable",
        "the maps of an image differ from pass to pass (rank correlation {found}): the"
        " network is not deterministic; turn its dropout off in eval mode",
        found=f"{found:.2f}",
    )


def deletion(salient: float, chance: float, remedy: str) -> Message:
    """Log odds lost by blurring the most salient cells and random ones, and what to do."""
    return coded(
        "sanity.deletion",
        "the maps do not show what the answers depend on: blurring the most salient cells"
        " costs {salient} of the log odds, random ones {chance}; {remedy}",
        salient=f"{salient:.3f}",
        chance=f"{chance:.3f}",
        remedy=remedy,
    )
