"""The promises, held against the tables, the journal and what the outside saw: `await check(dsn, records)`.

For a database at rest, of any scenario; in one moment, set by set: tens of thousands of attempts take seconds.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from tests.chaos.evidence import Evidence, evidence
from tests.chaos.promises_alerts import (
    accepting_happens_once,
    kinds_never_cross,
    nobody_is_asked_who_may_not_be,
    one_alert_and_one_ringing_at_a_time,
    roles_keep_to_their_limit,
)
from tests.chaos.promises_console import what_needs_a_person_waits, wishes_are_done_once
from tests.chaos.promises_delivery import (
    duplicates_have_a_cause,
    everybody_chosen_is_tried,
    nothing_starts_after_the_stop,
)
from tests.chaos.promises_incidents import (
    acknowledged_incidents_exist,
    everything_is_written_down,
    one_key_one_incident,
)
from tests.chaos.records import Records

PROMISES: dict[int, Callable[[Evidence], Awaitable[list[str]]]] = {
    1: acknowledged_incidents_exist,
    2: one_key_one_incident,
    3: everybody_chosen_is_tried,
    4: one_alert_and_one_ringing_at_a_time,
    5: duplicates_have_a_cause,
    6: nothing_starts_after_the_stop,
    7: nobody_is_asked_who_may_not_be,
    8: roles_keep_to_their_limit,
    9: accepting_happens_once,
    10: kinds_never_cross,
    11: everything_is_written_down,
    12: wishes_are_done_once,
    13: what_needs_a_person_waits,
}


async def check(dsn: str, records: Records, now: datetime | None = None) -> list[str]:
    """Every broken promise as a sentence that begins with its number; empty: all hold. `now` is the run's own clock."""
    async with evidence(dsn, records, now or datetime.now(UTC)) as seen:
        return [f"promise {number}: {what}" for number, promise in PROMISES.items() for what in await promise(seen)]
