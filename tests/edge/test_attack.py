"""Thousands of requests made from the OpenAPI files, right and wrong: no fault, no answer that is not documented."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from backend.app.openapi.document import Document
from backend.conform.signing import ProofKey, new_private_pem
from backend.identity.keys import Keys, keys_from
from backend.identity.phone_hash import seal_phone
from backend.identity.tokens import Audience, issue_access_token
from tests.harness.dispatching import logged_in
from tests.harness.running import Service

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,missing_required_header,unsupported_method,ignored_auth,negative_data_rejection"
)
"""Not positive_data_acceptance: a schema cannot say that a phone number exists, or which fields exclude each other."""

LEFT_OUT = "^(follow_.*|leave|sign_out)$"
"""Streams never end; after leaving and signing out everything else would be refused."""


@pytest.mark.parametrize("which", list(Document))
async def test_no_request_brings_a_fault_or_an_undocumented_answer(
    service: Service, tmp_path: Path, which: Document
) -> None:
    key = new_private_pem()
    token = f"Bearer {await volunteer(service)}" if which is Document.MOBILE else f"DPoP {await centre(service, key)}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{service.url}/openapi/{which}.json"),
        *("--url", service.url, "--header", f"Authorization: {token}", "--checks", CHECKS),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "12", "--seed", "7", "--no-shrink", "--no-color"),
        *("--exclude-operation-id-regex", LEFT_OUT),
        *("--suppress-health-check", "all", "--continue-on-failure", "--request-timeout", "10"),
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.edge.schemathesis_proofs", "PROOF_KEY": key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def centre(service: Service, proof_key: str) -> str:
    """An access token of a dispatch centre's system, got as such a system does, for whoever has this key."""
    return (await logged_in(service, *await service.client(), ProofKey(proof_key))).token


async def volunteer(service: Service) -> str:
    """An access token of somebody who signed up; the proof of the phone is made here instead of read from an SMS."""
    body = {
        "name": "Anna Jensen",
        "birth_year": 1990,
        "training": "hlr",
        "languages": ["da"],
        "consents": [{"purpose": "alarms", "version": "1"}, {"purpose": "location", "version": "1"}],
        "device": {"platform": "android", "app_version": "1.0.0", "language": "da"},
    }
    headers = {"Authorization": f"Bearer {proof(keys_of(service), '+4520123456')}"}
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{service.url}/mobile/v1/volunteers", json=body, headers=headers)
    return str(answer.json()["tokens"]["access_token"])


def keys_of(service: Service) -> Keys:
    return keys_from(service.folder.signing_key.read_bytes(), service.folder.phone_hash_key.read_bytes())


def proof(keys: Keys, phone: str) -> str:
    sealed = {"sealed_phone": seal_phone(keys, phone)}
    token, _ = issue_access_token(keys.signing, Audience.SIGN_UP, uuid4(), sealed, datetime.now(UTC))
    return token
