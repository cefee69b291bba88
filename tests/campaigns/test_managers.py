"""Who may look at a campaign's numbers, how long somebody is signed in, and what a token opens."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Actor, Campaign
from campaigns.managers import grants, queries, queries_tokens, session, tokens
from campaigns.managers.manager import Manager, ManagerId, normal
from campaigns.modules.module import Part
from campaigns.organisation.unit import UnitCode
from tests.campaigns.cast import COMPANY, FLOTILLA, NOON, Office, everything_in

ANNA = "anna@fmn.example"


async def allowed(
    office: Office, campaign: Campaign, email: str = ANNA, party: str = "fmn", unit: UnitCode | None = None
) -> ManagerId:
    async with office.store.transaction() as c:
        return (await grants.allow(c, email, "", campaign, party, unit, NOON)).manager_id


async def actors(office: Office, manager: ManagerId, campaign_id: UUID) -> list[Actor]:
    async with office.store.transaction() as c:
        return await queries.actors_of(c, manager, campaign_id)


async def test_somebody_may_look_at_what_they_were_allowed_and_as_whom(office: Office, campaign: Campaign) -> None:
    other = await office.begins("en-anden", date(2027, 1, 1))
    anna = await allowed(office, campaign, unit=FLOTILLA)
    assert await allowed(office, campaign, " Anna@FMN.example ", unit=COMPANY) == anna, "one person, however typed"
    await allowed(office, other, party="sundhed")
    seen = [(each.party.code, each.party.part, each.unit) for each in await actors(office, anna, campaign.id)]
    assert seen == [("fmn", Part.OWNER, FLOTILLA), ("fmn", Part.OWNER, COMPANY)]
    assert [each.party.part for each in await actors(office, anna, other.id)] == [Part.PARTNER]
    async with office.store.transaction() as c:
        assert [each.name for each in await queries.campaigns_of(c, anna)] == ["en-anden", campaign.name]
        assert await queries.campaigns_of(c, ManagerId(uuid4())) == []


async def test_what_was_withdrawn_is_nothing_from_then_on_and_can_be_allowed_again(
    office: Office, campaign: Campaign
) -> None:
    anna = await allowed(office, campaign, unit=FLOTILLA)
    async with office.store.transaction() as c:
        await grants.withdraw(c, ANNA, campaign, "fmn", FLOTILLA, NOON)
        assert await queries.campaigns_of(c, anna) == []
    assert await actors(office, anna, campaign.id) == []
    await allowed(office, campaign, unit=FLOTILLA)
    assert len(await actors(office, anna, campaign.id)) == 1


async def test_allowing_again_changes_the_name_and_the_weekly_mail_only(office: Office, campaign: Campaign) -> None:
    async with office.store.transaction() as c:
        first = await grants.allow(c, ANNA, "Anna", campaign, "fmn", None, NOON)
        again = await grants.allow(c, ANNA, "", campaign, "fmn", None, NOON, digest=False)
        granted = await queries.granted_of(c, campaign.id)
    assert first.id == again.id
    assert [(each.name, each.digest) for each in granted] == [("Anna", False)]


REFUSED = [
    ("not an address", "fmn", None, "is no e-mail address"),
    (ANNA, "nobody", None, "nobody is no party of forsvaret-2027: one of fmn, sundhed"),
    (ANNA, "sundhed", FLOTILLA, "sundhed is partner in forsvaret-2027 and sees the total only: leave the unit out"),
    (ANNA, "fmn", UnitCode("HJV-NEJ"), "there is no unit HJV-NEJ today: `python -m campaigns campaign show"),
]


@pytest.mark.parametrize(("email", "party", "unit", "said"), REFUSED)
async def test_what_cannot_be_is_refused_and_nobody_is_kept(
    office: Office, campaign: Campaign, campaigns_dsn: str, email: str, party: str, unit: UnitCode | None, said: str
) -> None:
    with pytest.raises(CannotBe, match=said):
        await allowed(office, campaign, email, party, unit)
    assert ANNA not in await everything_in(campaigns_dsn, "campaigns")


@pytest.mark.parametrize(("email", "party", "unit", "said"), REFUSED[1:])
async def test_a_token_opens_no_more_than_somebody_could_be_allowed(
    office: Office, campaign: Campaign, email: str, party: str, unit: UnitCode | None, said: str
) -> None:
    with pytest.raises(CannotBe, match=said):
        async with office.store.transaction() as c:
            await tokens.make(c, campaign, "bi", party, unit, None, NOON)


async def test_withdrawing_what_nobody_has_says_where_to_look(office: Office, campaign: Campaign) -> None:
    await allowed(office, campaign, unit=FLOTILLA)
    for email, unit in ((ANNA, None), ("bo@fmn.example", FLOTILLA)):
        with pytest.raises(CannotBe, match="managers list forsvaret-2027"):
            async with office.store.transaction() as c:
                await grants.withdraw(c, email, campaign, "fmn", unit, NOON)


UNUSABLE = [
    "(x)@b.dk",
    '"x"@b.dk',
    "<x>@b.dk",
    "Anna <a@b.dk>",
    "x@[b.dk",
    "x@(b).dk",
    "a:b@c.dk",
    "a\\@b.dk",
    "a@b..dk",
]
"""Of these a mail server, or what writes to one, makes something else."""


@pytest.mark.parametrize(
    "typed", ["", "@", "a@", "@b.dk", "a b@c.dk", "a@b", "a@b@c.dk", "a@b.dk,c@d.dk", "a\n@b.dk", *UNUSABLE]
)
def test_what_is_no_address_is_none(typed: str) -> None:
    assert normal(typed) is None


async def signed_in(office: Office, secret: str, after: timedelta) -> Manager | None:
    async with office.store.transaction() as c:
        return await session.signed_in(c, secret, NOON + after)


async def begun(office: Office, campaign: Campaign) -> str:
    await allowed(office, campaign)
    async with office.store.transaction() as c:
        manager = await queries.manager_by_email(c, ANNA)
        assert manager is not None
        return await session.begin(c, manager, NOON)


async def test_a_session_is_over_after_an_hour_without_use_and_after_eight_in_any_case(
    office: Office, campaign: Campaign
) -> None:
    unused = await begun(office, campaign)
    assert await signed_in(office, unused, timedelta(minutes=60)) is None
    used = await begun(office, campaign)
    for minutes in range(0, 480, 59):
        found = await signed_in(office, used, timedelta(minutes=minutes))
        assert found is not None
        assert found.email == ANNA
    assert await signed_in(office, used, timedelta(minutes=480)) is None


async def test_a_session_that_was_ended_or_never_was_is_nobody_s(office: Office, campaign: Campaign) -> None:
    secret = await begun(office, campaign)
    for _ in range(2):
        async with office.store.transaction() as c:
            await session.end(c, secret)
    for each in (secret, "", "x" * 5_000, "\x00"):
        assert await signed_in(office, each, timedelta()) is None


async def test_whoever_has_nothing_left_to_look_at_is_signed_out(office: Office, campaign: Campaign) -> None:
    secret = await begun(office, campaign)
    await allowed(office, campaign, unit=FLOTILLA)
    async with office.store.transaction() as c:
        await grants.withdraw(c, ANNA, campaign, "fmn", None, NOON)
    assert await signed_in(office, secret, timedelta()) is not None
    async with office.store.transaction() as c:
        await grants.withdraw(c, ANNA, campaign, "fmn", FLOTILLA, NOON)
    assert await signed_in(office, secret, timedelta()) is None


async def test_of_sessions_that_are_over_nothing_is_kept_and_of_a_secret_never_more_than_its_hash(
    office: Office, campaign: Campaign, campaigns_dsn: str
) -> None:
    secret = await begun(office, campaign)
    async with office.store.transaction() as c:
        _, key = await tokens.make(c, campaign, "bi", "fmn", None, None, NOON)
        manager = await queries.manager_by_email(c, ANNA)
        assert manager is not None
        await session.begin(c, manager, NOON + timedelta(hours=9))
        assert await c.fetchval("SELECT count(*) FROM campaigns.session") == 1
    kept = await everything_in(campaigns_dsn, "campaigns")
    assert secret not in kept
    assert key not in kept


async def test_nothing_is_left_of_whoever_is_forgotten(office: Office, campaign: Campaign, campaigns_dsn: str) -> None:
    secret = await begun(office, campaign)
    async with office.store.transaction() as c:
        await grants.forget(c, ANNA)
    assert await signed_in(office, secret, timedelta()) is None
    assert "anna" not in await everything_in(campaigns_dsn, "campaigns")


async def test_a_token_opens_one_campaign_until_its_last_day_is_over(office: Office, campaign: Campaign) -> None:
    async with office.store.transaction() as c:
        token, secret = await tokens.make(c, campaign, "bi", "fmn", FLOTILLA, date(2026, 11, 22), NOON)
        assert secret.startswith("hlk_")
        found = await tokens.bearer(c, secret, NOON + timedelta(hours=35))  # 23:00 in Denmark on the 22nd
        assert found is not None
        assert (found.id, found.campaign_id) == (token.id, campaign.id)
        actor = await queries_tokens.actor_of(c, token.id)
        assert actor is not None
        assert (actor.party.code, actor.unit) == ("fmn", FLOTILLA)
        assert await tokens.bearer(c, secret, NOON + timedelta(hours=36)) is None
        assert await tokens.bearer(c, "hlk_nobody", NOON) is None
        assert [each.used_on for each in await queries_tokens.tokens_of(c, campaign.id)] == [date(2026, 11, 22)]


async def test_a_token_that_was_withdrawn_opens_nothing(office: Office, campaign: Campaign) -> None:
    async with office.store.transaction() as c:
        token, secret = await tokens.make(c, campaign, "bi", "fmn", None, None, NOON)
        await tokens.withdraw(c, campaign, "bi", NOON)
        assert await tokens.bearer(c, secret, NOON) is None
        assert await queries_tokens.actor_of(c, token.id) is None
        await tokens.make(c, campaign, "bi", "fmn", None, None, NOON)


@pytest.mark.parametrize("until", [date(2026, 11, 20), date(2029, 1, 1)])
async def test_a_token_is_neither_over_at_once_nor_for_ever(office: Office, campaign: Campaign, until: date) -> None:
    with pytest.raises(CannotBe, match="a day from 2026-11-21 to 2027-12-26"):
        async with office.store.transaction() as c:
            await tokens.make(c, campaign, "bi", "fmn", None, until, NOON)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaigns.manager SET email = 'somebody@else.example'",
        "UPDATE campaigns.manager_grant SET unit = NULL",
        "UPDATE campaigns.session SET expires_at = now() + interval '1 year'",
        "UPDATE campaigns.token SET party = 'fmn', unit = NULL",
        "DELETE FROM campaigns.token",
    ],
)
async def test_what_was_allowed_can_be_taken_back_and_not_widened(
    office: Office, campaign: Campaign, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with office.store.transaction() as c:
            await c.execute(statement)


@pytest.mark.parametrize("typed", ["o'hara@b.dk", "anna+tal@fmn.example", "søren@hjv.example", " Anna@FMN.example "])
def test_an_address_is_kept_in_small_letters(typed: str) -> None:
    assert normal(typed) == typed.strip().lower()
