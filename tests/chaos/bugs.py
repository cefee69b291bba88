"""Mistakes somebody could make in production code, each in one place: the harness has to notice every one."""

from enum import StrEnum
from typing import NamedTuple


class Sort(StrEnum):
    SQL = "sql or constraint"
    ORDER = "process order"
    RULE = "rule"


class Bug(NamedTuple):
    """`old` stands in `file` exactly once and becomes `new`; without a file `new` is SQL after the last migration."""

    name: str
    sort: Sort
    caught_by: tuple[str, ...]  # scenarios of RUNS, the likeliest first
    file: str | None
    old: str
    new: str


_START = "backend/delivery/queries_claim.py"
_SETTLE = "backend/delivery/settle.py"
_TABLES = ("nets",)
_VERBS = ("crash_points", "histories")

_LOOKED_AT = """
        await enter(connection, centre_id)
        incident = await incident_queries.lock(connection, incident_id)
        if not await timers.take(connection, timer) or incident is None:
            return
"""
_TAKEN_FIRST = """
        if not await timers.take(connection, timer):
            return
    async with database.acting_as(WORKER, Lane.ALERTS) as connection:
        await enter(connection, centre_id)
        incident = await incident_queries.lock(connection, incident_id)
        if incident is None:
            return
"""

BUGS = (
    Bug("two open incidents for a case", Sort.SQL, _TABLES, None, "", "DROP INDEX incidents.one_open_case"),
    Bug(
        "two alerts for a volunteer and an incident",
        Sort.SQL,
        _TABLES,
        None,
        "",
        "CREATE INDEX ON alerts.alert (incident_id, volunteer_id);"
        "ALTER TABLE alerts.alert DROP CONSTRAINT alert_incident_id_volunteer_id_key",
    ),
    Bug("a place taken twice", Sort.SQL, _TABLES, None, "", "DROP INDEX alerts.alert_place_taken_once"),
    Bug("giving up is not final", Sort.SQL, _TABLES, None, "", "DROP TRIGGER only_legal_moves ON alerts.alert"),
    Bug(
        "an alert of another kind than its incident",
        Sort.SQL,
        _TABLES,
        None,
        "",
        "ALTER TABLE alerts.alert DROP CONSTRAINT alert_incident_id_kind_fkey,"
        "DROP CONSTRAINT alert_volunteer_id_kind_fkey",
    ),
    Bug(
        "an attempt is started by whoever claimed it before",
        Sort.SQL,
        _VERBS,
        _START,
        "JOIN delivery.delivery d ON d.id = mine.id AND d.fence = mine.fence\n          JOIN delivery.message",
        "JOIN delivery.delivery d ON d.id = mine.id AND d.fence >= mine.fence\n          JOIN delivery.message",
    ),
    Bug(
        "a late result moves what somebody else holds",
        Sort.SQL,
        _VERBS,
        _SETTLE,
        "ours is None or ours.fence != report.fence or ours.state is not DeliveryState.LEASED",
        "ours is None or ours.state is not DeliveryState.LEASED",
    ),
    Bug(
        "an attempt starts after the stop",
        Sort.SQL,
        _VERBS,
        _START,
        "CASE WHEN m.stopped_at IS NOT NULL THEN 'stopped'",
        "CASE WHEN m.stopped_at > $5 THEN 'stopped'",
    ),
    Bug(
        "a ring starts after its end",
        Sort.SQL,
        _VERBS,
        _START,
        "WHEN m.expires_at <= $5 THEN 'expired'",
        "WHEN m.expires_at <= $5::timestamptz - interval '1 hour' THEN 'expired'",
    ),
    Bug(
        "somebody off duty is asked",
        Sort.SQL,
        _VERBS,
        "backend/foundation/migrations/0052_the_nearest_as_they_are_read.sql",
        "WHERE p.cell_r9 = told.cell_r9 AND p.available",
        "WHERE p.cell_r9 = told.cell_r9",
    ),
    Bug(
        "acknowledged whatever became of the commit",
        Sort.ORDER,
        ("crash_points",),
        "backend/foundation/database.py",
        "    await _uncancelled(transaction.commit())\n",
        "    with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):\n"
        "        await _uncancelled(transaction.commit())\n",
    ),
    Bug(
        "a timer is taken in a transaction before the one that handles it",
        Sort.ORDER,
        ("crash_points",),
        "backend/alerts/look_again.py",
        _LOOKED_AT,
        _TAKEN_FIRST,
    ),
    Bug(
        "what is told is stopped together with what was told before",
        Sort.ORDER,
        ("histories", "crash_points"),
        "backend/alerts/apply.py",
        "    await tell(connection, incident, [e for e in effects if isinstance(e, Tell)], now)\n",
        "    await tell(connection, incident, [e for e in effects if isinstance(e, Tell)], now)\n"
        "    await stop.stop(connection, stopped, now)\n",
    ),
    Bug(
        "an attempt without a result counts as never made",
        Sort.ORDER,
        _VERBS,
        _SETTLE,
        "await queries_claim.release(connection, [lease for lease in over if lease.attempt_id is None])",
        "await queries_claim.release(connection, over)",
    ),
    Bug(
        "an ended alert's messages go on",
        Sort.ORDER,
        _VERBS,
        "backend/alerts/apply.py",
        "await stop.stop(connection, stopped, now)",
        "await stop.stop(connection, stopped[1:], now)",
    ),
    Bug(
        "whoever missed it stays engaged",
        Sort.RULE,
        ("model", *_VERBS),
        "backend/alerts/decide.py",
        "        yield StopMessages(alert.id)\n        yield Release(alert.volunteer_id)\n        received =",
        "        yield StopMessages(alert.id)\n        received =",
    ),
    Bug(
        "one more than the limit may accept",
        Sort.RULE,
        ("model", *_VERBS),
        "backend/alerts/decide.py",
        "if limit is not None and place > limit:",
        "if limit is not None and place > limit + 1:",
    ),
    Bug(
        "who was never asked is not replaced",
        Sort.RULE,
        ("faults",),
        "backend/alerts/due.py",
        "(Replace.UNREACHABLE in replace_on and alert.never_asked and in_time)",
        "(Replace.UNREACHABLE in replace_on and alert.never_asked and not in_time)",
    ),
    Bug(
        "an address is retired for a wrong payload",
        Sort.RULE,
        ("faults",),
        "backend/delivery/channels/fcm_errors.py",
        "return Rejected(code)  # ours to repair",
        "return Rejected(code, Verdict.RETIRE)  # ours to repair",
    ),
    Bug(
        "a decline is not written down",
        Sort.RULE,
        ("model", *_VERBS),
        "backend/alerts/decide.py",
        "        Write(Journal.DECLINED, alert, {}),\n",
        "",
    ),
    Bug(
        "more are asked again when the wish comes again",
        Sort.ORDER,
        _VERBS,
        "backend/alerts/wishes.py",
        "    if before:\n        if count",
        "    if before and wider:\n        if count",
    ),
    Bug(
        "an alarm by hand that is sent again is another one",
        Sort.ORDER,
        _VERBS,
        "backend/console/by_hand.py",
        'key = f"{sent.key} {digest.hex()[:16]}"',
        'key = f"{sent.key} {secrets.token_hex(8)}"',
    ),
    Bug(
        "a fault in calling a second person is written down half",
        Sort.ORDER,
        _VERBS,
        "backend/incidents/by_hand.py",
        "    if await queries.insert(connection, raised) and beyond:\n",
        "    if await queries.insert(connection, raised) and beyond and not accuracy_m:\n",
    ),
    Bug(
        "the word that a phone showed stands for the new place",
        Sort.SQL,
        _VERBS,
        "backend/delivery/queries.py",
        "THEN what <> 'word' ELSE content",
        "THEN true ELSE content",
    ),
    Bug(
        "a word is left behind by a join",
        Sort.RULE,
        _VERBS,
        "backend/responses/joining.py",
        "if row.from_centre and (row.alert_id, row.id) not in shown]",
        "if row.from_centre and (row.alert_id, row.id) in shown]",
    ),
    Bug(
        "what was taken up is never over, and never sounds again",
        Sort.SQL,
        _VERBS,
        "backend/attention/queries.py",
        "FROM attention.item WHERE centre_id = $1 AND over_at IS NULL ORDER BY",
        "FROM attention.item WHERE centre_id = $1 AND over_at IS NULL AND acknowledged_at IS NULL ORDER BY",
    ),
    Bug(
        "whoever is stood down alone goes on hearing of it",
        Sort.RULE,
        ("model", *_VERBS),
        "backend/alerts/on_request.py",
        "        StopMessages(alert.id),\n        *([FreeAed",
        "        *([FreeAed",
    ),
)
