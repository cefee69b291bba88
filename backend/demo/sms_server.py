"""A local SMS gateway over HTTP, with a look at every phone's inbox.

    python -m backend.demo.sms_server --token-file FILE --port 8091 --log accepted.jsonl

POST /messages {to, text, sender, reference} with a bearer token → 202 {id}; GET /log?since=N, GET /stream?since=N
(server-sent events {n, arrived_at, at, id, to, text, sender, reference}); PUT /faults to make trouble.
"""

import argparse
import asyncio
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web

from backend.demo.provider_faults import Fault, Faults, Misbehaviour, Trouble, hang_up, never_answer
from backend.demo.provider_log import ProviderLog
from backend.demo.provider_run import serve_until_told

_E164 = re.compile(r"\+[1-9]\d{6,14}")
MAX_TEXT = 1530  # ten parts


class Text(msgspec.Struct, forbid_unknown_fields=True):
    """What a caller posts."""

    to: str
    text: str
    sender: str
    reference: str


class SmsServer:
    """Its requests, over one token, one log and one order of faults."""

    def __init__(self, token: str, log: ProviderLog, faults: Faults | None = None, seed: int = 0) -> None:
        self.log = log
        self.misbehaviour = Misbehaviour(faults or Faults(), seed)
        self._token = token

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_post("/messages", self._messages)
        app.router.add_get("/log", self.log.answer_log)
        app.router.add_get("/stream", self.log.answer_stream)
        app.router.add_put("/faults", self.misbehaviour.take_order)
        app.router.add_get("/health", _well)
        return app

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        arrived_at = datetime.now(UTC)
        body = await request.read()
        await self.misbehaviour.latency()
        if not secrets.compare_digest(request.headers.get("Authorization", ""), f"Bearer {self._token}"):
            return _refused(401, "unauthenticated")
        try:
            text = msgspec.json.decode(body, type=Text)
        except (msgspec.ValidationError, msgspec.DecodeError):
            return _refused(400, "invalid_request")
        if not _E164.fullmatch(text.to):
            return _refused(422, "invalid_recipient")
        if not text.text or len(text.text) > MAX_TEXT or not 1 <= len(text.sender) <= 11:
            return _refused(422, "invalid_text")
        fault = self.misbehaviour.draw(text.to)
        if fault is not None and fault.trouble is not Trouble.LOST:
            return await _trouble(request, fault)
        message_id = secrets.token_hex(8)
        await self.log.accept(arrived_at, {"id": message_id} | msgspec.to_builtins(text))
        if fault is not None:
            return await hang_up(request)
        return web.json_response({"id": message_id}, status=202)


async def _well(_request: web.Request) -> web.Response:
    return web.json_response({"ready": True})


async def _trouble(request: web.Request, fault: Fault) -> web.StreamResponse:
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    match fault.trouble:
        case Trouble.UNREGISTERED | Trouble.OTHER_SENDER | Trouble.INVALID:
            return _refused(422, "invalid_recipient")
        case Trouble.BARE_404:
            return web.Response(status=404)
        case Trouble.UNAUTHENTICATED:
            return _refused(401, "unauthenticated")
        case Trouble.TOO_MANY:
            return _refused(429, "too_many", headers)
        case Trouble.INTERNAL:
            return _refused(500, "internal", headers)
        case Trouble.UNAVAILABLE:
            return _refused(503, "unavailable", headers)
        case Trouble.HANG:
            return await never_answer()
        case Trouble.LOST | Trouble.RESET:
            return await hang_up(request)


def _refused(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": code}, status=status, headers=headers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--token-file", type=Path, required=True, help="the token callers must bring")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, help="file that gets every accepted message, one JSON object a line")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0, help="of the shares in /faults")
    chosen = parser.parse_args()

    async def run() -> None:
        log = ProviderLog(chosen.log)
        token = chosen.token_file.read_text().strip()
        server = SmsServer(token, log, Faults(latency_ms=chosen.latency_ms), chosen.seed)
        await serve_until_told(server.app(), chosen.host, chosen.port)
        log.close()

    asyncio.run(run())


if __name__ == "__main__":
    main()
