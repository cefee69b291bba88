"""Thousands of requests made from the OpenAPI files as each role, right and wrong: no fault, nothing undocumented.

And no authentication that is not looked at. Campaigns' part is tests/campaigns/test_attack.py.
"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from backend.app.openapi.document import Document
from backend.conform.signing import ProofKey, new_private_pem
from backend.foundation.kinds import Kind
from backend.identity.keys import Keys, keys_from
from backend.identity.phone_hash import seal_phone
from backend.identity.tokens import Audience, issue_access_token
from tests.access.roles import KINDS, Role
from tests.edge.attack import ENDS, ROUNDS, STREAMS, attack, generated
from tests.harness.dispatching import logged_in
from tests.harness.running import Service

AS = [
    (Document.MOBILE, Role.STRANGER),
    (Document.MOBILE, Role.NEWCOMER),
    (Document.MOBILE, Role.VOLUNTEER),
    (Document.DISPATCH_CENTRE, Role.STRANGER),
    (Document.DISPATCH_CENTRE, Role.READER),
    (Document.DISPATCH_CENTRE, Role.REPORTER),
    (Document.DISPATCH_CENTRE, Role.EXERCISER),
]
LEFT_OUT = {Role.VOLUNTEER: (STREAMS, ENDS), **dict.fromkeys(KINDS, (STREAMS,))}
"""Whoever may not has to be refused there as well, and is tried."""


@pytest.mark.parametrize(("which", "role"), AS, ids=lambda each: each.name.lower())
async def test_no_request_brings_a_fault_or_an_undocumented_answer(
    service: Service, tmp_path: Path, which: Document, role: Role
) -> None:
    key, shown = new_private_pem(), ""
    client = await service.client(kind=KINDS.get(role, Kind.LIVE), read_only=role is Role.READER)
    for number in range(ROUNDS):
        match role:
            case Role.NEWCOMER:
                shown = f"Bearer {proof(keys_of(service), f'+45201234{number:02}')}"
            case Role.VOLUNTEER:
                shown = f"Bearer {await volunteer(service, f'+45201235{number:02}')}"
            case Role.READER | Role.REPORTER | Role.EXERCISER:
                shown = f"DPoP {(await logged_in(service, *client, ProofKey(key))).token}"
            case _:
                pass
        document, left_out = f"{service.url}/openapi/{which}.json", LEFT_OUT.get(role, ())
        said = await attack(service.url, document, shown, tmp_path, number, left_out, PROOF_KEY=key)
        assert generated(said) > 50


async def centre(service: Service, proof_key: str) -> str:
    """An access token of a dispatch centre's system, got as such a system does, for whoever has this key."""
    return (await logged_in(service, *await service.client(), ProofKey(proof_key))).token


async def volunteer(service: Service, phone: str = "+4520123456") -> str:
    """An access token of somebody who signed up; the proof of the phone is made here instead of read from an SMS."""
    body = {
        "name": "Anna Jensen",
        "birth_year": 1990,
        "training": "hlr",
        "languages": ["da"],
        "consents": [{"purpose": "alarms", "version": "1"}, {"purpose": "location", "version": "1"}],
        "device": {"platform": "android", "app_version": "1.0.0", "language": "da"},
    }
    headers = {"Authorization": f"Bearer {proof(keys_of(service), phone)}"}
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{service.url}/mobile/v1/volunteers", json=body, headers=headers)
    return str(answer.json()["tokens"]["access_token"])


def keys_of(service: Service) -> Keys:
    return keys_from(service.folder.signing_key.read_bytes(), service.folder.phone_hash_key.read_bytes())


def proof(keys: Keys, phone: str) -> str:
    sealed = {"sealed_phone": seal_phone(keys, phone)}
    token, _ = issue_access_token(keys.signing, Audience.SIGN_UP, uuid4(), sealed, datetime.now(UTC))
    return token
