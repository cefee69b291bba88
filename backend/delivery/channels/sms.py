"""Text messages through an HTTP gateway: POST {url}/messages {to, text, sender, reference} → 202 {id}."""

import asyncio
from datetime import datetime

import aiohttp
import msgspec

from backend.delivery.channels.http import Answer, post, retry_after_s
from backend.delivery.claim import Parcel
from backend.delivery.message import Channel
from backend.delivery.outcome import Accepted, Ambiguous, Outcome, Rejected
from backend.delivery.wording import sms_text

_PATIENCE_S = 5.0  # where a gateway says "too many" without saying how long


class _Taken(msgspec.Struct):
    id: str


class SmsChannel:
    """Sends to phone numbers. `reference` is the delivery's id, so a gateway can tell a repetition."""

    channel = Channel.SMS

    def __init__(
        self, session: aiohttp.ClientSession, gateway_url: str, token: str, sender: str, public_url: str
    ) -> None:
        self._session = session
        self._url = f"{gateway_url.rstrip('/')}/messages"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._sender = sender
        self._public_url = public_url.rstrip("/")

    async def send(self, parcel: Parcel, wire_by: float, now: datetime) -> Outcome:
        link = None if parcel.link_token is None else f"{self._public_url}/a/{parcel.link_token}"
        text = sms_text(parcel.what, parcel.kind, parcel.language, parcel.content, link, parcel.expires_at, now)
        message = {"to": parcel.to, "text": text, "sender": self._sender, "reference": str(parcel.delivery_id)}
        answer = await post(self._session, self._url, self._headers, msgspec.json.encode(message), wire_by)
        return _outcome_of(answer, now) if isinstance(answer, Answer) else answer

    async def ready(self) -> None:
        """Its token came with the settings."""

    async def keep_warm(self) -> None:
        await asyncio.Event().wait()  # a gateway offers nothing to warm up with


def _outcome_of(answer: Answer, now: datetime) -> Outcome:
    if answer.status in (200, 201, 202):
        try:
            return Accepted(msgspec.json.decode(answer.body, type=_Taken).id)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return Ambiguous("unreadable_answer")
    if answer.status >= 500 or answer.status == 408:
        return Ambiguous(f"HTTP_{answer.status}", retry_after_s(answer, now))
    if answer.status == 429:
        return Rejected("HTTP_429", retry_after_s=retry_after_s(answer, now, _PATIENCE_S))
    return Rejected(f"HTTP_{answer.status}")
