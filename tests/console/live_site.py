"""The console as it runs in earnest: the API as a process, a town in its database, and people signed in at browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from playwright.async_api import Browser, BrowserContext, Page

from backend.console.visit import COOKIE
from backend.foundation.clock import MachineClock, SetClock
from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.identity import staff_session
from backend.identity.queries_staff import insert_role, insert_staff
from backend.identity.shift import How
from backend.identity.staff import Granted, Staff, StaffId, StaffRole
from tests.alarm.cast import Town
from tests.console.cast import HOVEDSTADEN
from tests.harness.running import Service, running_service

Scheme = Literal["dark", "light"]
DESK = {"width": 1440, "height": 900}
PATIENCE_MS = 20_000
PROPER = (
    "status of 4",
    "status of 5",
    "ERR_CONNECTION",
    "ERR_INCOMPLETE",
    "ERR_EMPTY",
    "GPU stall",
    "AudioContext was",
)
"""What a browser logs itself where a server is away or refuses, or nobody has touched a page that would sound.

The tests look at what the page says of it.
"""

LISTENS_FOR_REFUSALS = """
document.addEventListener("securitypolicyviolation", each => console.error(each.violatedDirective, each.blockedURI))
"""
"""What the policy of our pages refuses is wrong, on whichever page it is."""


LISTENS_FOR_REFUSALS = """
document.addEventListener("securitypolicyviolation", each => console.error(each.violatedDirective, each.blockedURI))
"""


@dataclass
class LiveSite:
    service: Service
    database: Database
    town: Town
    wrong: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def to_the_minute(self) -> None:
        """The town's clock is the machine's: what follows happens now."""
        self.town.clock = SetClock(MachineClock().now())

    async def staff(self, name: str, *roles: StaffRole) -> str:
        """The secret of a session of somebody in these roles, fresh."""
        now = MachineClock().now()
        staff = Staff(StaffId(uuid4()), f"{name.lower()}-{uuid4().hex[:6]}@amk.example", name)
        async with self.database.acting_as(Actor(Role.OWNER)) as c:
            await insert_staff(c, staff, now)
            for role in roles:
                await insert_role(c, staff.id, Granted(uuid4(), role, HOVEDSTADEN, now, None))
        async with self.database.acting_as(Actor(Role.API, HOVEDSTADEN, staff.id)) as c:
            shift = timedelta(hours=12)
            return await staff_session.begin(c, staff.id, HOVEDSTADEN, None, How.OPENID, now, shift, now)

    @asynccontextmanager
    async def seat(
        self,
        browser: Browser,
        *roles: StaffRole,
        size: dict[str, int] = DESK,
        scheme: Scheme = "dark",
        **more: Any,
    ) -> AsyncIterator[Page]:
        """A browser somebody in these roles sits at. Errors it logs and addresses it asks are gathered."""
        context: BrowserContext = await browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            **more,
        )
        await context.add_cookies(await self.cookies(*roles, scheme=scheme))  # type: ignore[arg-type]
        page = await context.new_page()
        await page.add_init_script(LISTENS_FOR_REFUSALS)
        page.set_default_timeout(PATIENCE_MS)
        await page.add_init_script(LISTENS_FOR_REFUSALS)
        page.on("request", lambda request: self._asked(request.url))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        yield page
        await context.close()

    async def cookies(self, *roles: StaffRole, scheme: Scheme = "dark") -> list[dict[str, Any]]:
        """Of a browser somebody in these roles has just signed in at."""
        secret = await self.staff("Vera", *(roles or (StaffRole.VISITATOR,)))
        cookies = {COOKIE: secret, "__Host-konsol-tema": "lys" if scheme == "light" else "moerk"}
        url = self.service.url.replace("http:", "https:")  # which loopback counts as, here and in a browser
        return [{"name": name, "value": value, "url": url, "secure": True} for name, value in cookies.items()]

    def _asked(self, url: str) -> None:
        if not url.startswith((self.service.url, "data:", "blob:")):
            self.elsewhere.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(each in text for each in PROPER):
            self.wrong.append(text)


@asynccontextmanager
async def running_live_site(dsn: str, path: Path, *, worker: bool = False, **more: str) -> AsyncIterator[LiveSite]:
    """The API (and, where asked for, the worker) as processes, and a town of the capital's centre."""
    async with running_service(dsn, path, worker=worker, **more) as service:
        database = await open_database(dsn, dict.fromkeys(Lane, 4), carries=service.ring)
        town = Town(database)
        town.centre_id = HOVEDSTADEN
        town.clock = SetClock(MachineClock().now())
        try:
            yield LiveSite(service, database, town)
        finally:
            await database.close()
