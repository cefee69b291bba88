"""A campaign of Forsvarsministeriet with its made-up units, an office that runs it, and people who follow its links."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
from httpx import Response
from litestar.testing import AsyncTestClient

from backend.public.store import Store
from campaigns.campaign import begin, queries, say
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.campaign.codes import add_code
from campaigns.campaign.join_code import JoinCode
from campaigns.modules.find import find
from campaigns.modules.module import Module
from campaigns.organisation.keep import Imported, import_tree
from campaigns.organisation.read import read_tree, together
from campaigns.organisation.unit import UnitCode

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
SINCE, UNTIL = date(2026, 11, 1), date(2027, 11, 1)
PUBLIC_URL, SIGN_UP_URL = "https://kampagne.example", "https://tilmelding.example"
FLOTILLA, COMPANY = UnitCode("EKS-FL-01"), UnitCode("EKS-HK-01")
A_BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/146.0 Mobile Safari/537.36"}


class Office:
    """Whoever runs a campaign: everything they do, they do in one transaction, as a command does."""

    def __init__(self, store: Store, module: str = "forsvarsministeriet") -> None:
        self.store = store
        self.module: Module = find(module)

    async def imports_its_tree(self) -> Imported:
        files = [read_tree("tree.csv", self.module.tree)]
        if self.module.made_up is not None:
            files.append(read_tree("made_up.csv", self.module.made_up))
        async with self.store.transaction() as c:
            return await import_tree(c, self.module.name, together(files))

    async def begins(
        self, name: str = "forsvaret-2027", since: date = SINCE, until: date = UNTIL, *, made_up: bool = False
    ) -> Campaign:
        """With numbers for every unit, and texts that everybody approved."""
        async with self.store.transaction() as c:
            campaign = await begin.begin(c, name, self.module, since, until, NOON, made_up=made_up)
            units = {line.unit.code for line in read_tree("tree.csv", self.module.tree).lines}
            if self.module.made_up is not None:
                units |= {line.unit.code for line in read_tree("made_up.csv", self.module.made_up).lines}
            content = self.module.asked or self.module.made_up_asked or b""
            await begin.ask(c, campaign, begin.read_asked("asked.csv", content, set(units)))
        await self.approves(campaign, 1)
        return campaign

    async def approves(self, campaign: Campaign, version: int) -> None:
        async with self.store.transaction() as c:
            for party in await queries.parties_of(c, campaign.id):
                if party.part.approves:
                    await say.approve(c, campaign.id, version, party.code, NOON)

    async def makes_a_code(
        self,
        campaign: Campaign,
        unit: UnitCode = FLOTILLA,
        channel: Channel = Channel.POSTER,
        now: datetime = NOON,
        material: str = "",
    ) -> JoinCode:
        async with self.store.transaction() as c:
            return (await add_code(c, campaign, unit, channel, material, now)).code.code

    async def visits(self, campaign_id: UUID) -> dict[str, tuple[int, int, int]]:
        """By code: visited, automatic, tests; of all days."""
        async with self.store.transaction() as c:
            rows = await c.fetch(
                """
                SELECT code, sum(visited)::int AS visited, sum(automatic)::int AS automatic, sum(tests)::int AS tests
                FROM campaigns.visits WHERE campaign_id = $1 GROUP BY code
                """,
                campaign_id,
            )
        return {row["code"]: (row["visited"], row["automatic"], row["tests"]) for row in rows}

    async def sources(self, campaign_id: UUID) -> dict[tuple[str, str, str], int]:
        async with self.store.transaction() as c:
            rows = await c.fetch(
                "SELECT source, medium, name, visited FROM campaigns.visits_by_source WHERE campaign_id = $1",
                campaign_id,
            )
        return {(row["source"], row["medium"], row["name"]): row["visited"] for row in rows}


class Person:
    """Somebody with a browser without JavaScript, who follows a link."""

    def __init__(self, http: AsyncTestClient[Any]) -> None:
        self.http = http

    async def opens(self, address: str, method: str = "GET", **headers: str) -> Response:
        sent = A_BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(method, address, headers=sent, follow_redirects=False)

    async def presses_tilmeld(self, address: str, form: Mapping[str, str] | None = None, **headers: str) -> Response:
        sent = A_BROWSER | {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = urlencode({"acted": ""} if form is None else form).encode()
        return await self.http.post(address, content=body, headers=sent, follow_redirects=False)


async def everything_in(dsn: str, schema: str) -> str:
    """Every row of every table of a schema, as text: where a canary would be found."""
    connection = await asyncpg.connect(dsn)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
    said = [
        row[0]
        for table in tables
        for row in await connection.fetch(f'SELECT t::text FROM {schema}."{table["tablename"]}" t')  # noqa: S608
    ]
    await connection.close()
    return "\n".join(said)
