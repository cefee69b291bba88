"""The crowd of the campaign's bench does what it says: pages are looked at, people sign up, all of it is counted."""

import asyncio
from datetime import timedelta
from pathlib import Path

from backend.demo import queries
from backend.demo.crowd_run import running_crowd
from backend.foundation.clock import MachineClock
from backend.public.store import migrate, open_store
from campaigns.danish_day import day_of
from tests.campaigns.cast import Office
from tests.campaigns.site import running_site
from tests.harness.running import Service


async def test_what_the_crowd_says_is_done_is_what_the_two_sites_have(whole_service: Service, tmp_path: Path) -> None:
    await migrate(whole_service.dsn, "campaigns.migrations")
    store = await open_store(whole_service.dsn)
    office, today = Office(store), day_of(MachineClock().now())
    await office.imports_its_tree()
    campaign = await office.begins(since=today - timedelta(days=30), until=today + timedelta(days=300))
    codes = tmp_path / "codes"
    codes.write_text(await office.makes_a_code(campaign, now=MachineClock().now()))
    async with running_site(whole_service.dsn, tmp_path, sign_up_url=whole_service.url) as site:
        options = ("--site", site.url, "--sign-up", whole_service.url, "--texts", whole_service.sms)
        paces = ("--codes", str(codes), "--sign-ups", "180", "--views", "8")
        async with running_crowd(*options, *paces) as crowd:
            await crowd.on()
            await asyncio.sleep(3)
            crowd.add(await crowd.off())
    done = {what: crowd.counts[f"{what} done"] for what in ("sign-ups", "views")}
    assert done["sign-ups"] == crowd.counts["sign-ups offered"] >= 5
    assert done["views"] == crowd.counts["views offered"] >= 15
    assert dict(await queries.recruited(whole_service.dsn)) == dict.fromkeys(
        ("begun", "proven", "registered"), done["sign-ups"]
    )
    assert await office.visits(campaign.id) == {codes.read_text(): (done["views"], 0, 0)}
    await store.close()
