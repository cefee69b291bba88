"""What the local SMS server delivered, by number: the only screen a demo phone has for texts."""

from collections import defaultdict, deque

import aiohttp
import msgspec

KEPT_A_NUMBER = 10


class Delivered(msgspec.Struct, frozen=True):
    n: int
    at: str
    to: str
    text: str


class Inbox:
    """Reads on from where it stopped last time."""

    def __init__(self, sms_url: str) -> None:
        self._url = f"{sms_url}/log"
        self._read_to = 0
        self._texts: dict[str, deque[Delivered]] = defaultdict(lambda: deque(maxlen=KEPT_A_NUMBER))

    async def texts_to(self, phone: str) -> list[Delivered]:
        """The newest texts to `phone` (E.164, or a Danish number of eight digits), oldest first."""
        digits = "".join(character for character in phone if character in "+0123456789")
        await self._read_on()
        return list(self._texts.get(digits if digits.startswith("+") else f"+45{digits}", ()))

    async def _read_on(self) -> None:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(self._url, params={"since": self._read_to}) as response,
        ):
            lines = (await response.read()).splitlines()
        for line in lines:
            text = msgspec.json.decode(line, type=Delivered)
            self._read_to = max(self._read_to, text.n)
            self._texts[text.to].append(text)
