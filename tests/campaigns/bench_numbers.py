"""How soon a page of numbers is there: three years of told numbers, all units, ten codes each, 98 municipalities.

usage: python -m tests.campaigns.bench_numbers [TIMES]

It prints and does not judge: how fast a machine is is no law. The page is wanted within 300 ms (p95).
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx

from backend.demo.embedded_postgres import running_server
from backend.foundation.migrations import migrate as migrate_backend
from backend.public.counting import STAGES, Besides
from backend.public.store import migrate, open_store
from backend.regions import shipped
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.campaign.join_code import draw
from campaigns.campaign.queries_codes import places_of
from campaigns.danish_day import day_of
from campaigns.managers import grants, queries, session
from campaigns.organisation.queries import history_of
from campaigns.organisation.unit import tree_on
from campaigns.signing_in.answers import COOKIE
from tests.campaigns.cast import Office
from tests.campaigns.site import running_site

YEARS, CODES_OF_A_UNIT, SOURCES_A_DAY, TIMES = 3, 10, 10, 60
TARGET_MS = 300
HERE = "/tal/forsvaret-2027"
PAGES = {
    "the campaign": HERE,
    "a unit with units below": f"{HERE}/enhed/HJV-HHV",
    "a unit": f"{HERE}/enhed/EKS-HK-01",
    "the last 12 weeks": f"{HERE}?periode=12-uger",
    "all units": f"{HERE}/enheder",
    "areas": f"{HERE}/omraader",
    "channels and sources": f"{HERE}/kanaler",
    "weeks as CSV": f"{HERE}/uger.csv",
    "weeks as XLSX": f"{HERE}/uger.xlsx",
}
PICTURES = {
    "funnel, SVG": f"{HERE}/tragt.svg",
    "156 weeks, SVG": f"{HERE}/uger.svg",
    "all units, SVG": f"{HERE}/enheder/alle-enheder.svg",
    "map of regions, SVG": f"{HERE}/omraader/regioner.svg",
    "156 weeks, PNG": f"{HERE}/uger.png",
}


async def fill(dsn: str, today: date) -> str:
    """Three years until yesterday, and somebody who may see all of it: the secret of their session."""
    store = await open_store(dsn)
    office = Office(store)
    await office.imports_its_tree()
    since = max(date(2024, 1, 1), today - timedelta(days=365 * YEARS))
    campaign = await office.begins(since=since, until=today + timedelta(days=60))
    early = datetime(since.year, since.month, since.day, 11, tzinfo=UTC)
    async with store.transaction() as c:
        units = list(tree_on(await history_of(c, campaign.organisation), today).units)
    for unit in units:
        await office.makes_a_code(campaign, unit, now=early)
    async with store.transaction() as c:
        groups = [place.whole for place in await places_of(c, campaign.id)]
        await grants.allow(c, "anna@fmn.example", "Anna", campaign, "fmn", None, early)
        manager = await queries.manager_by_email(c, "anna@fmn.example")
        assert manager is not None
        secret = await session.begin(c, manager, datetime.now(UTC))
    await store.close()
    await _tell(dsn, campaign, units, groups, today - timedelta(days=1))
    return secret


async def _tell(dsn: str, campaign: Campaign, units: Sequence[str], groups: Sequence[str], until: date) -> None:
    c = await asyncpg.connect(dsn)
    await shipped.load(c, datetime.now(UTC))
    more = [(draw(), unit, n) for unit in units for n in range(1, CODES_OF_A_UNIT)]
    await c.executemany(
        "INSERT INTO campaigns.code (code, campaign_id, unit, place, channel, material, opened_at) "
        "VALUES ($1, $2, $3, 1, $4, $5, now())",
        [(code, campaign.id, unit, tuple(Channel)[n % 4].value, f"sted {n}") for code, unit, n in more],
    )
    tell = """
        INSERT INTO recruitment.told (campaign_id, day, stage, group_name, at_least)
        SELECT $1, d::date, s, g, 10 * ((d::date - $2::date) / 8 * (9 - position(left(s, 1) in 'bprcrta') % 4) / 9)
        FROM generate_series($2::date, $3::date, $4::interval) d, unnest($5::text[]) s, unnest($6::text[]) g
    """
    stages = [stage.value for stage in STAGES]
    whole = [*stages, *(each.value for each in Besides)]
    await c.execute(tell, campaign.id, campaign.since, until, timedelta(days=1), whole, ["campaign"])
    sunday = campaign.since + timedelta(days=6 - campaign.since.weekday())
    areas = [
        row["code"] for row in await c.fetch("SELECT DISTINCT code FROM regions.area WHERE level = 'municipality'")
    ]
    weekly = [*groups, *(f"{group}/own" for group in groups), *areas, *(channel.value for channel in Channel)]
    await c.execute(tell, campaign.id, sunday, until, timedelta(days=7), stages, weekly)
    await c.execute(
        """
        INSERT INTO campaigns.visits (campaign_id, code, day, visited, automatic, tests)
        SELECT $1, code, d::date, 3, 1, 0 FROM campaigns.code, generate_series($2::date, $3::date, interval '1 day') d
        """,
        campaign.id,
        campaign.since,
        until,
    )
    await c.execute(
        """
        INSERT INTO campaigns.visits_by_source (campaign_id, day, source, medium, name, visited)
        SELECT $1, d::date, 'kilde ' || n, 'web', '', 5
        FROM generate_series($2::date, $3::date, interval '1 day') d, generate_series(1, $4) n
        """,
        campaign.id,
        campaign.since,
        until,
        SOURCES_A_DAY,
    )
    await c.execute("ANALYZE")
    for table in ("recruitment.told", "campaigns.visits", "campaigns.code"):
        rows = await c.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608  (named above)
        say(f"{rows:>9,} rows in {table}")
    await c.close()


async def measure(url: str, secret: str, times: int) -> None:
    """One at a time, as one manager after another comes."""
    async with httpx.AsyncClient(base_url=url, timeout=120) as http:
        headers = {"Cookie": f"{COOKIE}={secret}"}

        async def fetch(path: str) -> None:
            answer = await http.get(path, headers=headers)
            assert answer.status_code == 200, (path, answer.status_code, answer.text[:200])

        say(f"{'the first page of all (adds up weeks)':40} {await _ms(fetch, HERE):7.0f} ms")
        for name, path in PAGES.items():
            took = [await _ms(fetch, path) for _ in range(times)]
            say(f"{name:40} {_said(took)}")
        for name, path in PICTURES.items():
            drawn = await _ms(fetch, path)
            again = [await _ms(fetch, path) for _ in range(times // 3)]
            say(f"{name:40} drawn {drawn:6.0f} ms; again {_said(again)}")


async def _ms(fetch: Callable[[str], Awaitable[None]], path: str) -> float:
    began = time.perf_counter()
    await fetch(path)
    return (time.perf_counter() - began) * 1_000


def _said(took: Sequence[float]) -> str:
    p95 = statistics.quantiles(took, n=20)[-1]
    return f"p50 {statistics.median(took):6.0f} ms  p95 {p95:6.0f} ms  (wanted: {TARGET_MS})"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


async def run(dsn: str, folder: Path, times: int) -> None:
    await migrate_backend(dsn)
    await migrate(dsn, "campaigns.migrations")
    secret = await fill(dsn, day_of(datetime.now(UTC)))
    async with running_site(dsn, folder, oidc_issuer="https://login.example", oidc_client_id="tal") as site:
        await measure(site.url, secret, times)


if __name__ == "__main__":
    with running_server(None, fast=True) as server, tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(server.dsn(), Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else TIMES))
