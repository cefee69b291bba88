"""A phone's log-in: by a code in a text message, kept fresh, and used for every call."""

import asyncio
from datetime import UTC, datetime, timedelta

from backend.demo.phones.book import Entry
from backend.demo.phones.device_key import DeviceKey
from backend.demo.phones.mailbox import Mailbox
from backend.demo.phones.mobile_api import TRIES, MobileApi, Reply
from backend.demo.phones.notebook import Notebook
from backend.demo.phones.walk import Point
from backend.demo.phones.wire import SignedIn, SignedUp, Tokens

APP_VERSION = "1.4.0"
CODE_PATIENCE_S = 30.0
SIGN_IN, REFRESH, VOLUNTEERS = "/mobile/v1/sign-in", "/mobile/v1/sign-in/refresh", "/mobile/v1/volunteers"


class CannotSignIn(Exception):
    """Why is in the notebook."""


class Account:
    """Signs in when first needed; many callers at once share one log-in."""

    def __init__(self, entry: Entry, api: MobileApi, mailbox: Mailbox, notebook: Notebook) -> None:
        self.entry = entry
        self.tokens: Tokens | None = None
        self._api = api
        self._mailbox = mailbox
        self._notebook = notebook
        self._turn = asyncio.Lock()
        self._key = DeviceKey()

    async def call(self, method: str, path: str, body: object = None, tries: int = TRIES) -> Reply:
        """A call as this person; an access token that has run out is renewed once. Raises CannotSignIn."""
        tokens = self.tokens or await self.sign_in()
        reply = await self._api.call(method, path, body, tokens.access_token, tries)
        if reply.status == 401:
            tokens = await self._renew(tokens)
            reply = await self._api.call(method, path, body, tokens.access_token, tries)
        return reply

    async def sign_in(self) -> Tokens:
        """Raises CannotSignIn for somebody whom the server does not know."""
        async with self._turn:
            if self.tokens is None:
                answer = await self._prove_the_number()
                if answer.tokens is None:
                    raise self._trouble("unknown here")
                self.tokens = answer.tokens
                self._notebook.note(self.entry.phone, "signed_in", volunteer_id=self.tokens.volunteer_id)
            return self.tokens

    async def sign_up(self, person: dict[str, object]) -> None:
        """From scratch: the same proof of the number, then who one is. Somebody known already is just signed in."""
        async with self._turn:
            answer = await self._prove_the_number()
            self.tokens = answer.tokens
            if answer.tokens is not None:
                return
            reply = await self._api.call(
                "POST",
                VOLUNTEERS,
                {**person, "device": self._device()},
                answer.sign_up_token,
                proof=self._proof(VOLUNTEERS, answer.sign_up_token or ""),
            )
            if not reply.ok:
                raise self._trouble(f"sign-up: {reply.status} {reply.body[:300].decode(errors='replace')}")
            self.tokens = reply.read(SignedUp).tokens
            self._notebook.note(self.entry.phone, "signed_up", volunteer_id=self.tokens.volunteer_id)

    async def tell_device(self) -> Reply:
        """Where pushes go and what this phone allows."""
        push = None if self.entry.push is None else {"kind": "fcm_token", "value": self.entry.push}
        permissions = {
            "notifications": "granted",
            "location_always": "granted",
            "critical_alerts": "granted" if self.entry.platform == "ios" else "unknown",
            "battery_unrestricted": "granted" if self.entry.platform == "android" else "unknown",
        }
        return await self.call(
            "PUT", "/mobile/v1/me/device", {**self._device(), "push": push, "permissions": permissions}
        )

    async def tell_positions(self, points: list[tuple[Point, float | None, float]], *, again: bool = True) -> Reply:
        """A batch of (where, accuracy in metres if known, how many seconds ago). `again`: until it is taken; somebody
        under way sends the next one instead."""
        now = datetime.now(UTC)
        positions = [
            {
                "lat": round(point.lat, 6),
                "lon": round(point.lon, 6),
                "accuracy_m": accuracy,
                "measured_at": stamp(now - timedelta(seconds=ago)),
            }
            for point, accuracy, ago in points
        ]
        reply = await self.call(
            "POST", "/mobile/v1/positions", {"sent_at": stamp(now), "positions": positions}, TRIES if again else 1
        )
        self._notebook.note(self.entry.phone, "position", items=len(points), status=reply.status)
        return reply

    async def still_here(self) -> Reply:
        return await self.call("POST", "/mobile/v1/still-here", {"sent_at": stamp(datetime.now(UTC))})

    async def _prove_the_number(self) -> SignedIn:
        phone = self.entry.phone
        coming = self._mailbox.expect_code(phone)
        asked = await self._api.call(
            "POST", "/mobile/v1/sign-in/codes", {"phone": phone, "language": self.entry.language}
        )
        if not asked.ok:
            raise self._trouble(f"code: {asked.status}")
        try:
            code = await asyncio.wait_for(coming, CODE_PATIENCE_S)
        except TimeoutError:
            raise self._trouble("no code came") from None
        body = {"phone": phone, "code": code, "device": self._device()}
        reply = await self._api.call("POST", SIGN_IN, body, proof=self._proof(SIGN_IN, code))
        if not reply.ok:
            raise self._trouble(f"sign-in: {reply.status}")
        return reply.read(SignedIn)

    async def _renew(self, spent: Tokens) -> Tokens:
        async with self._turn:
            if self.tokens is not None and self.tokens is not spent:
                return self.tokens
            token = spent.refresh_token
            proof = self._proof(REFRESH, token)
            reply = await self._api.call("POST", REFRESH, {"refresh_token": token}, proof=proof)
            self.tokens = reply.read(Tokens) if reply.ok else None
        return self.tokens or await self.sign_in()

    def _proof(self, path: str, secret: str) -> str:
        return self._key.proof(self._api.url + path, secret)

    def _device(self) -> dict[str, object]:
        return {"platform": self.entry.platform, "app_version": APP_VERSION, "language": self.entry.language}

    def _trouble(self, why: str) -> CannotSignIn:
        self._notebook.note(self.entry.phone, "trouble", why=why)
        return CannotSignIn(why)


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
