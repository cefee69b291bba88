"""People come by join codes; days and weeks end; what is told is numbers, and rows about people go."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.foundation.database import Actor, Connection, Database, Lane, Role, open_database
from backend.foundation.ids import VolunteerId
from backend.recruitment import credit, day, register
from backend.recruitment.campaign import Campaign, Code, Group, Standing, Way
from backend.recruitment.tell import GroupName
from backend.volunteers.sign_up import Opened
from tests.harness.above import ABOVE
from tests.harness.keys import RING
from tests.people.cast import a_phone, newcomer, some_keys, somebody

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SUNDAY = MONDAY + timedelta(days=6)
AFTER_THE_WEEK = MONDAY + timedelta(days=7)
KEYS = some_keys()
API, WORKER, CAMPAIGNS = ABOVE, Actor(Role.WORKER), Actor(Role.CAMPAIGNS)
POSTER, EVENT = GroupName("poster"), GroupName("event")
GUARD, NAVY, ARMY = GroupName("home guard"), GroupName("naval home guard"), GroupName("army home guard")
SMALL = GroupName("a flotilla of thirty")


class Office:
    """A campaign with a tree of two units below one, a third of too few, and two channels."""

    def __init__(self, database: Database, credit_days: int = 30) -> None:
        self.database = database
        self.campaign = Campaign(
            uuid4(), f"campaign {uuid4()}", 10, credit_days, MONDAY - timedelta(days=1), MONDAY + timedelta(days=90)
        )
        self.codes: dict[tuple[GroupName, GroupName], str] = {}

    async def opens(self) -> None:
        units = [
            Group(GUARD, Way.UNIT, None, 530),
            Group(NAVY, Way.UNIT, GUARD, 200),
            Group(ARMY, Way.UNIT, GUARD, 300),
            Group(SMALL, Way.UNIT, GUARD, 29),
        ]
        channels = [Group(POSTER, Way.CHANNEL), Group(EVENT, Way.CHANNEL)]
        codes = [Code(f"{uuid4()}", unit.name, channel.name) for unit in units[1:] for channel in channels]
        self.codes = {(code.unit, code.channel): code.code for code in codes}
        async with self.database.acting_as(CAMPAIGNS) as c:
            await register.register(c, self.campaign)
            await register.add_groups(c, self.campaign.id, [*units, *channels], MONDAY)
            await register.add_codes(c, self.campaign.id, codes, MONDAY)

    async def gets_a_code(self, unit: GroupName, channel: GroupName) -> None:
        code = Code(f"{uuid4()}", unit, channel)
        async with self.database.acting_as(CAMPAIGNS) as c:
            await register.add_codes(c, self.campaign.id, [code], MONDAY)
        self.codes[unit, channel] = code.code

    async def somebody_signs_up(
        self, unit: GroupName = NAVY, channel: GroupName = POSTER, now: datetime = MONDAY, phone: str | None = None
    ) -> tuple[VolunteerId, bool]:
        number = phone or a_phone()
        async with self.database.acting_as(API) as c:
            anna = somebody(number, "alarms campaign_credit")
            person = await newcomer(c, now, phone=number)
            opened = Opened(person.volunteer_id, "0101")
            credited = await credit.credit(c, KEYS, anna, opened, self.codes[unit, channel], now)
        return person.volunteer_id, bool(credited)

    async def sign_up(self, count: int, unit: GroupName, channel: GroupName = POSTER, now: datetime = MONDAY) -> None:
        for _ in range(count):
            await self.somebody_signs_up(unit, channel, now)

    async def proves(self, phone: str, unit: GroupName, now: datetime = MONDAY, *, already: bool = False) -> None:
        account = VolunteerId(uuid4()) if already else None
        async with self.database.acting_as(API) as c:
            await credit.proven(c, KEYS, phone, self.codes[unit, POSTER], account, now)

    async def night_falls(self, now: datetime = AFTER_THE_WEEK) -> None:
        async with self.database.acting_as(WORKER) as c:
            await day.look(c, now)

    async def told(self, stage: str = "registered") -> dict[str, int]:
        """As the campaign's own process reads it: the newest number of every group that was ever told of."""
        async with self.database.acting_as(CAMPAIGNS) as c:
            rows = await c.fetch(
                """
                SELECT DISTINCT ON (group_name) group_name, at_least FROM recruitment.told
                WHERE campaign_id = $1 AND stage = $2 ORDER BY group_name, day DESC
                """,
                self.campaign.id,
                stage,
            )
        return {row["group_name"]: row["at_least"] for row in rows if row["at_least"]}

    async def rows(self, table: str) -> int:
        """How many rows about people there are."""
        async with self.database.acting_as(WORKER) as c:
            counted: int = await c.fetchval(
                """
                SELECT count(*) FROM (
                  SELECT 'member' AS name, campaign_id FROM recruitment.member
                  UNION ALL SELECT 'touch', campaign_id FROM recruitment.touch) t
                WHERE name = $1 AND campaign_id = $2
                """,
                table,
                self.campaign.id,
            )
        return counted


