"""What the pages for an alarm by hand can say; a part of it goes to their script."""

import msgspec

from backend.addresses.coordinates import How
from backend.addresses.search import What
from backend.api.dispatch_centre.act import OverrideReason
from backend.incidents.by_hand import WhyNot
from backend.incidents.incident import Asking, Circumstance
from backend.incidents.raised import Above
from backend.selection.preview import Band


class ByHandWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. Of what is said twice the first is a live alarm's, the second an exercise's."""

    new_alarm: tuple[str, str]
    banner: tuple[str, str]
    send: tuple[str, str]
    sent: tuple[str, str]
    to_other: tuple[str, str]
    box: str
    box_hint: str
    find: str
    other_place: str
    nothing_found: str
    places_found: str
    will_happen: str
    bands: dict[Band, str]
    nearest: str
    reach: str
    reading: str
    not_read: str
    second_called: str
    above: dict[Above, str]
    rough: str
    exact: str
    whats: dict[What, str]
    hows: dict[How, str]
    swapped: str
    circumstances: str
    circumstance: dict[Circumstance, str]
    excluded: str
    out_of_hours: str
    override: str
    no_override: str
    overrides: dict[OverrideReason, str]
    case: str
    case_hint: str
    door_code: str
    sending: str
    refused: str
    no_answer: str
    asking: dict[Asking, str]
    keys_hint: str
    to_board: str
    called_heading: str
    called_lead: str
    nobody_called: str
    raised_by: str
    raised_by_you: str
    see_it: str
    confirm: str
    stop: str
    confirmed: tuple[str, str]
    stopped: tuple[str, str]
    why_not: dict[WhyNot, str]
