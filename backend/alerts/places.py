"""Places and roles: who goes straight, who goes by way of which defibrillator. Pure."""

from collections.abc import Sequence

from backend.alerts.alert import Alert, AlertState
from backend.alerts.decision import FetchableAed, State
from backend.selection.policy import Role


def next_place(alerts: Sequence[Alert]) -> int:
    """The lowest place somebody left, else the next ordinal: counted over the whole incident, across waves."""
    taken = {a.place for a in alerts if a.place is not None and a.state in (AlertState.ACCEPTED, AlertState.FINISHED)}
    return next(place for place in range(1, len(taken) + 2) if place not in taken)


def role_for(
    state: State, alert: Alert, place: int, options: Sequence[FetchableAed]
) -> tuple[Role, FetchableAed | None]:
    """The role of a place, with the defibrillator to fetch; direct where fetching one makes no sense."""
    role = state.policy.role_of_place(place)
    if role is not Role.AED:
        return role, None
    aed = best_aed(state, alert, options)
    return (Role.DIRECT, None) if aed is None else (Role.AED, aed)


def best_aed(state: State, alert: Alert, options: Sequence[FetchableAed]) -> FetchableAed | None:
    """The open, free defibrillator with the shortest way through it, within the policy's detour.

    A doubtful one counts as further away than it is.
    """
    taken = {a.aed_id for a in state.alerts if a.state is AlertState.ACCEPTED and a.volunteer_id != alert.volunteer_id}
    usable = [o for o in options if o.open and o.aed_id not in taken and _detour_is_worth_it(state, o)]
    return min(usable, key=lambda o: (o.way_m / o.reliability, o.aed_id.bytes), default=None)


def _detour_is_worth_it(state: State, option: FetchableAed) -> bool:
    most_m, most_share = state.policy.aed_detour_max_m, state.policy.aed_detour_max_share
    if most_m is not None and option.detour_m > most_m:
        return False
    return most_share is None or option.detour_m <= most_share * (option.way_m - option.detour_m)
