"""Promises 1, 2 and 11: an acknowledged incident is there, once, and everything that happened is written down."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from backend.alerts import replay
from backend.alerts.alert import Alert
from backend.foundation import sealer
from backend.foundation.journal import Event
from backend.incidents.sealing import sources
from tests.chaos.evidence import Evidence

TIMERS_WAIT_AT_MOST = timedelta(seconds=60)
"""A timer of an open incident that is due longer than this has nobody to handle it, at rest."""


async def acknowledged_incidents_exist(seen: Evidence) -> list[str]:
    """1: an acknowledged incident exists after any single fault, and is looked after for as long as it is open."""
    found: list[str] = []
    kept = {
        row["key"]: row["incident_id"] for row in await seen.rows("SELECT key, incident_id FROM incidents.request_key")
    }
    for report in seen.records.reports:
        if report.incident_id is None:
            continue
        if report.incident_id not in seen.incidents:
            found.append(f"incident {report.incident_id} was acknowledged (key {report.key}) and is not there")
        elif kept.get(report.key) != report.incident_id:
            found.append(f"key {report.key} was acknowledged with {report.incident_id}, kept is {kept.get(report.key)}")
    for stop in seen.records.stand_downs:
        incident = seen.incidents.get(stop.incident_id)
        if incident is None or incident.ended_at is None:
            found.append(f"incident {stop.incident_id}: its stand-down was acknowledged and it goes on")
    return found + await _left_alone(seen)


async def _left_alone(seen: Evidence) -> list[str]:
    found: list[str] = []
    for row in await seen.rows(
        """
        SELECT i.id, t.due_at, p.incident_id IS NULL AS nowhere FROM incidents.incident i
        LEFT JOIN foundation.timer t ON t.subject_id = i.id AND t.reason = 'look_again'
        LEFT JOIN incidents.incident_place p ON p.incident_id = i.id
        WHERE i.state = 'open'
        """
    ):
        if row["due_at"] is None:
            found.append(f"incident {row['id']} is open and nothing will ever look at it again")
        elif row["due_at"] < seen.now - TIMERS_WAIT_AT_MOST:
            found.append(f"incident {row['id']} was to be looked at {seen.now - row['due_at']} ago")
        if row["nowhere"]:
            found.append(f"incident {row['id']} is open and its place is gone")
    return found


async def one_key_one_incident(seen: Evidence) -> list[str]:
    """2: one key, ever, or one case number while open, never makes two incidents."""
    found: list[str] = []
    of_key: dict[str, set[UUID]] = defaultdict(set)
    keys_of_case: dict[str, set[str]] = defaultdict(set)
    for report in seen.records.reports:
        keys_of_case[report.case_number].add(report.key)
        if report.incident_id is not None:
            of_key[report.key].add(report.incident_id)
    for key, incidents in of_key.items():
        if len(incidents) > 1:
            found.append(f"key {key} was acknowledged with {len(incidents)} incidents")
    incidents_of_case: dict[str, int] = defaultdict(int)
    for incident in seen.incidents.values():
        incidents_of_case[incident.case_number] += 1
    for case, keys in keys_of_case.items():
        if incidents_of_case[case] > len(keys):
            found.append(f"case {case}: {incidents_of_case[case]} incidents of {len(keys)} reports")
    twice = await seen.rows(
        "SELECT client_id, key, count(*) AS n FROM incidents.request_key GROUP BY 1, 2 HAVING count(*) > 1"
    )
    found += [f"key {row['key']} is kept {row['n']} times" for row in twice]
    return found + _opened_while_open(seen)


def _opened_while_open(seen: Evidence) -> list[str]:
    """The journal is numbered under the locks: its order is the order in which cases were opened and ended."""
    found: list[str] = []
    running: dict[tuple[str, str, str], UUID] = {}
    for entry in seen.entries:
        incident = None if entry.incident_id is None else seen.incidents.get(entry.incident_id)
        if incident is None or entry.event not in (Event.INCIDENT_OPENED, Event.INCIDENT_ENDED):
            continue
        case = (str(incident.centre_id), incident.kind.value, incident.case_number)
        if entry.event == Event.INCIDENT_ENDED:
            if running.get(case) == incident.id:
                del running[case]
        elif case in running:
            found.append(f"case {case[2]}: incident {incident.id} was opened while {running[case]} was open")
        else:
            running[case] = incident.id
    return found


async def everything_is_written_down(seen: Evidence) -> list[str]:
    """11: every change is in the journal and the chain verifies; replaying gives incidents, alerts, roles, answers."""
    found: list[str] = []
    journals = seen.journals()
    alerts: dict[UUID, list[Alert]] = defaultdict(list)
    for alert in seen.alerts.values():
        alerts[alert.incident_id].append(alert)
    for incident in seen.incidents.values():
        entries = journals.get(incident.id, [])
        if incident.next_seq != len(entries) + 1:
            found.append(f"incident {incident.id}: {len(entries)} entries, and the next has number {incident.next_seq}")
        try:
            told = replay.replay(entries)
        except replay.CannotBe as wrong:
            found.append(f"incident {incident.id}: its journal cannot be: {wrong}")
        else:
            found += [f"incident {incident.id}: {d}" for d in replay.differences(told, incident, alerts[incident.id])]
    found += [f"a journal of {each}, which is not there" for each in journals if each not in seen.incidents]
    found += await _statuses(seen)
    return found + await _chain(seen)


async def _statuses(seen: Evidence) -> list[str]:
    told = {(alert_id, str(entry.facts["status"])) for entry, alert_id in seen.events(Event.STATUS)}
    rows = await seen.rows("SELECT alert_id, status FROM responses.status")
    kept = {(row["alert_id"], row["status"]) for row in rows}
    return [f"status {status} of alert {alert} is only in the journal" for alert, status in told - kept] + [
        f"status {status} of alert {alert} is not in the journal" for alert, status in kept - told
    ]


async def _chain(seen: Evidence) -> list[str]:
    verified = await sealer.verify(seen.connection, sources(), seen.now)
    found = [f"the chain is broken at {position}" for position in verified.broken[:5]]
    if verified.erased:
        found.append(f"{verified.erased} sealed records are gone")
    if seen.records.sealed:
        (row,) = await seen.rows(
            """
            SELECT (SELECT count(*) FROM foundation.journal_entry) + (SELECT count(*) FROM delivery.attempt)
                 + (SELECT count(*) FROM delivery.attempt_result) + (SELECT count(*) FROM incidents.viewed) AS records
            """
        )
        if row["records"] != verified.seals:
            found.append(f"{row['records']} records, {verified.seals} seals")
    return found
