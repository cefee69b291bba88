"""What the pages of afterwards can say: `words_after_da` and `words_after_en` have this form."""

from collections.abc import Mapping

import msgspec

from backend.aftercare.alarm import LeftOut
from backend.aftercare.monthly import Measure
from backend.alerts.alert import AlertState
from backend.foundation.kinds import Kind


class AfterWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` or `{name}` is where a number, a name or a time goes."""

    after: str
    incidents: str
    figures: str
    incidents_lead: str
    no_incidents: str
    case: str
    incident: str
    opened: str
    ended: str
    how_it_ended: str
    still_open: str
    centre: str
    see_replay: str
    older: str
    kind: str
    kinds: Mapping[Kind, str]
    counts_only: str
    show: str

    replay: str
    replay_lead: str
    step: str
    step_of: str
    earlier: str
    later: str
    after_the_report: str
    steps: str
    people: str
    who: str
    state: str
    role: str
    not_asked_yet: str
    nobody_asked: str
    erased: str
    erased_note: str
    what_is_left: str
    address: str
    candidates: str
    positions: str
    kept: str
    never_kept: str
    contradicts: str
    nothing_written: str
    course_open: str
    course_ended: str
    its_page: str
    revision: str
    states: Mapping[AlertState, str]

    figures_lead: str
    internal: str
    since: str
    until: str
    by: str
    by_centre: str
    by_region: str
    csv: str
    month: str
    months: tuple[str, ...]
    measures: Mapping[Measure, str]
    meanings: Mapping[Measure, str]
    how_counted: str
    left_out: str
    left_out_because: Mapping[LeftOut, str]
    left_out_note: str
    unknown: str
    nothing: str
    unknown_note: str
    no_region: str
    no_figures: str
    waits: str
    plot: str
    plot_of: str
    minutes: str
    seconds_unit: str
    table_caption: str
    decimal: str
