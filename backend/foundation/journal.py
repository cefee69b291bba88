"""The journal: what happened to an incident, in order, for good.

Ids, enums, metres and ages; never a position, a name, a phone or an address. Entries about an incident take
their number under the incident's lock, so (incident, seq) has neither gaps nor twins.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.database import Actor, Connection, fetch_all
from backend.foundation.kinds import Kind

CHANNEL = "hjerteloeber_journal"
"""NOTIFY channel; the payload is the id of a new entry: a hint that wakes streams, never the news itself. Behind
it stands the kind where that is not live."""
ALARM_CHANNEL = "hjerteloeber_alarm"
"""NOTIFY channel: a process has begun to answer a report, so that the others do not wait until it is written."""

Fact = str | int | float | bool | None | Sequence[str | int] | dict[str, str | int | bool | None]


class Event(StrEnum):
    """Everything a journal can say."""

    INCIDENT_OPENED = "incident_opened"
    INCIDENT_REVISED = "incident_revised"
    ALARM_FLAGGED = "alarm_flagged"  # one of too many from one system in an hour: it runs as any other, people look
    INCIDENT_ENDED = "incident_ended"
    EXCLUSION_OVERRIDDEN = "exclusion_overridden"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    JOINED = "joined"  # written in both: what was one arrest, reported twice, goes on as one
    CENTRE_ASKED = "centre_asked"  # an hour without an event: is this still going on?
    CHOOSING_FAILED = "choosing_failed"
    PLACE_KEPT = "place_kept"  # a dispatch system said its old place again: what was corrected since stands
    PLACE_UNREADABLE = "place_unreadable"  # its key is missing: people are asked around the middle of its cell
    WAVE_ASKED = "wave_asked"
    REACH_WIDENED = "reach_widened"
    ALERT_UNREACHABLE = "alert_unreachable"
    ALERT_MISSED = "alert_missed"
    ALERT_WITHDRAWN = "alert_withdrawn"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TOO_LATE = "too_late"  # a yes that found no place: thanked and stood down
    ADDRESS_DISCLOSED = "address_disclosed"
    REVISION_UNHEARD = "revision_unheard"  # somebody on the way has not shown that they know of the change
    STATUS = "status"
    SAID = "said"  # by one tap, from somebody on the way to the centre
    TOLD = "told"  # by one tap, from the centre to somebody on the way
    ASKED_MORE = "asked_more"  # the centre wants more to come
    GAVE_UP = "gave_up"
    AED_PROBLEM = "aed_problem"
    AED_REVIEWED = "aed_reviewed"  # somebody who looks after them said: it hangs there and works, or it is gone
    AED_ASSIGNED = "aed_assigned"
    ROLE_CHANGED = "role_changed"
    STOOD_DOWN = "stood_down"
    MISSION_ENDED = "mission_ended"
    ATTENTION_NEEDED = "attention_needed"  # something needs a person at the centre
    ATTENTION_TAKEN = "attention_taken"  # somebody there, or their system, has taken it up
    LENT = "lent"  # nobody did in time: by an agreement a neighbour sees, follows and stands down, for a while
    POLICY_CHANGED = "policy_changed"
    RIGHT_CHANGED = "right_changed"
    CHANNEL_SWITCHED = "channel_switched"  # by the operator, for everybody
    FEED_SILENT = "feed_silent"  # a dispatch system sends no heartbeats any more; its centre is the entry's
    FEED_HEARD = "feed_heard"
    WITHDREW = "withdrew"  # somebody is not to be asked any more
    WITHDRAWAL_TAKEN_BACK = "withdrawal_taken_back"
    ERASED = "erased"  # and why; the id names nobody any more
    EXPORTED = "exported"  # somebody got a copy of what is held about them
    EXPOSURE_LISTED = "exposure_listed"  # an operator asked who saw what
    STAFF_SIGNED_IN = "staff_signed_in"  # at a seat or elsewhere; the person is the entry's
    SEALED_LOG_IN = "sealed_log_in"  # an envelope was opened: who it is they said themselves
    SECOND_PERSON_ASKED = "second_person_asked"
    SECOND_PERSON_DECIDED = "second_person_decided"


class Happening(msgspec.Struct, frozen=True):
    """One thing to be written down about an incident."""

    event: Event
    facts: dict[str, Fact] = {}


class Entry(msgspec.Struct, frozen=True):
    """One journal entry as read back."""

    id: int
    incident_id: UUID | None
    seq: int | None
    event: str
    at: datetime
    kind: str | None
    centre_id: UUID | None
    facts: dict[str, Fact]


async def write(
    connection: Connection,
    actor: Actor,
    incident_id: UUID,
    kind: Kind,
    centre_id: UUID,
    first_seq: int,
    happenings: list[Happening],
    now: datetime,
) -> None:
    """Write `happenings` as entries first_seq, first_seq + 1, … of an incident whose lock the caller holds."""
    await connection.execute(
        """
        WITH written AS (
          INSERT INTO foundation.journal_entry (incident_id, seq, event, at, kind, centre_id, role, person_id, facts)
          SELECT $1, $2 + ord - 1, event, $3, $4, $5, $6, $7, facts
          FROM unnest($8::text[], $9::jsonb[]) WITH ORDINALITY AS h (event, facts, ord)
          ORDER BY ord
          RETURNING id)
        SELECT pg_notify($10, max(id)::text || $11::text) FROM written
        """,
        incident_id,
        first_seq,
        now,
        kind.value,
        centre_id,
        actor.role.value,
        actor.person_id,
        [h.event.value for h in happenings],
        [h.facts for h in happenings],
        CHANNEL,
        "" if kind is Kind.LIVE else f" {kind.value}",
    )


async def write_outside_incidents(connection: Connection, actor: Actor, happening: Happening, now: datetime) -> None:
    """Write down what is of no incident: a change of rights or policy, a feed that fell silent."""
    await connection.execute(
        """
        INSERT INTO foundation.journal_entry (event, at, centre_id, role, person_id, facts)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        happening.event.value,
        now,
        actor.centre_id,
        actor.role.value,
        actor.person_id,
        happening.facts,
    )


