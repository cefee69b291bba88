"""What one incident's page can say: `words_incident_da` and `words_incident_en` have this form."""

import msgspec

from backend.console.incident import ArrivalBy, Health
from backend.selection.candidate import Verdict


class IncidentWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is where a number, a name or a time goes."""

    since_report: str
    lasted: str
    is_open: str
    has_ended: str
    goes_on_in: str
    came_from: str
    people_went_on: str
    nobody_went_on: str
    people_came: str
    nobody_came: str
    see_replay: str
    lent: str
    where: str
    policy: str
    revision: str
    coarse: str
    excluded: str
    place_gone: str
    first_push: str
    first_receipt: str
    after_s: str
    not_yet: str
    going: str
    nobody_goes: str
    others_asked: str
    expected: str
    between: str
    arrival_by: dict[ArrivalBy, str]
    late: str
    not_told: str
    not_told_lead: str
    everybody_told: str
    asked: str
    asked_lead: str
    nobody_asked: str
    waves: str
    wave: str
    wave_says: str
    nearest_of: str
    reached_by: str
    by_nothing: str
    has_shown: str
    has_not_shown: str
    said_word: str
    told_word: str
    not_asked: str
    nobody_passed: str
    people_within: str
    reachable: str
    reachable_says: str
    reachable_unknown: str
    channels: str
    channel: str
    health_heading: str
    rings: str
    accepted: str
    waiting: str
    failed: str
    shown: str
    timeline: str
    older_left_out: str
    act: str
    all_down: str
    all_down_lead: str
    one_down: str
    reason: str
    more: str
    more_lead: str
    wider: str
    tell: str
    tell_lead: str
    word: str
    to_whom: str
    everybody_on_the_way: str
    revise: str
    revise_lead: str
    lat: str
    lon: str
    accuracy: str
    address: str
    floor: str
    door: str
    entrance: str
    door_code: str
    join: str
    join_lead: str
    into: str
    another_centres: str
    override: str
    override_lead: str
    glass: str
    glass_lead: str
    choose: str
    not_done: str
    wrong_number: str
    nothing_new: str
    refused: dict[str, str]
    healths: dict[Health, str]
    verdicts: dict[Verdict, str]
