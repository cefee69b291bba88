"""One browser without JavaScript, over a session that many share: it keeps its own cookie and follows by itself."""

import asyncio
from urllib.parse import urlencode

import aiohttp

TAKEN = 303


class NotTaken(Exception):
    """A page was answered otherwise than wished; what it says is the status."""


class Lost(Exception):
    """An answer without what it has to have."""


class Walker:
    """Somebody at `url`, with a network address of their own, which a trusted proxy would tell."""

    def __init__(self, session: aiohttp.ClientSession, url: str, browser: str, network: str) -> None:
        self._session, self._url = session, url
        self._headers = {"User-Agent": browser, "X-Forwarded-For": network, "Sec-Fetch-Site": "same-origin"}

    async def call(self, method: str, address: str, wished: int, form: dict[str, str] | None = None) -> str:
        """Where it leads, if it leads anywhere. Raises NotTaken for another status than the wished one."""
        headers, body = self._headers, None
        if form is not None:
            headers = headers | {"Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(form).encode()
        answer = await self._session.request(method, address, data=body, headers=headers, allow_redirects=False)
        async with answer:
            await answer.read()
            if answer.status != wished:
                raise NotTaken(f"{answer.status}")
            for name, morsel in answer.cookies.items():
                self._headers = self._headers | {"Cookie": f"{name}={morsel.value}"}
            return answer.headers.get("Location", "")

    async def signs_up(self, phone: str, join_code: str, texted: "asyncio.Future[str]") -> None:
        """From the invitation's link to the last page, in nine calls. `texted` gives the code of the text message."""
        first = f"{self._url}/tilmelding?code={join_code}"
        await self.call("GET", first, 200)
        page = await self._sends(first, {"phone": phone})
        page = await self._sends(page, {"code": await texted})
        page = await self._sends(page, {"name": "Anna Prøvesen", "birth_year": "1990", "training": "hlr"})
        page = await self._sends(page, {"alarms": "yes", "location": "yes", "campaign_credit": "yes"})
        if not page.startswith(f"{self._url}/tilmelding/"):
            raise Lost(page)

    async def _sends(self, page: str, form: dict[str, str]) -> str:
        """A form, and the page it leads to."""
        leads_to = await self.call("POST", page, TAKEN, form)
        if leads_to.startswith("/"):
            leads_to = self._url + leads_to
        await self.call("GET", leads_to, 200)
        return leads_to
