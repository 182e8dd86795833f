"""How a repair went, in words."""

from __future__ import annotations

from auditor.domain.messages import N_
from auditor.repairs.method_names import ALLOWED_LOSS, METHOD_LABEL, Method
from auditor.repairs.records import Repair, Round
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH, share

ENDS = {
    "gone": N_("Nothing is confirmed any more."),
    "no better": N_(
        "It ended because no method made the answers depend less on the cues without costing more"
        " than {loss} of accuracy on held-out images."
    ),
    "rounds used up": N_("It ended because the rounds were used up; ask for more with --rounds."),
}
"""Why a repair ended, in words."""


def end_words(repair: Repair, _: Translator = ENGLISH) -> str:
    """Why it ended; "" while it goes on."""
    return _(ENDS[repair.ended], loss=share(ALLOWED_LOSS)) if repair.ended in ENDS else ""


def chosen_words(each: Round, _: Translator = ENGLISH) -> str:
    """The method that a round kept; the name as stored where this version does not know it."""
    if each.chosen is None:
        return _("no method was better than doing nothing")
    known = each.chosen in list(Method)
    return _(METHOD_LABEL[Method(each.chosen)]) if known else each.chosen