async def of_incident(connection: Connection, incident_id: UUID, after_id: int = 0) -> list[Entry]:
    """An incident's entries with an id above `after_id`, in order."""
    return await fetch_all(
        connection,
        Entry,
        """
        SELECT id, incident_id, seq, event, at, kind, centre_id, facts FROM foundation.journal_entry
        WHERE incident_id = $1 AND id > $2 ORDER BY seq
        """,
        incident_id,
        after_id,
    )


async def newest_of_incident(connection: Connection, incident_id: UUID, limit: int) -> list[Entry]:
    """The last `limit` entries of an incident, newest first."""
    return await fetch_all(
        connection,
        Entry,
        """
        SELECT id, incident_id, seq, event, at, kind, centre_id, facts FROM foundation.journal_entry
        WHERE incident_id = $1 ORDER BY seq DESC LIMIT $2
        """,
        incident_id,
        limit,
    )


class _Facts(msgspec.Struct, frozen=True):
    facts: dict[str, Fact]


async def of_request(connection: Connection, incident_id: UUID, event: Event, request: UUID) -> list[dict[str, Fact]]:
    """What was written down of this wish before: under the incident's lock, so that it is done once. Empty: nothing."""
    found = await fetch_all(
        connection,
        _Facts,
        """
        SELECT facts FROM foundation.journal_entry
        WHERE incident_id = $1 AND event = $2 AND facts ->> 'request' = $3::uuid::text ORDER BY seq
        """,
        incident_id,
        event.value,
        request,
    )
    return [each.facts for each in found]


async def of_centre(
    connection: Connection, centre_id: UUID, kind: Kind, after_id: int, limit: int = 500
) -> list[Entry]:
    """Entries of every incident of one kind of a centre with an id above `after_id`, oldest first."""
    return await fetch_all(
        connection,
        Entry,
        """
        SELECT id, incident_id, seq, event, at, kind, centre_id, facts FROM foundation.journal_entry
        WHERE centre_id = $1 AND id > $2 AND kind = $4 AND incident_id IS NOT NULL ORDER BY id LIMIT $3
        """,
        centre_id,
        after_id,
        limit,
        kind.value,
    )


async def forget_synthetic(connection: Connection, incident_ids: Sequence[UUID]) -> None:
    """What was written of the synthetic alarm, and of no other: the database looks itself. It was never sealed."""
    await connection.execute("SELECT foundation.forget_synthetic($1::uuid[])", list(incident_ids))
