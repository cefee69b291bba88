"""The constraints under the promises: each is tried to be broken by plain SQL, as whoever owns the tables.

What holds a promise in the database is only worth something while it is there: a dropped index is found here, before
two alarms need it in one moment.
"""

import argparse
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from backend.foundation.database import Lane, open_database
from backend.foundation.migrations import migrate
from tests.alarm.cast import Town
from tests.chaos.ground import clone, ground
from tests.chaos.healthy import Story
from tests.chaos.verdict import Verdict
from tests.harness.keys import RING


class Net(NamedTuple):
    """`tries` must be refused with one of the SQLSTATEs; `{running}` and `{over}` are the story's incidents."""

    promise: int
    holds: str
    tries: str
    refused_as: Sequence[str] = ("23505",)


_COPIED_INCIDENT = """
    INSERT INTO incidents.incident (id, kind, centre_id, case_number, state, asking, opened_at, last_event_at, next_seq,
                                    revision, policy, cell_r9, coarse, exclusions, circumstances)
    SELECT gen_random_uuid(), kind, centre_id, case_number, 'open', asking, opened_at, last_event_at, 1, 1, policy,
           cell_r9, coarse, exclusions, circumstances FROM incidents.incident WHERE id = {running}
"""
_COPIED_ALERT = """
    INSERT INTO alerts.alert (id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres, state,
                              asked_at, rings_until, last_sign_at, ended_at)
    SELECT gen_random_uuid(), incident_id, volunteer_id, kind, centre_id, 'X', 9, 1, 1, 'missed', asked_at, rings_until,
           last_sign_at, asked_at FROM alerts.alert WHERE incident_id = {running} LIMIT 1
"""

