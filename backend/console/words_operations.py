"""What the operations pages can say: `words_operations_da` and `words_operations_en` have this form."""

import msgspec

from backend.aeds.aed import Condition
from backend.aeds.review import Finding
from backend.alerts.synthetic_history import Leg
from backend.delivery.channel_health import State
from backend.delivery.message import Channel
from backend.foundation.chores import State as ChoreState
from backend.selection.policy import Replace


class OperationsWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is where a number or a time goes."""

    operations: str
    as_of: str
    no_figures_now: str
    fewer: str
    none: str
    # channels and addresses
    health: str
    channel_is_off: str
    channel_fails: str
    channels_quiet: str
    channels_fine: str
    channels_heading: str
    channel: str
    state: str
    taken_hour: str
    taken_day: str
    of: str
    unanswered: str
    waits: str
    oldest: str
    failures_heading: str
    outcome: str
    word: str
    hour: str
    day: str
    no_failures: str
    addresses_heading: str
    addresses_lead: str
    channels: dict[Channel, str]
    states: dict[State, str]
    outcomes: dict[str, str]
    address_channels: dict[str, str]
    healths: dict[str, str]
    # people held
    held: str
    nobody_held: str
    some_held: str
    held_lead: str
    held_who: str
    held_case: str
    held_by: str
    held_since: str
    last_sign: str
    minutes: str
    ringing: str
    mission: str
    ended: str
    exercise: str
    let_go: str
    not_let_go: tuple[str, str]
    # defibrillators
    aeds: str
    no_aeds: str
    aeds_fine: str
    aeds_waiting: str
    aeds_lead: str
    aeds_heading: str
    aeds_longest: str
    aed: str
    source: str
    reported: str
    since: str
    reports: str
    nobody_waits: str
    on_the_way: str
    made_up: str
    aed_not_settled: tuple[str, str]
    conditions_heading: str
    how_many: str
    conditions: dict[Condition, str]
    findings: dict[Finding, str]
    sources_heading: str
    sources_lead: str
    licence: str
    imported: str
    imported_long_ago: str
    standing: str
    gone: str
    # retention
    retention: str
    nothing_looked: str
    retention_stuck: str
    retention_failed: str
    retention_silent: str
    retention_fine: str
    retention_lead: str
    chore: str
    looked: str
    due_last: str
    removed_today: str
    removed_week: str
    by_day: str
    date: str
    removed: str
    looks: str
    broke_off: str
    nothing_removed: str
    chore_states: dict[ChoreState, str]
    chores: dict[str, str]
    # the synthetic alarm
    synthetic: str
    synthetic_none: str
    synthetic_silent: str
    synthetic_failed: str
    synthetic_fine: str
    synthetic_lead: str
    began: str
    pushed_after: str
    shown_after: str
    accepted_after: str
    under_way: str
    came_through: str
    legs: dict[Leg, str]
    # who could be reached
    reach: str
    reach_nobody: str
    reach_whole: str
    reach_lead: str
    municipality: str
    municipality_unknown: str
    signed_up: str
    reachable: str
    share: str
    too_few: str
    # what a centre decides of itself: console.words_centre
    centre: str
    # policies
    policies: str
    no_policy: str
    policy_in_force: str
    policy_to_come: str
    policies_lead: str
    in_force_heading: str
    policy: str
    version: str
    where: str
    here: str
    everywhere: str
    policy_from: str
    policy_until: str
    by: str
    of_ours: dict[str, str]
    two_people: str
    versions_heading: str
    policy_source: str
    made: str
    change: str
    cannot_be_used: str
    change_policy: str
    edit_first: str
    try_it: str
    draft: str
    changes_heading: str
    field: str
    before: str
    after: str
    preview_heading: str
    preview_lead: str
    preview_none: str
    preview_unknown: str
    preview_known: str
    alarm: str
    asked_then: str
    asked_would: str
    furthest: str
    within_m: str
    unknown: str
    ask_heading: str
    ask_from: str
    ask_from_hint: str
    fields: dict[str, str]
    replaces: dict[Replace, str]
