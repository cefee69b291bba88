"""Those who work: a driftsansvarlig who grants roles, people at seats, browsers without JavaScript."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyotp
from httpx import Response
from litestar.testing import AsyncTestClient

from backend.console.visit import COOKIE, SEAT_COOKIE
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Database, Role
from backend.foundation.ids import CentreId, IncidentId, in_order
from backend.identity import seats, staff_session
from backend.identity.queries_staff import insert_role, insert_staff, staff_by_email
from backend.identity.seats import Envelope
from backend.identity.shift import How
from backend.identity.staff import Granted, Staff, StaffId, StaffRole
from backend.regions import shipped

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
PUBLIC_URL = "https://konsol.example"
FROM_HERE = {"Sec-Fetch-Site": "same-origin", "Origin": PUBLIC_URL}
HOVEDSTADEN = CentreId(shipped.centre_id("amk-hovedstaden"))
NORDJYLLAND = CentreId(shipped.centre_id("amk-nordjylland"))
OWNER, API = Actor(Role.OWNER), Actor(Role.API)


class Office:
    """What an operator's commands do, and what is looked up past the pages."""

    def __init__(self, database: Database, clock: SetClock) -> None:
        self.database, self.clock = database, clock

    async def grants(
        self,
        name: str,
        *roles: StaffRole,
        centre: CentreId | None = HOVEDSTADEN,
        until: datetime | None = None,
    ) -> Staff:
        """Somebody of that name, at `name@amk.example`, in roles at a centre (None: at every one)."""
        now = self.clock.now()
        async with self.database.acting_as(OWNER) as c:
            staff = Staff(StaffId(uuid4()), f"{name.lower()}@amk.example", name)
            await insert_staff(c, staff, now)
            found = await staff_by_email(c, staff.email)
            assert found is not None
            for role in roles:
                await insert_role(c, found.id, Granted(uuid4(), role, centre, now, until))
        return found

    async def has_a_seat(self, name: str = "1", centre: CentreId = HOVEDSTADEN) -> Envelope:
        async with self.database.acting_as(OWNER) as c:
            made = await seats.add_seat(c, centre, name, self.clock.now())
        assert made is not None
        return made

    async def has_an_incident(self, centre: CentreId = HOVEDSTADEN, kind: str = "live") -> IncidentId:
        """Somebody collapsed, as a dispatch centre's report would have it."""
        incident_id = IncidentId(in_order())
        async with self.database.acting_as(Actor(Role.API, centre)) as c:
            await c.execute(
                """
                INSERT INTO incidents.incident (id, kind, centre_id, case_number, state, asking, opened_at,
                  last_event_at, next_seq, revision, policy, cell_r9, coarse, exclusions, circumstances)
                VALUES ($1, $2, $3, $4, 'open', 'asked', $5, $5, 1, 1, '{}', 0, false, '{}', '{}')
                """,
                incident_id,
                kind,
                centre,
                f"sag-{incident_id}",
                self.clock.now(),
            )
        return incident_id

    async def ends(self, incident_id: IncidentId, centre: CentreId = HOVEDSTADEN) -> None:
        async with self.database.acting_as(Actor(Role.API, centre)) as c:
            await c.execute(
                "UPDATE incidents.incident SET state = 'ended', ended_at = $2, end_reason = 'closed' WHERE id = $1",
                incident_id,
                self.clock.now(),
            )

    async def has_a_system(self, client_id: str, centre: CentreId = HOVEDSTADEN) -> None:
        async with self.database.acting_as(OWNER) as c:
            await c.execute(
                """
                INSERT INTO identity.client (id, client_id, centre_id, kind, scopes, created_at)
                VALUES ($1, $2, $3, 'live', '{incidents:read}', $4)
                """,
                uuid4(),
                client_id,
                centre,
                self.clock.now(),
            )

    async def is_frozen(self, client_id: str) -> bool:
        async with self.database.acting_as(OWNER) as c:
            found = await c.fetchval("SELECT frozen_at FROM identity.client WHERE client_id = $1", client_id)
        return found is not None

    async def journal(self, event: str) -> list[dict[str, Any]]:
        async with self.database.acting_as(OWNER) as c:
            rows = await c.fetch(
                """
                SELECT facts, person_id, centre_id, incident_id FROM foundation.journal_entry
                WHERE event = $1 ORDER BY id
                """,
                event,
            )
        return [dict(row) for row in rows]


class Browser:
    """Keeps cookies, follows no redirect by itself."""

    def __init__(self, http: AsyncTestClient[Any], office: Office) -> None:
        self.http, self.office = http, office
        self.cookies: dict[str, str] = {}

    async def opens(self, address: str) -> Response:
        parts = urlsplit(address)
        return await self._call("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)

    async def sends(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] = FROM_HERE) -> Response:
        """A form as it is typed, without what a page had hidden in it."""
        return await self._call("POST", path, data=dict(form), headers=dict(headers))

    async def fills_in(self, page: Response, path: str, **typed: str) -> Response:
        """The form of `page` that goes to `path`, with what it hides."""
        return await self.sends(path, hidden_in(page, path) | typed)

    async def _call(self, method: str, path: str, **more: Any) -> Response:
        self.http.cookies.clear()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more["headers"] = more.get("headers", {}) | ({"Cookie": cookie} if cookie else {})
        answer = await self.http.request(method, path, follow_redirects=False, **more)
        for header in answer.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if not self.cookies[name]:
                del self.cookies[name]
        return answer

    async def is_seat(self, envelope: Envelope) -> None:
        assert (await self.sends("/konsol/plads", {"code": envelope.code})).status_code == 200
        assert SEAT_COOKIE in self.cookies

    async def sits_down(
        self, staff: Staff, centre: CentreId | None = HOVEDSTADEN, *, fresh: bool = False, seat: Any = None
    ) -> None:
        """Signed in at once, without a provider: for whoever is interested in the pages behind it."""
        now = self.office.clock.now()
        async with self.office.database.acting_as(Actor(Role.API, centre, staff.id)) as c:
            self.cookies[COOKIE] = await staff_session.begin(
                c, staff.id, centre, seat, How.OPENID, now if fresh else None, timedelta(hours=12), now
            )

    async def logs_in_sealed(self, envelope: Envelope, email: str, digits: str | None = None) -> Response:
        page = await self.opens("/konsol/noed")
        code = digits if digits is not None else code_of(envelope, self.office.clock.now())
        return await self.fills_in(page, "/konsol/noed", email=email, envelope=envelope.word, digits=code)


def code_of(envelope: Envelope, now: datetime) -> str:
    """What the code device shows."""
    device = pyotp.parse_uri(envelope.totp_address)
    assert isinstance(device, pyotp.TOTP)
    return device.at(now)


def hidden_in(page: Response, path: str) -> dict[str, str]:
    """What the form that goes to `path` sends along unseen."""
    (form, *_) = re.findall(rf'<form[^>]*action="{re.escape(path)}">(.*?)</form>', page.text, re.DOTALL)
    return {
        name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    }


def onward(page: Response) -> str:
    """Where a page goes on by itself."""
    assert page.status_code == 200, page.text
    (found,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)
    return unescape(found)


def text_of(page: Response) -> str:
    """What is read on a page, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2])).split())