NETS = (
    Net(2, "one open incident for a case", _COPIED_INCIDENT),
    Net(
        2,
        "one answer for a key",
        "INSERT INTO incidents.request_key SELECT * FROM incidents.request_key LIMIT 1",
    ),
    Net(4, "one alert for a volunteer and an incident", _COPIED_ALERT),
    Net(
        4,
        "one engagement for a volunteer",
        """
        INSERT INTO volunteers.engagement (volunteer_id, kind, incident_id, state, since)
        SELECT volunteer_id, kind, {over}, 'ringing', since FROM volunteers.engagement LIMIT 1
        """,
    ),
    Net(
        5,
        "one delivery of a message to an address",
        """
        INSERT INTO delivery.delivery (id, message_id, kind, channel, address_id, state, urgency, queued_at, expires_at,
                                       next_at)
        SELECT gen_random_uuid(), message_id, kind, channel, address_id, 'queued', urgency, queued_at, expires_at,
               next_at
        FROM delivery.delivery WHERE address_id IS NOT NULL LIMIT 1
        """,
    ),
    Net(
        5,
        "one attempt for a claim",
        """
        INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
        SELECT gen_random_uuid(), a.delivery_id, a.fence, a.provider, a.started_at FROM delivery.attempt a
        JOIN delivery.delivery d ON d.id = a.delivery_id JOIN delivery.message m ON m.id = d.message_id
        WHERE m.stopped_at IS NULL LIMIT 1
        """,
    ),
    Net(
        5,
        "one result for an attempt",
        """
        INSERT INTO delivery.attempt_result (attempt_id, outcome, ended_at)
        SELECT attempt_id, 'rejected', ended_at FROM delivery.attempt_result LIMIT 1
        """,
    ),
    Net(
        6,
        "no attempt after the stop",
        """
        INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
        SELECT gen_random_uuid(), d.id, d.fence + 100, 'fcm', m.created_at
        FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
        WHERE m.what = 'ring' AND m.stopped_at IS NOT NULL LIMIT 1
        """,
        ("23514",),
    ),
    Net(
        6,
        "no attempt when the ring is over",
        """
        WITH open AS (UPDATE delivery.message SET stopped_at = NULL WHERE id = (
          SELECT id FROM delivery.message WHERE what = 'ring' ORDER BY id LIMIT 1) RETURNING id, expires_at)
        INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
        SELECT gen_random_uuid(), d.id, d.fence + 100, 'fcm', open.expires_at
        FROM delivery.delivery d JOIN open ON open.id = d.message_id LIMIT 1
        """,
        ("23514",),
    ),
    Net(
        8,
        "a place is taken once",
        """
        UPDATE alerts.alert a SET state = 'accepted', ended_at = NULL, role = 'direct', place = taken.place
        FROM (SELECT incident_id, place FROM alerts.alert WHERE state = 'accepted' LIMIT 1) taken
        WHERE a.incident_id = taken.incident_id AND a.state = 'missed'
        """,
    ),
    Net(
        8,
        "a defibrillator goes to one volunteer",
        """
        INSERT INTO aeds.reservation (aed_id, incident_id, volunteer_id, reserved_at)
        SELECT aed_id, incident_id, gen_random_uuid(), reserved_at FROM aeds.reservation LIMIT 1
        """,
    ),
    Net(
        8,
        "a defibrillator is on one mission",
        """
        UPDATE alerts.alert a SET state = 'accepted', ended_at = NULL, role = 'aed', place = 99, aed_id = taken.aed_id
        FROM (SELECT incident_id, aed_id FROM alerts.alert
              WHERE state = 'accepted' AND aed_id IS NOT NULL LIMIT 1) taken
        WHERE a.id = (SELECT id FROM alerts.alert m
                      WHERE m.incident_id = taken.incident_id AND m.state = 'missed' LIMIT 1)
        """,
    ),
    Net(
        9,
        "giving up is final",
        "UPDATE alerts.alert SET state = 'accepted', ended_at = NULL WHERE state = 'gave_up'",
        ("23514",),
    ),
    Net(
        9,
        "a stand-down is final",
        "UPDATE alerts.alert SET state = 'ringing', ended_at = NULL WHERE state = 'stood_down'",
        ("23514",),
    ),
    Net(9, "a status is told once", "INSERT INTO responses.status SELECT * FROM responses.status LIMIT 1"),
    Net(10, "an alert is of its incident's kind", "UPDATE alerts.alert SET kind = 'test'", ("23503",)),
    Net(
        10,
        "a message is of its recipient's kind",
        "UPDATE delivery.message SET kind = 'test' WHERE volunteer_id IS NOT NULL",
        ("23503",),
    ),
    Net(10, "a delivery is of its message's kind", "UPDATE delivery.delivery SET kind = 'exercise'", ("23503",)),
    Net(10, "an address is of its owner's kind", "UPDATE volunteers.address SET kind = 'exercise'", ("23503",)),
    Net(10, "an engagement is of its volunteer's kind", "UPDATE volunteers.engagement SET kind = 'test'", ("23503",)),
    Net(
        11,
        "an incident's journal has no twins",
        """
        INSERT INTO foundation.journal_entry (incident_id, seq, event, at, kind, centre_id, role, facts)
        SELECT incident_id, seq, event, at, kind, centre_id, role, facts FROM foundation.journal_entry
        WHERE incident_id IS NOT NULL LIMIT 1
        """,
    ),
    Net(
        11,
        "a record is sealed once",
        """
        INSERT INTO foundation.journal_seal (position, source, record_id, digest, sealed_at)
        SELECT position + 1000000, source, record_id, digest, sealed_at FROM foundation.journal_seal LIMIT 1
        """,
    ),
    Net(
        11,
        "a seal's position is taken once",
        """
        INSERT INTO foundation.journal_seal (position, source, record_id, digest, sealed_at)
        SELECT position, source, 'x', digest, sealed_at FROM foundation.journal_seal LIMIT 1
        """,
    ),
)


async def holes(story: Story) -> list[str]:
    """Which nets do not hold, on the database of a story that has happened; nothing is kept of the trying."""
    found = []
    connection = await asyncpg.connect(story.town.database.dsn)
    try:
        for net in NETS:
            undo = connection.transaction()
            await undo.start()
            try:
                sql = net.tries.format(running=f"'{story.running}'", over=f"'{story.over}'")
                done = await connection.execute(sql)
                found.append(f"promise {net.promise}: nothing held {net.holds} ({done})")
            except asyncpg.PostgresError as refused:
                if refused.sqlstate not in net.refused_as:
                    found.append(f"promise {net.promise}: {net.holds} was refused as {refused.sqlstate}: {refused}")
            finally:
                await undo.rollback()
    finally:
        await connection.close()
    return found


def add_options(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


async def run(options: argparse.Namespace) -> Verdict:
    with ground() as server:
        await migrate(server.dsn())
        async with clone(server, "postgres") as dsn:
            database = await open_database(dsn, dict.fromkeys(Lane, 2), carries=RING)
            town = Town(database)
            await town.begin()
            story = Story(town)
            try:
                await story.happens()
                found = await holes(story)
            except Exception as bug:  # noqa: BLE001 - a story that cannot even happen holds nothing
                found = [f"an ordinary alarm failed: {type(bug).__name__} {bug}"]
            await database.close()
    return Verdict(chaos="nets", seed=options.seed, runs=len(NETS), incidents=2, violations=found)
