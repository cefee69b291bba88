"""The pages of numbers in a real Chromium: read by everybody, on a desk and on a phone, in light and in dark.

With LOOK_AT=FOLDER each page is also kept as a picture there, to be looked at by whoever changed it.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page

from campaigns.campaign.campaign import Campaign
from campaigns.campaign.campaign import Channel as By
from campaigns.managers import grants, queries, session
from campaigns.organisation.unit import UnitCode
from campaigns.signing_in.answers import COOKIE
from tests.campaigns.cast import NOON, SINCE, Office
from tests.campaigns.site import Site, running_site
from tests.campaigns.teller import Teller
from tests.campaigns.test_in_a_browser import DESK, PHONE, axe, violations

__all__ = ["axe"]
pytestmark = pytest.mark.browser
HERE = "/tal/forsvaret-2027"
PAGES = {
    "kampagner": "/tal",
    "kampagnen": HERE,
    "enhed": f"{HERE}/enhed/HJV-MHV",
    "lille-enhed": f"{HERE}/enhed/EKS-FL-05",
    "uden-kode": f"{HERE}/enhed/EKS-ES-01",
    "alle-enheder": f"{HERE}/enheder",
    "omraader": f"{HERE}/omraader",
    "kanaler": f"{HERE}/kanaler",
    "periode": f"{HERE}?fra=2026-11-20&til=2026-11-01",
    "ikke-her": f"{HERE}/enhed/UKENDT",
    "mail": "/tal/mail",
}
SIBLING = f"{HERE}/enhed/EKS-FL-02"
OF_ONE_WHO_SEES_LESS = {each: PAGES[each] for each in ("kampagner", "kampagnen", "alle-enheder", "mail")} | {
    "egen-enhed": f"{HERE}/enhed/EKS-FL-01",
    "enheden-ved-siden-af": SIBLING,
}
WHO = {
    "owner": ("anna@fmn.example", "fmn", None),
    "lead": ("bo@fmn.example", "fmn", UnitCode("EKS-FL-01")),
    "partner": ("caja@sum.example", "sundhed", None),
}
Scheme = Literal["light", "dark"]
Look = tuple[dict[str, int], Scheme]


@pytest.fixture
async def numbers(office: Office, campaign: Campaign, campaigns_dsn: str) -> None:
    """Three weeks of recruitment in which some did well, some have just begun, and one has too few people."""
    teller = Teller(campaigns_dsn)
    await teller.knows_denmark()
    units = {
        "FKO": 610, "FKO-HAER": 320, "FKO-SOE": 150, "FKO-FLY": 140, "FMI": 90, "FPS": 40, "FES": 20, "FRS": 0,
        "HJV": 380, "HJV-HHV": 190, "HJV-MHV": 110, "HJV-FHV": 70, "EKS-FL-01": 40, "EKS-FL-02": 30, "EKS-FL-03": 10,
        "EKS-FL-04": 0,
    }  # fmt: skip
    for unit in ("FKO-HAER", "FKO-SOE", "FKO-FLY", "FMI", "FPS", "FES", "FRS", "HJV-HHV", "HJV-FHV", "EKS-FL-01"):
        for channel in By:
            code = await office.makes_a_code(campaign, UnitCode(unit), channel)
            days = [(SINCE + timedelta(days=n), 3 + n, n % 4, n % 2) for n in range(20)]
            await teller.counts_days_of_visits(campaign, code, days)
    for unit in ("EKS-FL-02", "EKS-FL-03", "EKS-FL-04"):
        await office.makes_a_code(campaign, UnitCode(unit))
    await teller.places(campaign, "EKS-FL-05", "HJV-MHV", 24)
    stages = {"begun": 1.6, "proven": 1.25, "registered": 1.0, "connected": 0.85, "reachable": 0.7, "trained": 0.6}
    areas = {"0101": 220, "0751": 140, "0461": 90, "0851": 110, "0657": 30, "0400": 20, "0370": 40, "0260": 0}
    ways = {"poster": 500, "intranet": 310, "email": 210, "event": 0}
    for n, part in enumerate((0.2, 0.35, 0.7, 1.0)):
        day = SINCE + timedelta(days=7 * n)
        for group, whole in {"campaign": 1080, "FMN": 1060, **units, **areas, **ways}.items():
            told = {stage: int(whole * part * of / 10) * 10 for stage, of in stages.items()}
            await teller.tells(campaign, day, {group: told})
        await teller.tells(campaign, day, {"campaign": {"already": 130 * n, "answered": 0, "withdrawn": 0}})
    await teller.sees_a_source(campaign, SINCE, "intranet", "banner")
    await teller.sees_a_source(campaign, SINCE, "nyhedsbrev", "mail")
    await teller.makes_it_up(campaign)


@pytest.fixture
async def site(campaigns_dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    provider = {"oidc_issuer": "https://login.example", "oidc_client_id": "tal"}
    async with running_site(campaigns_dsn, tmp_path, **provider) as running:
        yield running


@pytest.fixture
async def secrets(office: Office, campaign: Campaign) -> dict[str, str]:
    """Everybody of WHO, signed in."""
    begun: dict[str, str] = {}
    async with office.store.transaction() as c:
        for who, (email, party, unit) in WHO.items():
            await grants.allow(c, email, "Anna Æblegård", campaign, party, unit, NOON)
            manager = await queries.manager_by_email(c, email)
            assert manager is not None
            begun[who] = await session.begin(c, manager, datetime.now(UTC))
    return begun


@pytest.fixture
def secret(secrets: dict[str, str]) -> str:
    """Somebody of the owner's whole."""
    return secrets["owner"]


