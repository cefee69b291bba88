"""Promises 12 and 13: a wish is done once, a word reaches whom it is for, what needs a person is never lost."""

from collections import Counter

from tests.chaos.console_laws import CONSOLE_LAWS
from tests.chaos.evidence import Evidence

_NEEDS = ("what needs a person", "lent")


async def wishes_are_done_once(seen: Evidence) -> list[str]:
    """12: a wish or a word is done and written down once by its id, brought by a message, and ends with the mission."""
    found = [row["broken"] for row in await seen.rows(CONSOLE_LAWS)]
    rows = await seen.rows(
        """
        SELECT a.id, t.id AS attempt FROM alerts.alert a JOIN delivery.message m ON m.subject_id = a.id
        JOIN delivery.delivery d ON d.message_id = m.id JOIN delivery.attempt t ON t.delivery_id = d.id
        WHERE m.what = 'word' AND m.stopped_at IS NOT NULL AND t.started_at > m.stopped_at
        """
    )
    found += [f"alert {row['id']}: attempt {row['attempt']} of a word started after the mission" for row in rows]
    return [broken for broken in found if not broken.startswith(_NEEDS)]


async def what_needs_a_person_waits(seen: Evidence) -> list[str]:
    """13: what needs a person is raised once with its line, and waits until it is taken up or over; a grant ends."""
    found = [row["broken"] for row in await seen.rows(CONSOLE_LAWS) if row["broken"].startswith(_NEEDS)]
    rows = await seen.rows("SELECT centre_id, what, subject FROM attention.item WHERE over_at IS NULL")
    twice = Counter((row["centre_id"], row["what"], row["subject"]) for row in rows)
    return found + [f"{what} {subject} is raised {n} times" for (_, what, subject), n in twice.items() if n > 1]
