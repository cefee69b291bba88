"""Signing in with a real Chromium, at a real provider on another site; and what its pages look like."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from campaigns.campaign.campaign import Campaign
from campaigns.managers import queries as managers
from campaigns.managers import queries_sessions
from campaigns.signing_in.answers import COOKIE
from tests.campaigns.cast import A_BROWSER, Office
from tests.campaigns.desk import ANNA, allow
from tests.campaigns.provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.campaigns.site import Site, running_site
from tests.campaigns.test_in_a_browser import DESK, PHONE, axe, violations

__all__ = ["axe"]
pytestmark = pytest.mark.browser
HERE = "/tal/forsvaret-2027"
USERS = (
    {"sub": "anna", "email": ANNA, "email_verified": True},
    {"sub": "bo", "email": "bo@fmn.example", "email_verified": True},
)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """By another name than the site has: to a browser another site, whose links bring only lax cookies along."""
    with running_provider(tmp_path_factory.mktemp("provider") / "log", *USERS) as running:
        yield running.issuer.replace("127.0.0.1", "localhost")


@pytest.fixture
async def site(campaigns_dsn: str, tmp_path: Path, issuer: str) -> AsyncIterator[Site]:
    provider = {"oidc_issuer": issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}
    async with running_site(campaigns_dsn, tmp_path, **provider) as running:
        yield running


@pytest.fixture
async def page(browser: Browser, site: Site, office: Office, campaign: Campaign) -> AsyncIterator[Page]:
    await allow(office, campaign)
    context = await browser.new_context(user_agent=A_BROWSER["User-Agent"], locale="da-DK", java_script_enabled=False)
    page = await context.new_page()
    page.set_default_timeout(30_000)
    yield page
    await context.close()


async def signs_in(page: Page, who: str) -> None:
    await page.get_by_role("button", name=who, exact=True).click()


async def test_whoever_was_allowed_comes_back_to_the_page_they_wanted_and_can_leave(page: Page, site: Site) -> None:
    await page.goto(f"{site.url}{HERE}?periode=4-uger")
    await signs_in(page, "anna")
    await page.wait_for_url(f"{site.url}{HERE}?periode=4-uger")
    (cookie,) = [each for each in await page.context.cookies() if each["name"] == COOKIE]
    assert (cookie["path"], cookie["httpOnly"], cookie["sameSite"]) == ("/tal", True, "Lax")
    await page.goto(f"{site.url}/was")
    await page.goto(f"{site.url}{HERE}")
    await page.get_by_role("button", name="Log ud").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Du er logget ud")
    assert [each for each in await page.context.cookies(site.url + HERE) if each["name"] == COOKIE] == []
    public = [each for each in bytes(site.heard).split(b"\r\n\r\n") if each.startswith((b"GET /was", b"GET /filer"))]
    assert public
    assert not any(b"\r\ncookie:" in each.lower() for each in public), "pages for everybody are asked for without"


async def test_whoever_chooses_a_period_after_a_long_pause_signs_in_and_sees_it(
    page: Page, site: Site, office: Office
) -> None:
    """A form's way to another site, which its page's policy would forbid to a redirect."""
    await page.goto(f"{site.url}{HERE}")
    await signs_in(page, "anna")
    await page.wait_for_url(f"{site.url}{HERE}")
    async with office.store.transaction() as c:
        manager = await managers.manager_by_email(c, ANNA)
        assert manager is not None
        await queries_sessions.delete_sessions_of(c, manager.id)
    await page.locator(".periods summary").click()
    await page.fill("input[name=fra]", "2026-11-01")
    await page.fill("input[name=til]", "2026-11-01")
    await page.locator(".periods form button").click()
    await signs_in(page, "anna")
    await page.wait_for_url(f"{site.url}{HERE}?*fra=2026-11-01*")


async def test_pages_of_sign_in_are_read_by_everybody(page: Page, site: Site, axe: str, browser: Browser) -> None:
    await page.goto(f"{site.url}{HERE}")
    await signs_in(page, "bo")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke adgang til nogen tal")
    for size in (PHONE, DESK):
        for scheme in ("light", "dark"):
            context = await browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
            tab = await context.new_page()
            for path in ("/tal/tilbage", "/tal/log-ud", "/tal/tilbage?error=access_denied", "/tal/a/b/c/d/e"):
                await tab.goto(f"{site.url}{path}")
                assert await violations(tab, axe) == [], (path, size, scheme)
                wider = await tab.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
                assert wider <= 0, (path, size)
            await context.close()
