"""What a dispatch centre does: raise an alarm, override an exclusion, end it."""

from datetime import datetime

from backend.alerts import duplicates
from backend.alerts.alert import Alert
from backend.alerts.apply import CHOOSING_TAKES_AT_MOST_S, LOOK_AGAIN, apply
from backend.alerts.decision import Ask, End, Event, State, reach_of, uncertain_m
from backend.alerts.due import still_asked, to_ask_at_a_new_place
from backend.alerts.take import load, promise_next_look, take
from backend.foundation import ids, telemetry, timers
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Actor, Connection
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Happening
from backend.foundation.kinds import Kind
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Asking, EndReason, Incident, Place, Report
from backend.incidents.record import record
from backend.incidents.words import Words
from backend.selection.policies import in_force
from backend.selection.policy import Policy, read_policy


async def raise_alarm(
    connection: Connection,
    actor: Actor,
    kind: Kind,
    centre_id: CentreId,
    report: Report,
    policy_name: str | None,
    linked_to: IncidentId | None,
    now: datetime,
    choosing_s: float = CHOOSING_TAKES_AT_MOST_S,
) -> IncidentId:
    """Open an incident and ask the first wave, in the caller's transaction.

    A fault in choosing never loses the incident: choosing has a savepoint and `choosing_s` of its own; if it fails,
    incident, journal and a timer due now are kept, and the worker chooses. Raises a 422 problem for a policy that
    does not exist or cannot be honoured; nothing is written then.
    """
    row = await in_force(connection, centre_id, policy_name, now)
    policy = read_policy(row.fields)
    against = excluded_by(policy, report, now)
    incident_id = IncidentId(ids.in_order())
    await incident_queries.insert(
        connection,
        incident_id,
        kind,
        centre_id,
        report,
        row.fields,
        Asking.EXCLUDED if against else Asking.PENDING,
        is_coarse(report.where.place, policy),
        against,
        linked_to,
        now,
    )
    place = report.where.place
    words = {} if report.told_by is None else {report.told_by: Words(place, place)}
    await incident_queries.put_place(connection, incident_id, centre_id, place, words)
    incident = await incident_queries.lock(connection, incident_id)
    assert incident is not None
    opened = Happening(
        Journal.INCIDENT_OPENED,
        {
            "policy": f"{policy.name} {policy.version}",
            "region": incident.region,
            "coarse": incident.coarse,
            "excluded_by": list(against),
            "linked_to": None if linked_to is None else str(linked_to),
        },
    )
    await record(connection, actor, incident, [opened], now)

    async def compare() -> None:
        await duplicates.mark(connection, actor, incident, now)

    await without_harm(connection, compare, "comparing with other incidents", CHOOSING_TAKES_AT_MOST_S)
    await timers.set_timer(connection, incident_id, duplicates.COMPARE, now + duplicates.COMPARED_AGAIN_AFTER, now)
    if against:
        await promise_next_look(connection, await load(connection, incident, now), now)
    else:
        await _ask_safely(connection, actor, incident, _first_wave(incident), now, choosing_s)
    return incident_id


def excluded_by(policy: Policy, report: Report, now: datetime) -> list[str]:
    """The circumstances that keep this policy from asking anybody; empty: it may."""
    against: list[str] = [c.value for c in report.all_circumstances() if c.value in policy.excludes]
    hours = policy.hours
    if hours is not None and not hours.from_hour <= now.astimezone(COPENHAGEN).hour < hours.to_hour:
        against.append("outside_hours")
    return against


def is_coarse(place: Place, policy: Policy) -> bool:
    """Whether the position is too rough to be treated as exact."""
    return place.accuracy_m is not None and place.accuracy_m > policy.coarse_radius_m


def _first_wave(incident: Incident) -> Ask:
    policy = read_policy(incident.policy)
    return Ask(policy.at_once, reach_of(policy, incident.reach_step, uncertain_m(incident)), beside=0)


async def _ask_safely(
    connection: Connection,
    actor: Actor,
    incident: Incident,
    asking: Ask,
    now: datetime,
    choosing_s: float = CHOOSING_TAKES_AT_MOST_S,
) -> None:
    """Choose and ask inside a savepoint; whatever goes wrong in there, the incident stays and a timer is due."""

    async def choose() -> bool:
        applied = await apply(connection, actor, incident, [asking], now, choosing_s)
        written = await incident_queries.lock(connection, incident.id)
        assert written is not None
        await promise_next_look(connection, await load(connection, written, now), now)
        return applied.choosing_failed

    failed = await without_harm(connection, choose, "choosing", 2 * choosing_s)
    if isinstance(failed, Fault):
        telemetry.choosing_failed_total.labels(incident.kind.value).inc()
        fault = Happening(Journal.CHOOSING_FAILED, {"fault": failed.kind})
        await record(connection, actor, incident, [fault], now)
    if failed:
        await timers.set_timer(connection, incident.id, LOOK_AGAIN, now, now)


async def ask_whom_it_lacks(connection: Connection, actor: Actor, incident_id: IncidentId, now: datetime) -> None:
    """Ask whoever the policy asks at once and has not: where another report was joined, or an exclusion overridden."""
    incident = await incident_queries.lock(connection, incident_id)
    assert incident is not None
    state = await load(connection, incident, now)
    count = to_ask_at_a_new_place(state)
    if not count:
        if incident.asking is Asking.PENDING:  # whoever another report carried over is enough
            await incident_queries.set_asking(connection, incident.id, Asking.ASKED)
        return
    if not state.alerts:
        await incident_queries.set_asking(connection, incident.id, Asking.PENDING)
    await _ask_safely(connection, actor, incident, Ask(count, state.reach_m, beside=still_asked(state, now)), now)


async def override_exclusion(
    connection: Connection, actor: Actor, incident: Incident, reason: str, now: datetime
) -> None:
    """The dispatcher asks all the same, and says why. The lock is held."""
    await incident_queries.override(connection, incident.id, reason, now)
    happening = Happening(Journal.EXCLUSION_OVERRIDDEN, {"excluded_by": list(incident.exclusions), "reason": reason})
    await record(connection, actor, incident, [happening], now)
    await ask_whom_it_lacks(connection, actor, incident.id, now)


async def end(
    connection: Connection, actor: Actor, incident_id: IncidentId, reason: EndReason, now: datetime
) -> list[Alert]:
    """End an incident: everybody ringing or going is stopped, told and freed. Returns the alerts it stopped.

    Ending it again changes nothing.
    """
    stopped: list[Alert] = []

    async def event_of(_incident: Incident, state: State) -> Event:
        stopped[:] = [alert for alert in state.alerts if alert.ended_at is None]
        return End(reason)

    await take(connection, actor, incident_id, event_of, now)
    return stopped
