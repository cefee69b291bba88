"""The rules of asking and answering, without a database; any sequence of events is `tests.chaos.machine`'s."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.aeds.aed import Trouble
from backend.alerts.alert import Alert, AlertState
from backend.alerts.decide import decide
from backend.alerts.decision import (
    Accept,
    Afresh,
    Ask,
    Decline,
    End,
    EndIncident,
    FetchableAed,
    LoseAed,
    MoveAlert,
    Revise,
    State,
    Tick,
    Write,
    after,
)
from backend.alerts.due import to_ask_now
from backend.alerts.places import next_place
from backend.foundation.ids import AedId, AlertId, CentreId, IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.incidents.incident import Asking, EndReason
from backend.selection.candidate import Candidate, FromPlace, Verdict
from backend.selection.policies import shipped
from backend.selection.policy import Policy, Replace, Role, read_policy
from backend.selection.rank import rank
from tests.alarm.cast import NOON

INCIDENT = IncidentId(UUID(int=1))
POLICIES = {fields["name"]: read_policy(fields) for fields in shipped()}
DK_2026 = POLICIES["dk-2026"]
AEDS = [FetchableAed(AedId(UUID(int=900 + n)), open=n % 3 != 0, way_m=500.0 + n, detour_m=100.0 + n) for n in range(6)]


def alert(number: int, policy: Policy = DK_2026) -> Alert:
    return Alert(
        id=AlertId(UUID(int=1000 + number)),
        incident_id=INCIDENT,
        volunteer_id=VolunteerId(UUID(int=2000 + number)),
        kind=Kind.LIVE,
        centre_id=CentreId(UUID(int=2)),
        pseudonym=str(number),
        wave=1,
        ring_no=1,
        metres=100 * number,
        position_age_s=0,
        state=AlertState.RINGING,
        reason=None,
        asked_at=NOON,
        rings_until=NOON + timedelta(seconds=policy.rings_s),
        answered_at=None,
        place=None,
        left_reach=False,
        way_m=None,
        role=None,
        aed_id=None,
        ended_at=None,
        last_sign_at=NOON,
    )


def ringing(count: int, policy: Policy = DK_2026) -> State:
    return State(
        incident_id=INCIDENT,
        asking=Asking.ASKED,
        policy=policy,
        revision=1,
        last_event_at=NOON,
        centre_asked_at=None,
        end_reason=None,
        alerts=tuple(alert(n, policy) for n in range(count)),
        opened_at=NOON,
        wanted=count,
    )


def test_a_freed_place_is_the_lowest_one_left() -> None:
    alerts = [alert(n) for n in range(4)]
    held = [
        msgspec.structs.replace(each, state=state, place=place)
        for each, place, state in zip(
            alerts,
            (1, 2, 3, 4),
            (AlertState.ACCEPTED, AlertState.GAVE_UP, AlertState.ACCEPTED, AlertState.FINISHED),
            strict=True,
        )
    ]

    assert next_place(held) == 2


@given(unreachable=st.sets(st.integers(0, 19)))
def test_dk_2026_replaces_exactly_whom_no_channel_accepted(unreachable: set[int]) -> None:
    state = ringing(20)
    state = msgspec.structs.replace(state, unreached=frozenset(state.alerts[n].id for n in unreachable))

    decision = decide(state, Tick(), NOON + timedelta(seconds=1))

    assert len(unreachable) == to_ask_now(after(state, decision.effects, NOON), NOON)


def test_dk_2026_replaces_nobody_who_declines_or_is_silent() -> None:
    state = ringing(20)
    for each in state.alerts[:10]:
        state = after(state, decide(state, Decline(each.volunteer_id), NOON).effects, NOON)
    later = NOON + timedelta(seconds=200)
    state = after(state, decide(state, Tick(), later).effects, later)

    assert {AlertState.DECLINED, AlertState.MISSED} == {a.state for a in state.alerts}
    assert to_ask_now(state, later) == 0


@given(declined=st.integers(0, 7), silent_s=st.sampled_from([1, 6, 61]))
def test_phased_7_keeps_seven_asked(declined: int, silent_s: int) -> None:
    """Each decline is replaced; after 5 s so is whoever gave no receipt, after 60 s whoever is silent."""
    state = ringing(7, POLICIES["phased-7"])
    received = frozenset(a.id for a in state.alerts[:5])
    state = msgspec.structs.replace(state, received=received)
    for each in state.alerts[:declined]:
        state = after(state, decide(state, Decline(each.volunteer_id), NOON).effects, NOON)
    waiting = range(declined, 7)
    replaced = len(waiting) if silent_s > 60 else len([n for n in waiting if n >= 5]) if silent_s > 5 else 0

    assert declined + replaced == to_ask_now(state, NOON + timedelta(seconds=silent_s))


def test_every_shipped_policy_is_readable_and_gives_every_place_a_role() -> None:
    for policy in POLICIES.values():
        assert {policy.role_of_place(place) for place in range(1, 30)} <= set(Role)
        assert Replace.UNREACHABLE in policy.replace_on


def candidates() -> st.SearchStrategy[list[Candidate]]:
    one = st.builds(
        Candidate,
        volunteer_id=st.integers(1, 30).map(lambda n: VolunteerId(UUID(int=n))),
        metres=st.integers(0, 7_000),
        age_s=st.none() | st.integers(0, 100),
        from_place=st.sampled_from(FromPlace),
        obstacle=st.none() | st.sampled_from([Verdict.SNOOZED, Verdict.RINGING_ELSEWHERE]),
        lot=st.binary(min_size=4, max_size=4),
    )
    return st.lists(one, max_size=60)


def usable_metres(found: Iterable[Candidate], asked: set[Any]) -> list[int]:
    best: dict[Any, int] = {}
    for c in found:
        if c.obstacle is None and c.metres <= DK_2026.reach_m and c.volunteer_id not in asked:
            best[c.volunteer_id] = min(best.get(c.volunteer_id, c.metres), c.metres)
    return sorted(best.values())


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(found=candidates(), count=st.integers(0, 25), asked=st.sets(st.integers(1, 30), max_size=10))
def test_ranking_is_the_brute_force_answer_whatever_the_order(
    found: list[Candidate], count: int, asked: set[int]
) -> None:
    already = {VolunteerId(UUID(int=n)) for n in asked}

    ranking = rank(found, DK_2026.reach_m, count, already)

    assert usable_metres(found, already)[:count] == [c.metres for c in ranking.chosen]
    assert ranking == rank(list(reversed(found)), DK_2026.reach_m, count, already) or _has_twins(found)
    everybody = {c.volunteer_id for c in found} - already
    assert everybody == {c.volunteer_id for c in ranking.chosen} | {c.volunteer_id for c, _ in ranking.passed_over}


def _has_twins(found: Sequence[Candidate]) -> bool:
    """Two sightings that nothing tells apart but their order."""
    keys = [(c.metres, c.lot) for c in found]
    return len(keys) != len(set(keys))


def test_an_end_says_why_to_everybody() -> None:
    decision = decide(ringing(3), End(EndReason.UNSAFE_PLACE), NOON)

    assert EndIncident(EndReason.UNSAFE_PLACE) in decision.effects
    assert sum(isinstance(effect, Write) for effect in decision.effects) == 3


def test_whoever_lost_the_defibrillator_in_hand_is_one_of_those_who_can_go_direct() -> None:
    """Picked up, and dead: sent on to the next one, which nobody has in hand yet."""
    guaranteed = msgspec.structs.replace(DK_2026, direct_guarantee=True)
    state = ringing(1, guaranteed)
    (who,) = (a.volunteer_id for a in state.alerts)
    state = after(state, decide(state, Accept(who, AEDS, engaged_elsewhere=False), NOON).effects, NOON)
    fetches = msgspec.structs.replace(state.alerts[0], role=Role.AED, aed_id=AEDS[1].aed_id)
    state = msgspec.structs.replace(state, alerts=(fetches,), in_hand=frozenset({fetches.id}))

    decision = decide(state, LoseAed(who, Trouble.DEAD, AEDS), NOON)

    assert after(state, decision.effects, NOON).alerts[0].role is Role.DIRECT


def test_letting_go_of_somebody_asks_nobody_beyond_the_total() -> None:
    """Four of three: one whom no channel had reached was replaced, and said yes all the same."""
    state = ringing(4, msgspec.structs.replace(DK_2026, at_once=3, in_total=3))
    for each in state.alerts:
        state = after(state, decide(state, Accept(each.volunteer_id, [], engaged_elsewhere=False), NOON).effects, NOON)
    far, *near = (a.volunteer_id for a in state.alerts)
    afresh = {far: Afresh(9_000, 9_000)} | {each: Afresh(100, 100) for each in near}

    decision = decide(state, Revise(moved=True, afresh=afresh, nearest=[200, 300]), NOON)

    assert sum(isinstance(e, MoveAlert) and e.alert.let_go for e in decision.effects) == 1
    assert not [effect for effect in decision.effects if isinstance(effect, Ask)]
