"""Somebody in front of a browser: with one of the tests' own (HTTP alone), or a real one."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

from httpx import Response
from litestar.testing import AsyncTestClient

from backend.foundation.database import Database
from tests.harness.above import ABOVE
from tests.harness.opened import newest_code, sent_code

JOIN_CODE = "HJV-7"
NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
API = ABOVE
ANNA = {"name": "Anna Åkesson", "birth_year": "1990", "training": "hlr"}
_numbers = count()


def a_phone() -> str:
    """A Danish number nobody has, in no other test of this process either."""
    return f"+4568{next(_numbers):06}"


class Browser:
    """A browser without JavaScript: keeps cookies, follows no redirect by itself, remembers where it was sent."""

    def __init__(self, http: AsyncTestClient[Any], database: Database, phone: str, query: str = "") -> None:
        self.http, self.database, self.phone, self.query = http, database, phone, query
        self.cookies: dict[str, str] = {}
        self.sent_to: list[str] = []

    async def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Response:
        """As a browser does it: its cookies, and the query that every link of the pages carries on."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | (
            {"Cookie": cookie} if cookie else {}
        )
        address = path if "?" in path else path + self.query
        self.http.cookies.clear()
        answer = await self.http.request(method, address, content=body, headers=sent, follow_redirects=False)
        self.cookies |= dict(answer.cookies.items())
        if "location" in answer.headers:
            self.sent_to.append(answer.headers["location"])
        return answer

    async def opens(self, path: str) -> Response:
        return await self.call("GET", path)

    async def sends(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Response:
        media_type = {"content_type": "application/x-www-form-urlencoded"}
        return await self.call("POST", path, urlencode(form or {}).encode(), **media_type | headers)

    async def asks_for_a_code(self) -> Response:
        return await self.sends("/tilmelding", {"phone": self.phone})

    async def newest_code(self) -> str:
        """The code in the last message queued for this number."""
        async with self.database.acting_as(API) as connection:
            return await newest_code(connection, self.phone)

    async def is_sent_a_code(self) -> bool:
        """Whether a message with a code for this number waits to be sent now, or was held back."""
        async with self.database.acting_as(API) as connection:
            return await sent_code(connection, self.phone) is not None

    async def proves_the_phone(self) -> Response:
        assert (await self.asks_for_a_code()).status_code == 303
        return await self.sends("/tilmelding/kode", {"code": await self.newest_code()})

    async def says_who(self, **different: str) -> Response:
        """As Anna, born 1990, unless told otherwise."""
        return await self.sends("/tilmelding/om-dig", ANNA | different)

    async def signs_up(self, *purposes: str, **different: str) -> Response:
        """All the way; the answer to the last form."""
        await self.proves_the_phone()
        assert (await self.says_who(**different)).status_code == 303
        return await self.sends("/tilmelding/samtykke", dict.fromkeys(purposes, "yes"))


def text_of(answer: Response) -> str:
    """What is read on a page, without its marks."""
    body = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2].partition("</main>")[0].partition(">")[2])
    return " ".join(body.split())
