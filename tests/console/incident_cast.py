"""How tests look at one incident from a seat."""

from typing import Any
from uuid import UUID

import msgspec
from httpx import Response

from backend.console.by_script import WORD_HEADER
from backend.console.visit import COOKIE
from backend.identity.staff import StaffRole
from backend.identity.staff_session import form_word
from tests.console.cast import FROM_HERE, Browser, Office


def page(incident: UUID, verb: str = "") -> str:
    return f"/konsol/haendelser/{incident}{verb}"


async def seen(browser: Browser, incident: UUID) -> dict[str, Any]:
    answer = await browser.opens(f"/konsol/data/haendelser/{incident}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=dict[str, Any])


async def at_a_seat(office: Office, browser: Browser, *roles: StaffRole) -> None:
    await browser.sits_down(await office.grants("Vera", *(roles or (StaffRole.VISITATOR,))))


async def revises(browser: Browser, incident: UUID, body: dict[str, Any]) -> Response:
    """As the page's script sends a place."""
    headers = FROM_HERE | {WORD_HEADER: form_word(browser.cookies[COOKIE])}
    return await browser._call("POST", f"/konsol/data/haendelser/{incident}/ret", json=body, headers=headers)
