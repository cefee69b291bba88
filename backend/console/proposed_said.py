"""What somebody proposes for a centre, and what holds there, in plain words. Pure."""

from collections.abc import Mapping
from typing import assert_never

from backend.attention.queries_agreed import AgreementHeld
from backend.console.proposed import Attention, ByHand, Overflow, OverflowEnd, Proposed
from backend.console.words_centre import CentreWords
from backend.console.words_centre_da import CENTRE_DA
from backend.console.words_centre_en import CENTRE_EN
from backend.foundation.ids import CentreId


def centre_words(code: str) -> CentreWords:
    return CENTRE_EN if code == "en" else CENTRE_DA


def said_of(said: CentreWords, proposed: Proposed, names: Mapping[str, str]) -> str:
    """What will happen by it. `names` of centres by code."""
    match proposed:
        case ByHand():
            return said.by_hand_means.format(an_hour=proposed.an_hour, uncertain_m=proposed.uncertain_m)
        case Attention():
            means = said.attention_means[proposed.acknowledges]
            return f"{means} {said.nobody_means.format(nobody_after_s=proposed.nobody_after_s)}"
        case Overflow():
            return _overflow(said, proposed, names.get(proposed.to, proposed.to))
        case OverflowEnd():
            return said.overflow_end_means.format(to=names.get(proposed.to, proposed.to))
        case _:
            assert_never(proposed)


def helps(said: CentreWords, agreement: AgreementHeld, whose: str) -> str:
    """To the neighbour: what is expected of it."""
    means = said.helps_means.format(whose=whose, after_s=agreement.after_s, lends_for_min=agreement.lends_for_s // 60)
    return f"{means} {_hours(said, agreement.from_hour, agreement.to_hour)}"


def agreed(agreement: AgreementHeld, codes: Mapping[CentreId, str]) -> Overflow:
    """An agreement as it would be proposed."""
    return Overflow(
        codes.get(agreement.to_id, "–"),
        agreement.after_s,
        agreement.from_hour,
        agreement.to_hour,
        agreement.lends_for_s // 60,
    )


def _overflow(said: CentreWords, proposed: Overflow, to: str) -> str:
    means = said.overflow_means.format(to=to, after_s=proposed.after_s, lends_for_min=proposed.lends_for_min)
    return f"{means} {_hours(said, proposed.from_hour, proposed.to_hour)} {said.overflow_keeps}"


def _hours(said: CentreWords, from_hour: int, to_hour: int) -> str:
    if from_hour == to_hour:
        return said.overflow_always
    return said.overflow_within.format(from_hour=from_hour, to_hour=to_hour)
