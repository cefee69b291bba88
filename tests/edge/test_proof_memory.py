"""When used proofs cannot be remembered: reports are taken, reads wait, whoever was refused a moment ago still is."""

from datetime import timedelta

import asyncpg
import pytest
from httpx import Response

from backend.foundation.database import Database, Lane
from backend.identity import freezing
from backend.identity.used_proofs import REFUSED_FOR
from tests.edge.cast import PROOFS, Edge
from tests.edge.test_proofs import INCIDENTS, REPORT, LetIn, let_in, slug


async def test_a_report_is_taken_when_its_proof_cannot_be_remembered_and_nothing_else_is(
    edge: Edge, database_dsn: str
) -> None:
    """Somebody holds the table of used proofs: alarms go out all the same, a read waits for another time."""
    connection = await asyncpg.connect(database_dsn)
    async with connection.transaction():
        await connection.execute("LOCK TABLE identity.used_proof IN ACCESS EXCLUSIVE MODE")
        reported = await edge.http.post(
            INCIDENTS, json=REPORT, headers=edge.as_centre() | {"Idempotency-Key": "locked-001"}
        )
        read = await edge.http.get(INCIDENTS, headers=edge.as_centre())
    await connection.close()
    assert reported.status_code == 201, reported.text
    assert (read.status_code, slug(read)) == (503, "overloaded")


async def test_a_system_logs_in_when_that_cannot_be_remembered_and_a_frozen_one_does_not(
    edge: Edge, database_dsn: str
) -> None:
    """Without a token nothing can be reported. That a system is frozen stands with its keys."""
    client, frozen = await let_in(edge, "vendor"), await let_in(edge, "flooding")
    await frozen.changes(freezing.freeze)
    connection = await asyncpg.connect(database_dsn)
    async with connection.transaction():
        await connection.execute("LOCK TABLE identity.used_proof IN ACCESS EXCLUSIVE MODE")
        let_in_, kept_out = [await each.asks_for_a_token(PROOFS) for each in (client, frozen)]
        reported = await edge.http.post(
            INCIDENTS,
            json=REPORT,
            headers=client.as_it(let_in_.json()["access_token"], "POST", INCIDENTS) | {"Idempotency-Key": "locked-002"},
        )
    await connection.close()
    assert let_in_.status_code == 200
    assert reported.status_code == 201, reported.text
    assert (kept_out.status_code, slug(kept_out)) == (403, "client-frozen")


class Lost(Database):
    """The database of a process that cannot remember proofs; all else of it is there."""

    def __init__(self, database: Database, trouble: Exception) -> None:
        vars(self).update(vars(database))
        self._trouble = trouble

    async def alone(self, lane: Lane, call: str, *arguments: object, within_s: float) -> object:  # noqa: ARG002
        raise self._trouble


@pytest.mark.parametrize(
    "trouble",
    [
        asyncpg.InternalClientError("lost in the middle of a statement"),
        asyncpg.TargetServerAttributeNotMatched("no primary"),
        asyncpg.InsufficientPrivilegeError("migrated by half"),
        ConnectionResetError(),
    ],
)
async def test_whatever_keeps_a_proof_from_being_remembered_keeps_no_report_out(edge: Edge, trouble: Exception) -> None:
    edge.app.state.database = Lost(edge.app.state.database, trouble)
    reported = await edge.http.post(
        INCIDENTS, json=REPORT, headers=edge.as_centre() | {"Idempotency-Key": "lost-00001"}
    )
    read = await edge.http.get(INCIDENTS, headers=edge.as_centre())
    assert reported.status_code == 201, reported.text
    assert (read.status_code, slug(read)) == (503, "overloaded")


async def test_whoever_was_refused_a_moment_ago_does_not_get_in_by_flooding_the_memory(
    edge: Edge, database_dsn: str
) -> None:
    """Else a frozen system would only have to send so much that proofs cannot be remembered. Others report as ever."""
    client, other = await let_in(edge, "flooding"), await let_in(edge, "another")
    tokens = {each: await each.log_in(PROOFS) for each in (client, other)}

    async def reports(who: LetIn, key: str) -> Response:
        headers = who.as_it(tokens[who], "POST", INCIDENTS) | {"Idempotency-Key": key}
        return await edge.http.post(INCIDENTS, json=REPORT | {"case_number": key}, headers=headers)

    await client.changes(freezing.freeze)
    assert (await reports(client, "frozen-001")).status_code == 403
    connection = await asyncpg.connect(database_dsn)
    async with connection.transaction():
        await connection.execute("LOCK TABLE identity.used_proof IN ACCESS EXCLUSIVE MODE")
        refused = await reports(client, "frozen-002")
        taken = await reports(other, "another-01")
        edge.clock.advance(REFUSED_FOR + timedelta(seconds=1))
        unheard_of_for_long = await reports(client, "frozen-003")
    await connection.close()
    assert (refused.status_code, slug(refused)) == (403, "client-frozen")
    assert taken.status_code == 201, taken.text
    assert unheard_of_for_long.status_code == 201, "nobody knows whether it still is: an alarm goes out"
