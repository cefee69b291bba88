"""A manager at a desk: a browser that keeps cookies, and the campaigns' site."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from httpx import Response
from litestar.testing import AsyncTestClient

from campaigns.campaign.campaign import Campaign
from campaigns.managers import grants, queries, session
from campaigns.organisation.unit import UnitCode
from campaigns.signing_in.answers import COOKIE
from tests.campaigns.cast import A_BROWSER, NOON, Office

ANNA = "anna@fmn.example"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


class Desk:
    """Its cookies are the client's."""

    def __init__(self, http: AsyncTestClient[Any]) -> None:
        self.http = http

    async def opens(self, address: str, method: str = "GET", **headers: str) -> Response:
        """A page, as a browser that stays where it is when it is led on."""
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        sent = A_BROWSER | (FROM_HERE if method != "GET" else {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(method, path, headers=sent, follow_redirects=False)

    async def sends(self, path: str, form: Mapping[str, str]) -> Response:
        """A form of a page of ours."""
        return await self.http.post(path, data=dict(form), headers=A_BROWSER | FROM_HERE, follow_redirects=False)

    async def asks_to_sign_in(self, til: str = "") -> str:
        """Where the browser is led: an address at the provider."""
        return onward(await self.opens("/tal/log-ind" + (f"?til={til}" if til else "")))

    def has(self, cookie: str) -> bool:
        return any(each.name == cookie and each.value for each in self.http.cookies.jar)


def onward(page: Response) -> str:
    """Where a page goes on by itself."""
    assert page.status_code == 200, page.text
    (found,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)
    return unescape(found)


async def allow(
    office: Office, campaign: Campaign, email: str = ANNA, party: str = "fmn", unit: UnitCode | None = None
) -> None:
    async with office.store.transaction() as c:
        await grants.allow(c, email, "", campaign, party, unit, NOON)


async def sit_down(office: Office, http: AsyncTestClient[Any], email: str = ANNA, now: datetime = NOON) -> None:
    """Signed in at once, without a provider: for whoever is interested in the pages behind it."""
    async with office.store.transaction() as c:
        manager = await queries.manager_by_email(c, email)
        assert manager is not None
        secret = await session.begin(c, manager, now)
    http.cookies.clear()
    http.cookies.set(COOKIE, secret, path="/tal")
