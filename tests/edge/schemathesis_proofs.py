"""Loaded by schemathesis (SCHEMATHESIS_HOOKS): each request of a dispatch system gets a proof of its own."""

import os
from datetime import UTC, datetime
from typing import Any

import schemathesis

from backend.conform.signing import ProofKey

PROOFS = ProofKey(os.environ["PROOF_KEY"]) if "PROOF_KEY" in os.environ else None


class Prove:
    """For requests, which asks it when address and headers are what will be sent."""

    def __init__(self, proofs: ProofKey) -> None:
        self._proofs = proofs

    def __call__(self, request: Any) -> Any:
        scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
        if scheme == "DPoP":
            request.headers["DPoP"] = self._proofs.proof(request.method, request.url, datetime.now(UTC), token)
        return request


@schemathesis.hook
def before_call(_context: Any, _case: Any, kwargs: dict[str, Any]) -> None:
    if PROOFS is not None:
        kwargs["auth"] = Prove(PROOFS)
