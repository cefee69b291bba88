"""What a dispatch system reports comes back to its own address, while the worker does everything else."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import httpx
from standardwebhooks import Webhook

from backend.demo.ports import HOST
from backend.foundation.database import prepare_connection
from backend.foundation.kinds import Kind
from backend.identity.keys import keys_from
from backend.webhooks.subscribe import subscribe
from tests.edge.test_bad_input import INCIDENTS
from tests.harness.dispatching import logged_in
from tests.harness.running import Service
from tests.webhooks.cast import CENTRE, Receiver, open_receiver

WITHIN_S = 10.0
REPORT = {"case_number": "sag-4711", "position": {"system": "WGS84", "lat": 55.676123, "lon": 12.568345}}


async def subscribed(service: Service, url: str) -> str:
    """As `hjerteloeber webhook add` does; gives the secret."""
    folder = service.folder
    keys = keys_from(folder.signing_key.read_bytes(), folder.phone_hash_key.read_bytes(), service.ring)
    connection = await asyncpg.connect(service.dsn)
    await prepare_connection(connection)
    async with connection.transaction():
        _, secret = await subscribe(connection, keys, CENTRE, Kind.LIVE, url, [], datetime.now(UTC))
    await connection.close()
    return secret


async def told(receiver: Receiver, event: str) -> list[dict[str, object]]:
    """Every body, once `event` is among them."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            bodies = [json.loads(body) for _, body in receiver.requests]
            if event in {each["type"] for each in bodies}:
                return bodies
            await asyncio.sleep(0.05)


async def test_what_a_centre_reports_it_is_told_of(whole_service: Service) -> None:
    system = await logged_in(whole_service, *await whole_service.client())
    with open_receiver(HOST) as receiver:
        secret = await subscribed(whole_service, receiver.url)
        async with httpx.AsyncClient(base_url=whole_service.url, event_hooks={"request": [system.prove]}) as http:
            key = {"Idempotency-Key": str(uuid4())}
            reported = await http.post(INCIDENTS, json=REPORT, headers=key)
            assert reported.status_code == 201, reported.text
            incident = reported.json()["id"]
            assert (await http.post(f"{INCIDENTS}/{incident}/close")).status_code < 300
        bodies = await told(receiver, "incident_ended")
    steps = [each["data"] for each in bodies]
    assert {step["incident_id"] for step in steps if isinstance(step, dict)} == {incident}
    assert [step["seq"] for step in steps if isinstance(step, dict)] == list(range(1, len(steps) + 1))
    assert bodies[0]["type"] == "incident_opened"
    assert all(Webhook(secret).verify(body, headers) for headers, body in receiver.requests)
    said = b"".join(body for _, body in receiver.requests).decode()
    assert not any(each in said for each in ("sag-4711", "55.676", "12.568")), "no place and no case number"
