"""Whoever counts: tells numbers of a campaign's groups, as the worker does at the end of days."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import asyncpg

from backend.public.counting import STAGES
from backend.regions import shipped
from campaigns.campaign.campaign import Actor, Campaign
from campaigns.modules.module import Part, Party, PartyCode
from campaigns.organisation.unit import UnitCode

SUNDAY, NEXT_SUNDAY, THIRD_SUNDAY = date(2026, 11, 8), date(2026, 11, 15), date(2026, 11, 22)


class Teller:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    async def tells(self, campaign: Campaign, day: date, numbers: Mapping[str, int | Mapping[str, int]]) -> None:
        """Of each group a number for all stages, or one for each that is named."""
        rows = [
            (campaign.id, day, stage, group, number)
            for group, said in numbers.items()
            for stage, number in (dict.fromkeys(STAGES, said) if isinstance(said, int) else said).items()
        ]
        connection = await asyncpg.connect(self.dsn)
        await connection.executemany(
            "INSERT INTO recruitment.told (campaign_id, day, stage, group_name, at_least) VALUES ($1, $2, $3, $4, $5)",
            rows,
        )
        await connection.close()

    async def counts_visits(
        self, campaign: Campaign, code: str, day: date, visited: int, automatic: int = 0, tests: int = 0
    ) -> None:
        await self.counts_days_of_visits(campaign, code, [(day, visited, automatic, tests)])

    async def counts_days_of_visits(
        self, campaign: Campaign, code: str, days: Sequence[tuple[date, int, int, int]]
    ) -> None:
        """Of each day: how many came, how many of them by machine, and in tests."""
        connection = await asyncpg.connect(self.dsn)
        await connection.executemany(
            "INSERT INTO campaigns.visits (campaign_id, code, day, visited, automatic, tests) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            [(campaign.id, code, *day) for day in days],
        )
        await connection.close()

    async def places(
        self, campaign: Campaign, unit: str, above: str | None, people: int | None, number: int = 1
    ) -> str:
        """A unit somewhere, with a code; the code."""
        letters = hashlib.sha256(f"{unit}/{number}".encode()).hexdigest()[:8]
        code = "".join("ABCDEFGHJKMNPQRS"[int(letter, 16)] for letter in letters)
        await self._does(
            "INSERT INTO campaigns.place (campaign_id, unit, number, above, people, own_people) "
            "VALUES ($1, $2, $3, $4, $5, $5)",
            campaign.id,
            unit,
            number,
            above,
            people,
        )
        await self._does(
            "INSERT INTO campaigns.code (code, campaign_id, unit, place, channel, material, opened_at) "
            "VALUES ($1, $2, $3, $4, 'poster', '', now())",
            code,
            campaign.id,
            unit,
            number,
        )
        return code

    async def knows_denmark(self) -> None:
        """Regions and municipalities, as they come with the backend."""
        connection = await asyncpg.connect(self.dsn)
        await shipped.load(connection, datetime(2026, 11, 1, tzinfo=UTC))
        await connection.close()

    async def makes_it_up(self, campaign: Campaign) -> None:
        await self._does("UPDATE campaigns.campaign SET made_up = true WHERE id = $1", campaign.id)

    async def sees_a_source(self, campaign: Campaign, day: date, source: str, medium: str, visited: int = 70) -> None:
        await self._does(
            "INSERT INTO campaigns.visits_by_source (campaign_id, day, source, medium, name, visited) "
            "VALUES ($1, $2, $3, $4, '', $5)",
            campaign.id,
            day,
            source,
            medium,
            visited,
        )

    async def _does(self, sql: str, *arguments: object) -> None:
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(sql, *arguments)
        await connection.close()


OWNER = Party(PartyCode("fmn"), "Forsvarsministeriet", "The Danish Ministry of Defence", Part.OWNER)
PARTNER = Party(PartyCode("sundhed"), "Sundhedsministeriet", "The Danish Ministry of Health", Part.PARTNER)


def owner(unit: str | None = None) -> Actor:
    return Actor(OWNER, None if unit is None else UnitCode(unit))


def partner() -> Actor:
    return Actor(PARTNER)
