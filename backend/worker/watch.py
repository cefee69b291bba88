"""What no process can know by itself is asked of the database, for infra/alarms.yml; and the chain is gone through.

Every worker looks, so that one that is left still tells: whoever reads the figures takes the largest.
"""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from prometheus_client import Counter, Gauge

from backend.delivery.message import Channel
from backend.delivery.switches import switches
from backend.foundation import sealer
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.kinds import Kind
from backend.identity import queries_staff_session as staff_sessions
from backend.incidents.sealing import sources
from backend.worker import queries
from backend.worker.queries import OfKind

LOOK_EVERY_S = 10.0
AN_HOUR = timedelta(hours=1)
SOMEBODY_SAYS_YES_WITHIN = timedelta(minutes=3)  # the longest ring, and a minute
SEALS_AT_ONCE = 200  # a few milliseconds of this process: it also sends
NEWEST_FIRST = 5_000

looked_at_timestamp = Gauge(
    "hjerteloeber_worker_looked_at_timestamp", "When a worker last asked the database how all fares, since 1970"
)
timer_overdue_seconds = Gauge(
    "hjerteloeber_timer_overdue_seconds", "How long the timer due longest has been so", ["kind"]
)
message_waits_seconds = Gauge(
    "hjerteloeber_message_waits_seconds", "How long the message due longest has been so", ["kind", "channel"]
)
choice_waits_seconds = Gauge(
    "hjerteloeber_choice_waits_seconds", "How long an open incident has waited to be chosen for", ["kind"]
)
incidents_asked = Gauge("hjerteloeber_incidents_asked", "Incidents of the last hour that asked somebody", ["kind"])
incidents_nobody_accepted = Gauge(
    "hjerteloeber_incidents_nobody_accepted", "… of these, those to which nobody said yes within 3 minutes", ["kind"]
)
incidents_nobody_in_reach = Gauge(
    "hjerteloeber_incidents_nobody_in_reach", "Incidents of the last hour for which nobody was found", ["kind"]
)
missed_for_outage = Gauge(
    "hjerteloeber_alerts_missed_for_outage", "Alerts of the last 15 minutes that were never tried in time", ["kind"]
)
revisions_unheard = Gauge(
    "hjerteloeber_revisions_unheard", "People on the way whose phone has not shown the new place", ["kind"]
)
place_kept_seconds = Gauge(
    "hjerteloeber_place_kept_seconds", "How long a patient's place is kept after the incident's end", ["kind"]
)
journal_unsealed_seconds = Gauge(
    "hjerteloeber_journal_unsealed_seconds", "Age of the oldest recent journal entry that is not in the chain"
)
channel_on = Gauge("hjerteloeber_channel_on", "1 while the operator's switch of the channel is on", ["channel"])
sealed_sessions = Gauge(
    "hjerteloeber_sealed_sessions", "People at work who came in by a seat's envelope: nobody vouched for who they are"
)
journal_broken_total = Counter(
    "hjerteloeber_journal_broken_total", "Seals whose digest is not what their record and the seal before give"
)

_log = structlog.get_logger()


async def look(database: Database, clock: Clock) -> float:
    """One look at everything; gives when the next is due."""
    now = clock.now()
    async with database.acting_as(Actor(Role.STATS), Lane.REST) as connection:
        _show(timer_overdue_seconds, await queries.overdue_timers(connection, now))
        _show(choice_waits_seconds, await queries.waiting_for_a_choice(connection, now))
        _show(missed_for_outage, await queries.missed_for_outage(connection, now - 24 * AN_HOUR, now - AN_HOUR / 4))
        _show(revisions_unheard, await queries.unheard_revisions(connection))
        _show(place_kept_seconds, await queries.places_kept(connection, now))
        answered = await queries.answered(connection, now - AN_HOUR, now - SOMEBODY_SAYS_YES_WITHIN)
        _show(incidents_asked, [OfKind(each.kind, each.asked) for each in answered])
        _show(incidents_nobody_accepted, [OfKind(each.kind, each.nobody_accepted) for each in answered])
        _show(incidents_nobody_in_reach, [OfKind(each.kind, each.nobody_in_reach) for each in answered])
        waiting = {(each.kind, each.channel): each for each in await queries.waiting_messages(connection, now)}
        for channel in (Channel.FCM, Channel.SMS):
            of_it = [OfKind(kind, each.figure) for (kind, on), each in waiting.items() if on == channel]
            _show(message_waits_seconds, of_it, channel.value)
        for switch in await switches(connection):
            channel_on.labels(switch.channel.value).set(switch.enabled)
        journal_unsealed_seconds.set(await queries.unsealed_for(connection, now))
    async with database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:  # who is signed in is no statistic
        sealed_sessions.set(await staff_sessions.count_sealed(connection, now))
    looked_at_timestamp.set(now.timestamp())
    return LOOK_EVERY_S


def _show(gauge: Gauge, found: Iterable[OfKind], *labels: str) -> None:
    """What is not found is nought: a figure that is missing could not be told from one nobody asked for."""
    of = {each.kind: each.figure for each in found}
    for kind in Kind:
        gauge.labels(kind.value, *labels).set(of.get(kind, 0.0))


class ChainCheck:
    """Goes through the chain piece by piece, from its newest part on, and begins anew at its end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after: int | None = None

    async def round(self) -> float:
        async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
            if self._after is None:
                self._after = max(0, (await sealer.head(connection)).position - NEWEST_FIRST)
            part = await sealer.verify_part(connection, sources(), self._after, SEALS_AT_ONCE)
        if part.broken:
            journal_broken_total.inc(len(part.broken))
            _log.error("journal_broken", positions=part.broken[:20])
        self._after = part.until if part.seals == SEALS_AT_ONCE else 0
        return LOOK_EVERY_S
