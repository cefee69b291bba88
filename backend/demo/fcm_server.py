"""A local Firebase Cloud Messaging: the v1 protocol with real credentials, its refusals, and phones that listen.

    python -m backend.demo.fcm_server --service-account FILE --port 8090 --log accepted.jsonl

POST /token, POST /v1/projects/{project}/messages:send as at Google; GET /log?since=N, GET /device/stream?since=N
(server-sent events {n, arrived_at, at, to, token, fid, data, android, apns, webpush}); PUT /faults to make trouble.
"""

import argparse
import asyncio
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from backend.demo import fcm_rules
from backend.demo.fcm_account import TokenDesk, WrongAssertion
from backend.demo.provider_faults import Fault, Faults, Misbehaviour, Trouble, hang_up, never_answer
from backend.demo.provider_log import ProviderLog
from backend.demo.provider_run import serve_until_told

_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class FcmServer:
    """Its requests, over one account, one log and one order of faults."""

    def __init__(self, account: Path, log: ProviderLog, faults: Faults | None = None, seed: int = 0) -> None:
        self.log = log
        self.misbehaviour = Misbehaviour(faults or Faults(), seed)
        self._desk = TokenDesk(account)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_post("/token", self._token)
        app.router.add_post("/v1/projects/{project}/messages:send", self._send)
        app.router.add_get("/log", self.log.answer_log)
        app.router.add_get("/device/stream", self.log.answer_stream)
        app.router.add_put("/faults", self.misbehaviour.take_order)
        app.router.add_get("/health", _well)
        return app

    async def _token(self, request: web.Request) -> web.StreamResponse:
        if self.misbehaviour.order.token_endpoint_down:
            return web.Response(status=503)
        form = await request.post()
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        try:
            token, life_s = self._desk.exchange(str(form.get("assertion", "")))
        except WrongAssertion as wrong:
            return web.json_response({"error": "invalid_grant", "error_description": str(wrong)}, status=400)
        return web.json_response({"access_token": token, "expires_in": life_s, "token_type": "Bearer"})

    async def _send(self, request: web.Request) -> web.StreamResponse:
        arrived_at = datetime.now(UTC)
        body = await request.read()
        await self.misbehaviour.latency()
        if not self._desk.is_valid(request.headers.get("Authorization")):
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if request.match_info["project"] != self._desk.project_id:
            return _error(403, "PERMISSION_DENIED", "Permission denied on this project.")
        try:
            send = fcm_rules.read(body)
        except fcm_rules.Violation as wrong:
            return _invalid(wrong.field, wrong.description)
        to = fcm_rules.target(send.message)
        fault = self.misbehaviour.draw(to)
        if fault is not None and fault.trouble is not Trouble.LOST:
            return await _trouble(request, fault)
        if not send.validate_only:
            message: dict[str, Any] = {"to": to} | msgspec.to_builtins(send.message)
            await self.log.accept(arrived_at, message)
        if fault is not None:
            return await hang_up(request)
        return web.json_response({"name": f"projects/{self._desk.project_id}/messages/0:{secrets.token_hex(12)}"})


async def _well(_request: web.Request) -> web.Response:
    return web.json_response({"ready": True})


# Trouble that is an error document of Google's: HTTP status, its name, its words, FCM's own code.
_DOCUMENTS: dict[Trouble, tuple[int, str, str, str | None]] = {
    Trouble.UNREGISTERED: (404, "NOT_FOUND", "Requested entity was not found.", "UNREGISTERED"),
    Trouble.OTHER_SENDER: (403, "PERMISSION_DENIED", "SenderId mismatch", "SENDER_ID_MISMATCH"),
    Trouble.UNAUTHENTICATED: (401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", None),
    Trouble.TOO_MANY: (429, "RESOURCE_EXHAUSTED", "Quota exceeded", "QUOTA_EXCEEDED"),
    Trouble.INTERNAL: (500, "INTERNAL", "Internal error encountered.", "INTERNAL"),
    Trouble.UNAVAILABLE: (503, "UNAVAILABLE", "The service is currently unavailable.", "UNAVAILABLE"),
}


async def _trouble(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.trouble in _DOCUMENTS:
        headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
        return _error(*_DOCUMENTS[fault.trouble], headers)
    match fault.trouble:
        case Trouble.INVALID:
            return _invalid("message", "Request contains an invalid argument.")
        case Trouble.BARE_404:
            return web.Response(status=404, text="<html>Not Found</html>", content_type="text/html")
        case Trouble.HANG:
            return await never_answer()
        case _:
            return await hang_up(request)


def _error(
    status: int, name: str, message: str, fcm_code: str | None = None, headers: dict[str, str] | None = None
) -> web.Response:
    error: dict[str, Any] = {"code": status, "message": message, "status": name}
    if fcm_code is not None:
        error["details"] = [{"@type": _FCM_ERROR, "errorCode": fcm_code}]
    return web.json_response({"error": error}, status=status, headers=headers)


def _invalid(field: str, description: str) -> web.Response:
    details = [
        {"@type": _FCM_ERROR, "errorCode": "INVALID_ARGUMENT"},
        {"@type": _BAD_REQUEST, "fieldViolations": [{"field": field, "description": description}]},
    ]
    error = {"code": 400, "message": description, "status": "INVALID_ARGUMENT", "details": details}
    return web.json_response({"error": error}, status=400)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service-account", type=Path, required=True, help="whose assertions are believed")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, help="file that gets every accepted message, one JSON object a line")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0, help="of the shares in /faults")
    chosen = parser.parse_args()

    async def run() -> None:
        log = ProviderLog(chosen.log)
        server = FcmServer(chosen.service_account, log, Faults(latency_ms=chosen.latency_ms), chosen.seed)
        await serve_until_told(server.app(), chosen.host, chosen.port)
        log.close()

    asyncio.run(run())


if __name__ == "__main__":
    main()
