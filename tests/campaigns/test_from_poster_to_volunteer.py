"""From a poster's code to a hjerteløber: both real sites, a real Chromium the size of a phone, and what is counted."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser

from backend.foundation.clock import MachineClock
from backend.foundation.database import Actor, Database, Lane, Role, connect, open_database
from backend.public.store import migrate, open_store
from backend.recruitment import day, queries_count
from backend.recruitment.campaign import ROOT
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.danish_day import day_of
from tests.campaigns.cast import COMPANY, FLOTILLA, Office, everything_in
from tests.campaigns.site import running_site
from tests.campaigns.test_in_a_browser import TILMELD, open_page, visited
from tests.harness.opened import person_of
from tests.harness.running import Service
from tests.signup.cast import a_phone
from tests.signup.walk import NAME, heading, walks_through

pytestmark = pytest.mark.browser
WELCOME = {"da": "Bliv hjerteløber", "en": "Become a hjerteløber"}
UP_TO_THE_TOP = ("EKS-FL-01/own", "EKS-FL-01", "HJV-MHV", "HJV", "FMN", "campaign")


async def raw_counts(database: Database, campaign: Campaign) -> Counter[tuple[str, str]]:
    """What no campaign ever sees: (stage, group) → people, after the worker has counted at the day's end."""
    async with database.acting_as(Actor(Role.WORKER)) as connection:
        await day.look(connection, MachineClock().now() + timedelta(days=1))
        counts = await queries_count.counts(connection, campaign.id, ROOT)
    return Counter({(each.stage, str(each.group_name)): each.count for each in counts if each.count})


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("language", ["da", "en"])
async def test_a_person_follows_a_poster_and_is_a_volunteer_and_one_more_where_the_poster_hangs(
    browser: Browser, whole_service: Service, tmp_path: Path, language: str, javascript: bool
) -> None:
    """And the campaign's process, whose every byte is read, hears nothing of who it was."""
    now, phone = MachineClock().now(), a_phone()
    await migrate(whole_service.dsn, "campaigns.migrations")
    store = await open_store(whole_service.dsn)
    database = await open_database(whole_service.dsn, dict.fromkeys(Lane, 1))
    office = Office(store)
    await office.imports_its_tree()
    campaign = await office.begins(since=day_of(now) - timedelta(days=30), until=day_of(now) + timedelta(days=300))
    code = await office.makes_a_code(campaign, FLOTILLA, Channel.POSTER, now)
    for unit, channel in ((FLOTILLA, Channel.EMAIL), (COMPANY, Channel.POSTER)):
        await office.makes_a_code(campaign, unit, channel, now)  # beside it, by which nobody comes

    async with running_site(whole_service.dsn, tmp_path, sign_up_url=whole_service.url) as site:
        async with open_page(browser, javascript=javascript) as page:
            await page.goto(f"{site.url}/k/{code}" + ("?lang=en" if language == "en" else ""))
            await page.locator(TILMELD).first.click()
            await page.wait_for_url(f"{whole_service.url}/tilmelding?code={code}*")
            await heading(page, WELCOME[language])
            text_code = await walks_through(page, whole_service, language, phone)
            assert await page.get_attribute("html", "lang") == language
        await visited(office, campaign, code, 1)
        told = bytes(site.heard).decode("latin-1") + site.log.read_text("utf-8")
    told += await everything_in(whole_service.dsn, "campaigns")
    assert f"GET /k/{code}" in told
    for canary in (phone, phone[3:], "Kanariefugl", "blegu", "1971", text_code, "ookie:"):
        assert canary not in told

    connection = await connect(whole_service.dsn, whole_service.ring)
    who = await person_of(connection, phone)
    assert who is not None
    row = await connection.fetchrow(
        """
        SELECT v.state, v.languages, v.training, v.municipality, m.code
        FROM volunteers.volunteer v LEFT JOIN recruitment.member m ON m.volunteer_id = v.id WHERE v.id = $1
        """,
        who[0],
    )
    await connection.close()
    assert row is not None
    assert (who[1], *row) == (NAME, "active", [language], "hlr", "0461", code)

    by_unit_and_channel = (*UP_TO_THE_TOP, "poster")
    expected = {(stage, name): 1 for stage in ("begun", "proven", "registered") for name in by_unit_and_channel}
    assert await raw_counts(database, campaign) == expected | {("registered", "0461"): 1}
    async with store.transaction() as c:
        seen = await c.fetchval("SELECT max(at_least) FROM recruitment.told WHERE campaign_id = $1", campaign.id)
    assert seen == 0, "one is fewer than ten"
    await database.close()
    await store.close()
