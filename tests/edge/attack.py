"""schemathesis as somebody in particular: requests made from an OpenAPI file, right and wrong, one after another.

A short run belongs to `make test`; `make attack-api` has more (ATTACK_ROUNDS, ATTACK_EXAMPLES).
Every round logs in anew: a token lives some minutes.
"""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,missing_required_header,unsupported_method,ignored_auth,negative_data_rejection"
)
"""Not positive_data_acceptance: a schema cannot say that a phone number exists, or which fields exclude each other."""

LEFT_OUT = "^(follow_.*|erase_me|withdraw_me|sign_out)$"
"""Streams never end; after leaving and signing out everything else would be refused."""

ROUNDS = int(os.environ.get("ATTACK_ROUNDS", "1"))
EXAMPLES = int(os.environ.get("ATTACK_EXAMPLES", "4"))
LONGEST_S = 240  # of a round: a dispatch system's token lives five minutes
SEED = 7


async def attack(url: str, document: str, authorization: str, folder: Path, number: int = 0, **environment: str) -> str:
    """What schemathesis said of one round; raises AssertionError with all of it where anything was found.

    `authorization`: the header's whole value, empty for a stranger. `document`: a file, or an address below `url`.
    """
    where = document if document.endswith(".json") else f"{url}/openapi/{document}.json"
    who = ("--header", f"Authorization: {authorization}") if authorization else ()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", where, "--url", url, *who, "--checks", CHECKS),
        *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES)),
        *("--seed", str(SEED + number), "--no-shrink", "--no-color", "--exclude-operation-id-regex", LEFT_OUT),
        *("--suppress-health-check", "all", "--continue-on-failure", "--request-timeout", "10"),
        *(("--max-time", str(LONGEST_S)) if ROUNDS > 1 else ()),
        cwd=folder,
        env=_environment(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said


def generated(said: str) -> int:
    """How many requests a round made."""
    found = re.search(r"(\d[\d,]*) generated", said)
    assert found, said
    return int(found[1].replace(",", ""))


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return os.environ | {"SCHEMATHESIS_HOOKS": "tests.edge.schemathesis_proofs"} | dict(more)
