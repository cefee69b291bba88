"""An exercise is reported with a scope of its own: what lets in for the one never lets in for the other."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend.foundation.kinds import Kind
from backend.identity.clients import Scope, scopes_of
from tests.edge.cast import Edge

SQUARE = {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}


async def reports(edge: Edge, kind: str, scope: str) -> Any:
    headers = edge.as_centre(scope=scope, kind=kind) | {"Idempotency-Key": str(uuid4())}
    body = {"case_number": "4711", "position": SQUARE}
    return await edge.http.post("/dispatch/v1/incidents", json=body, headers=headers)


@pytest.mark.parametrize(("kind", "scope"), [(kind, scope) for kind in Kind for scope in Scope])
async def test_each_kind_writes_with_its_own_scope_only(edge: Edge, kind: Kind, scope: Scope) -> None:
    answer = await reports(edge, kind, f"{scope} incidents:read")

    if scope in scopes_of(kind) and scope is not Scope.INCIDENTS_READ:
        assert (answer.status_code, answer.json()["kind"]) == (201, kind)
    else:
        assert answer.status_code == 403


async def test_the_refusal_names_the_scope_that_belongs_to_the_kind(edge: Edge) -> None:
    refused = await reports(edge, "exercise", "incidents:write")
    assert refused.json()["detail"] == "This needs the scope exercises:write."


@pytest.mark.parametrize(
    ("kind", "scope"), [("live", "exercises:write"), ("test", "exercises:write"), ("exercise", "incidents:write")]
)
async def test_the_table_itself_refuses_a_client_with_another_kind_s_scope(
    database_dsn: str, kind: str, scope: str
) -> None:
    connection = await asyncpg.connect(database_dsn)
    with pytest.raises(asyncpg.CheckViolationError, match="client_writes_its_own_kind"):
        await connection.execute(
            """
            INSERT INTO identity.client (id, client_id, centre_id, kind, scopes, created_at)
            VALUES ($1, 'c', $1, $2, $3, now())
            """,
            uuid4(),
            kind,
            [scope],
        )
    await connection.close()