@pytest.fixture
async def office(database_dsn: str, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """Parametrised: by how many days a code is credited for."""
    database = await open_database(database_dsn, dict.fromkeys(Lane, 2), carries=RING)
    opened = Office(database, getattr(request, "param", 30))
    await opened.opens()
    yield opened
    await database.close()


async def test_who_signed_up_is_told_in_tens_of_the_unit_those_above_the_channel_and_the_area(office: Office) -> None:
    await office.sign_up(11, NAVY)
    await office.sign_up(10, ARMY, EVENT)
    await office.night_falls()
    assert await office.told() == {
        "campaign": 20, "home guard": 20, "naval home guard": 10, "army home guard": 10, "poster": 10, "event": 10,
        "0101": 20,
    }  # fmt: skip


async def test_of_a_unit_with_too_few_invited_nothing_is_told_however_many_came(office: Office) -> None:
    """Above, it counts; but 20 would say that they did not all come by the two others, which have under ten each."""
    await office.sign_up(25, SMALL)
    await office.night_falls()
    told = await office.told()
    assert (told.get("a flotilla of thirty"), told["home guard"], told["campaign"]) == (None, 10, 10)


async def test_a_channel_whose_only_codes_are_such_a_unit_s_is_not_told_until_others_have_codes_of_it(
    office: Office,
) -> None:
    """The codes can be listed by anybody who walks past: event's ten would be ten of the flotilla's thirty."""
    stand = GroupName("stand")
    async with office.database.acting_as(CAMPAIGNS) as c:
        await register.add_groups(c, office.campaign.id, [Group(stand, Way.CHANNEL)], MONDAY)
    await office.gets_a_code(SMALL, stand)
    await office.sign_up(20, NAVY)
    await office.sign_up(11, SMALL, stand)
    await office.night_falls()
    assert "stand" not in await office.told()
    await office.gets_a_code(ARMY, stand)
    await office.sign_up(10, ARMY, stand, AFTER_THE_WEEK)
    await office.night_falls(AFTER_THE_WEEK + timedelta(days=7))
    assert (await office.told())["stand"] >= 10


async def test_within_a_week_only_the_campaign_is_told_of(office: Office) -> None:
    await office.sign_up(12, NAVY)
    await office.night_falls(MONDAY + timedelta(days=1))
    assert await office.told() == {"campaign": 10}


async def test_a_night_that_falls_twice_tells_the_same(office: Office) -> None:
    await office.sign_up(12, NAVY)
    await office.night_falls()
    before = await office.told()
    await office.sign_up(12, NAVY)
    await office.night_falls()
    assert await office.told() == before


async def test_a_phone_proven_with_two_codes_is_one_person_above(office: Office) -> None:
    for _ in range(10):
        phone = a_phone()
        await office.proves(phone, NAVY)
        await office.proves(phone, ARMY)
    await office.night_falls()
    told = await office.told("proven")
    assert told["campaign"] == told["home guard"] == 10


@pytest.mark.parametrize("office", [30, 7], ids="{} days".format, indirect=True)
async def test_the_first_code_gets_the_credit_for_as_many_days_as_the_campaign_says(office: Office) -> None:
    days = timedelta(days=office.campaign.credit_days)
    quick, slow = a_phone(), a_phone()
    await office.proves(quick, NAVY)
    await office.proves(slow, NAVY)
    a, _ = await office.somebody_signs_up(ARMY, EVENT, MONDAY + days - timedelta(days=1), quick)
    b, _ = await office.somebody_signs_up(ARMY, EVENT, MONDAY + days + timedelta(days=1), slow)
    async with office.database.acting_as(WORKER) as c:
        rows = await c.fetch("SELECT volunteer_id, code FROM recruitment.member")
    assert {row["volunteer_id"]: row["code"] for row in rows} == {
        a: office.codes[NAVY, POSTER],
        b: office.codes[ARMY, EVENT],
    }


async def test_whoever_was_a_hjerteloeber_before_is_counted_as_already(office: Office) -> None:
    for _ in range(11):
        await office.proves(a_phone(), NAVY, already=True)
    await office.night_falls()
    assert (await office.told("already"), await office.told()) == ({"campaign": 10}, {})


async def test_a_closed_or_unknown_code_credits_nobody(office: Office) -> None:
    async with office.database.acting_as(CAMPAIGNS) as c:
        await register.close_code(c, office.codes[NAVY, POSTER], MONDAY)
    _, credited = await office.somebody_signs_up(NAVY, POSTER, MONDAY + timedelta(hours=1))
    assert not credited
    async with office.database.acting_as(API) as c:
        assert await credit.standing_of(c, office.codes[NAVY, POSTER], MONDAY) is Standing.CLOSED
        assert await credit.standing_of(c, "nobody's", MONDAY) is Standing.UNKNOWN
        assert await credit.begun(c, office.codes[ARMY, POSTER], MONDAY) is Standing.OPEN


async def test_whoever_takes_their_consent_back_is_forgotten_and_no_number_gets_smaller(office: Office) -> None:
    people = [await office.somebody_signs_up(NAVY) for _ in range(10)]
    await office.night_falls()
    before = await office.told()
    async with office.database.acting_as(API) as c:
        for volunteer_id, _ in people:
            await credit.take_back(c, volunteer_id)
    assert await office.rows("member") == 0
    await office.sign_up(10, NAVY, now=AFTER_THE_WEEK)
    await office.night_falls(AFTER_THE_WEEK + timedelta(days=7))
    assert (before["campaign"], (await office.told())["campaign"]) == (10, 20)
    assert await office.told("withdrawn") == {"campaign": 10}


async def test_somebody_is_never_counted_twice(office: Office) -> None:
    person, _ = await office.somebody_signs_up(NAVY)
    async with office.database.acting_as(API) as c:
        for code in office.codes.values():
            anna = somebody(a_phone(), "alarms campaign_credit")
            await credit.credit(c, KEYS, anna, Opened(person, None), code, MONDAY)
    assert await office.rows("member") == 1


async def test_thirty_days_after_the_end_rows_about_people_are_gone_and_numbers_stay(office: Office) -> None:
    await office.sign_up(12, NAVY)
    await office.proves(a_phone(), ARMY)
    await office.night_falls()
    end = office.campaign.closes_at
    await office.night_falls(end + timedelta(hours=1))
    told = await office.told()
    assert told["naval home guard"] == 10
    await office.night_falls(end + timedelta(days=30))
    assert (await office.rows("member"), await office.rows("touch")) == (0, 0)
    assert await office.told() == told
    await office.night_falls(end + timedelta(days=31))
    assert await office.told() == told


async def test_a_phone_that_was_only_proven_is_forgotten_after_thirty_days_and_stays_counted(office: Office) -> None:
    for _ in range(10):
        await office.proves(a_phone(), NAVY)
    await office.night_falls(MONDAY + timedelta(days=31))
    assert await office.rows("touch") == 0
    await office.night_falls(MONDAY + timedelta(days=42))
    assert (await office.told("proven"))["naval home guard"] == 10


async def test_who_can_be_rung_is_counted_as_reachable_and_stays_so(office: Office) -> None:
    people = [await office.somebody_signs_up(NAVY) for _ in range(10)]
    await _can_be_rung(office, [volunteer_id for volunteer_id, _ in people])
    await office.night_falls()
    assert [(await office.told(stage)).get("campaign") for stage in ("connected", "reachable", "trained")] == [10] * 3


async def _can_be_rung(office: Office, people: Sequence[VolunteerId]) -> None:
    async with office.database.acting_as(WORKER) as c:
        await c.execute("RESET ROLE")
        await c.execute(
            'UPDATE volunteers.device SET permissions = \'{"notifications": "granted"}\' WHERE volunteer_id = ANY($1)',
            people,
        )
        await c.execute(
            """
            INSERT INTO volunteers.address
              (id, volunteer_id, kind, device_id, channel, value, health, created_at, changed_at)
            SELECT gen_random_uuid(), volunteer_id, 'live', id, 'fcm_token', id::text, 'healthy', $2, $2
            FROM volunteers.device WHERE volunteer_id = ANY($1)
            """,
            people,
            MONDAY,
        )
        await c.execute(
            """
            INSERT INTO locations.position (volunteer_id, cell, cell_r9, coarse, available, measured_at, seen_at)
            SELECT unnest($1::uuid[]), 1, 1, false, true, $2, $2
            """,
            people,
            AFTER_THE_WEEK,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM recruitment.member",
        "SELECT * FROM recruitment.touch",
        "SELECT * FROM recruitment.tally",
        "SELECT * FROM recruitment.tellable",
        "SELECT begun FROM recruitment.join_code",
        "SELECT * FROM volunteers.volunteer",
        "UPDATE recruitment.counting_group SET parent = NULL",
        "DELETE FROM recruitment.counting_group",
        "UPDATE recruitment.join_code SET unit = 'another'",
        "UPDATE recruitment.campaign SET k = 5",
        "INSERT INTO recruitment.told VALUES (gen_random_uuid(), now(), 'registered', 'campaign', 1)",
    ],
)
async def test_a_campaign_s_process_sees_no_person_and_moves_no_group(office: Office, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with office.database.acting_as(CAMPAIGNS) as c:
            await c.execute(statement)


@pytest.mark.parametrize("role", [Role.STATS])
async def test_statistics_have_no_right_here(office: Office, role: Role) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with office.database.acting_as(Actor(role)) as c:
            await c.execute("SELECT 1 FROM recruitment.member")


@pytest.mark.parametrize(
    "groups",
    [
        [Group(GroupName("a"), Way.UNIT, GroupName("b")), Group(GroupName("b"), Way.UNIT, GroupName("a"))],
        [Group(GroupName("a"), Way.UNIT, GroupName("a"))],
        [Group(GroupName("a"), Way.UNIT, GroupName("nobody"))],
        [Group(GroupName("a"), Way.UNIT, POSTER)],
        [Group(GroupName("a"), Way.UNIT, NAVY)],
        [Group(NAVY, Way.UNIT, None, 200)],
        [Group(GroupName("campaign"), Way.UNIT)],
        [Group(GroupName("0101"), Way.AREA)],
    ],
    ids=["circle", "itself", "unknown", "another way", "has codes", "moved", "the whole", "an area"],
)
async def test_a_tree_that_cannot_be_is_refused_and_nothing_of_it_kept(office: Office, groups: list[Group]) -> None:
    with pytest.raises(register.CannotBe):
        async with office.database.acting_as(CAMPAIGNS) as c:
            await register.add_groups(c, office.campaign.id, groups, MONDAY)


async def test_the_same_tree_again_changes_nothing(office: Office) -> None:
    async with office.database.acting_as(CAMPAIGNS) as c:
        await register.add_groups(c, office.campaign.id, [Group(GUARD, Way.UNIT, None, 530)], MONDAY)


async def test_a_code_is_of_one_unit_for_good(office: Office) -> None:
    async def add(c: Connection, code: Code, campaign_id: UUID = office.campaign.id) -> None:
        await register.add_codes(c, campaign_id, [code], MONDAY)

    for code in (
        Code(office.codes[NAVY, POSTER], ARMY, POSTER),
        Code("new", GUARD, POSTER),
        Code("new", NAVY, NAVY),
        Code("new", GroupName("nobody"), POSTER),
    ):
        with pytest.raises(register.CannotBe):
            async with office.database.acting_as(CAMPAIGNS) as c:
                await add(c, code)