@asynccontextmanager
async def at_a_desk(
    browser: Browser, site: Site, secret: str, size: dict[str, int], scheme: Scheme, *, javascript: bool = True
) -> AsyncIterator[Page]:
    """Signed in. Nothing may be logged as an error."""
    context = await browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=scheme,
        java_script_enabled=javascript,
        locale="da-DK",
    )
    await context.add_cookies([{"name": COOKIE, "value": secret, "url": f"{site.url}/tal"}])
    page = await context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    await context.close()
    assert [each for each in wrong if "status of 404" not in each] == []


LIGHT_PHONE: Look = (PHONE, "light")
DARK_DESK: Look = (DESK, "dark")
LOOKS: dict[str, list[Look]] = {
    "owner": [LIGHT_PHONE, (PHONE, "dark"), (DESK, "light"), DARK_DESK],
    "lead": [LIGHT_PHONE, DARK_DESK],
    "partner": [LIGHT_PHONE, DARK_DESK],
}


@pytest.mark.parametrize("who", LOOKS)
async def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_the_window(
    browser: Browser, site: Site, numbers: None, secrets: dict[str, str], axe: str, who: str
) -> None:
    """Each page is opened once and then looked at in every size and light."""
    async with at_a_desk(browser, site, secrets[who], *LOOKS[who][0]) as page:
        for name, path in (PAGES if who == "owner" else OF_ONE_WHO_SEES_LESS).items():
            await page.goto(site.url + path)
            for size, scheme in LOOKS[who]:
                await page.set_viewport_size(size)  # type: ignore[arg-type]
                await page.emulate_media(color_scheme=scheme)
                await pictures_are_there(page)
                await page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = false })")
                if folder := os.environ.get("LOOK_AT"):
                    called = f"{name}-{who}-{size['width']}-{scheme}.png"
                    await page.screenshot(path=Path(folder) / called, full_page=True)
                await page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
                assert await violations(page, axe) == [], (name, size, scheme)
                wider = await page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
                assert wider <= 0, (name, size)


async def pictures_are_there(page: Page) -> None:
    """All drawn, and each says in words what it shows."""
    seen: list[dict[str, Any]] = await page.evaluate(
        """() => Promise.all([...document.querySelectorAll('main img')].map(async each => {
            for (let tries = 0; tries < 100; tries++) {
                // One for another window or light may be on its way in this one's place.
                if (await each.decode().then(() => true, () => false)) break;
                await new Promise(after => setTimeout(after, 20));
            }
            return {width: each.naturalWidth, says: each.alt, from: each.currentSrc}
        }))"""
    )
    for picture in seen:
        assert picture["width"] > 200, picture
        assert len(picture["says"]) > 20, picture


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_picture_fits_the_window_and_the_light(
    browser: Browser, site: Site, numbers: None, secret: str, scheme: Scheme
) -> None:
    async with at_a_desk(browser, site, secret, PHONE, scheme) as page:
        await page.goto(site.url + HERE)
        address = await page.evaluate("() => document.querySelector('main img').currentSrc")
    assert "bredde=smal" in address
    assert ("tema=moerk" in address) == (scheme == "dark")


async def test_a_picture_is_drawn_with_its_own_letters(
    browser: Browser, site: Site, numbers: None, secret: str
) -> None:
    """Opened by itself its policy holds: it fetches nothing, and its letters are there."""
    async with at_a_desk(browser, site, secret, DESK, "light") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{site.url}{HERE}/tragt.svg")
        loaded = await page.evaluate("async () => (await document.fonts.load('600 16px IBM Plex Sans')).length")
        await page.evaluate("() => document.fonts.ready.then(() => true)")
    assert loaded == 1
    assert [url for url in asked if not url.startswith("data:")] == [f"{site.url}{HERE}/tragt.svg"]


async def test_a_period_is_chosen_and_a_unit_opened_without_javascript(
    browser: Browser, site: Site, numbers: None, secret: str
) -> None:
    async with at_a_desk(browser, site, secret, DESK, "light", javascript=False) as page:
        await page.goto(site.url + HERE)
        await page.click("summary:has-text('Andre dage')")
        await page.fill("input[name=fra]", "2026-11-09")
        await page.click("button:has-text('Vis')")
        assert "9. nov. 2026 – 22. nov. 2026" in await page.inner_text("main .lead")
        await page.locator("summary:has-text('Samme tal som tabel')").last.click()
        await page.click("main table a:has-text('Hjemmeværnet')")
        assert await page.inner_text("h1") == "Hjemmeværnet"
        assert "fra=2026-11-09" in page.url


BESIDE = ("", "/tragt.csv", "/tragt.svg", "?traeet=2026-11-20", "?fra=2026-11-09", "/tragt.csv?traeet=2026-11-20")


async def test_a_unit_s_lead_who_types_the_address_of_the_one_beside_it_finds_no_page_and_no_number(
    browser: Browser, site: Site, numbers: None, secrets: dict[str, str]
) -> None:
    said: dict[str, dict[str, tuple[int, str]]] = {"lead": {}, "owner": {}}
    for who, answers in said.items():
        async with at_a_desk(browser, site, secrets[who], DESK, "light") as page:
            for end in BESIDE:
                # With the browser's cookies, past its window: a file would be saved and not shown.
                answer = await page.context.request.get(site.url + SIBLING + end)
                answers[end] = (answer.status, await answer.text())
                if who == "lead":
                    shown = await page.goto(site.url + SIBLING + end)
                    assert shown is not None
                    assert shown.status == 404, end
                    assert not re.search(r"\d", await page.inner_text("main")), end
    assert {status for status, _ in said["owner"].values()} == {200}, "there is something to hide"
    assert {status for status, _ in said["lead"].values()} == {404}
    for _, text in said["lead"].values():
        assert "Eksempelflotille 2" not in text
