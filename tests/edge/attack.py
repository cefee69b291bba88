"""schemathesis as somebody in particular: requests made from an OpenAPI file, right and wrong, one after another.

A short run belongs to `make test`; `make attack-api` says by ATTACK_ROUNDS and ATTACK_EXAMPLES how long a long one is.
Every round logs in anew: a token lives some minutes.
"""

import asyncio
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,missing_required_header,unsupported_method,ignored_auth,negative_data_rejection"
)
"""Not positive_data_acceptance: a schema cannot say that a phone number exists, or which fields exclude each other."""

STREAMS = "follow_.*"
"""Of whoever may follow them they never end."""

ENDS = "erase_me|withdraw_me|sign_out"
"""After one of these whoever may make it is refused everything else."""

ROUNDS = int(os.environ.get("ATTACK_ROUNDS", "1"))
EXAMPLES = int(os.environ.get("ATTACK_EXAMPLES", "4"))
LONGEST_S = 240  # of a round: a dispatch system's token lives five minutes
SEED = 7


async def attack(
    url: str,
    document: str,
    authorization: str,
    folder: Path,
    number: int = 0,
    left_out: Sequence[str] = (),
    **environment: str,
) -> str:
    """What schemathesis said of one round; raises AssertionError with all of it where anything was found.

    `authorization`: the header's whole value, empty for a stranger. `document`: a file's path or an address.
    `left_out`: which operations, as patterns of their names.
    """
    who = ("--header", f"Authorization: {authorization}") if authorization else ()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", document, "--url", url, *who, "--checks", CHECKS),
        *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES)),
        *("--seed", str(SEED + number), "--no-shrink", "--no-color"),
        *(("--exclude-operation-id-regex", f"^({'|'.join(left_out)})$") if left_out else ()),
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
