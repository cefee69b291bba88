"""Owner and partners: who sees what, and that only what all approved is said."""

from datetime import date

import asyncpg
import msgspec
import pytest

from campaigns.campaign import queries, say
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Actor, Campaign, may_change, may_see
from campaigns.campaign.codes import carried
from campaigns.modules.module import Part, Party, PartyCode
from campaigns.modules.texts import Texts
from campaigns.organisation import queries as organisations
from campaigns.organisation.unit import Tree, UnitCode, tree_on
from tests.campaigns.cast import FLOTILLA, NOON, Office, Person

OWNER, PARTNER, OBSERVER = (
    Party(PartyCode(part.value), part.value, part.value, part) for part in (Part.OWNER, Part.PARTNER, Part.OBSERVER)
)
NAVY, ARMY, GUARD = UnitCode("HJV-MHV"), UnitCode("HJV-HHV"), UnitCode("HJV")


@pytest.fixture
async def tree(office: Office) -> Tree:
    async with office.store.transaction() as c:
        return tree_on(await organisations.history_of(c, office.module.name), date(2026, 11, 27))


@pytest.mark.parametrize("party", [OWNER, PARTNER, OBSERVER])
def test_everybody_sees_the_total(tree: Tree, party: Party) -> None:
    assert may_see(Actor(party), None, tree)


def test_the_owner_sees_every_unit_and_a_partner_none(tree: Tree) -> None:
    for unit in tree.units:
        assert may_see(Actor(OWNER), unit, tree)
        assert not may_see(Actor(PARTNER), unit, tree)
        assert not may_see(Actor(OBSERVER), unit, tree)


def test_a_unit_s_lead_sees_it_and_those_below_and_never_one_beside_or_above(tree: Tree) -> None:
    lead = Actor(OWNER, NAVY)
    assert {unit for unit in tree.units if may_see(lead, unit, tree)} == set(tree.whole(NAVY))
    assert not any(may_see(lead, unit, tree) for unit in (ARMY, GUARD, UnitCode("FMN"), UnitCode("BRS")))


def test_only_the_owner_s_people_change_anything(tree: Tree) -> None:
    assert may_change(Actor(OWNER), None, tree)
    assert may_change(Actor(OWNER, NAVY), FLOTILLA, tree)
    assert not may_change(Actor(OWNER, NAVY), None, tree)
    assert not may_change(Actor(OWNER, NAVY), ARMY, tree)
    assert not may_change(Actor(PARTNER), None, tree)


def other_words(texts: Texts, heading: str) -> Texts:
    page = msgspec.structs.replace(texts.da.page, heading=heading)
    return msgspec.structs.replace(texts, da=msgspec.structs.replace(texts.da, page=page))


async def test_a_page_shows_the_newest_version_that_all_have_approved(
    office: Office, campaign: Campaign, person: Person
) -> None:
    async with office.store.transaction() as c:
        number = await say.write(c, campaign.id, other_words(office.module.texts, "Nye ord"), NOON)
        await say.approve(c, campaign.id, number, "fmn", NOON)
    assert "Nye ord" not in (await person.opens(f"/c/{campaign.name}")).text, "sundhed has not approved it"
    async with office.store.transaction() as c:
        await say.approve(c, campaign.id, number, "sundhed", NOON)
        await say.write(c, campaign.id, other_words(office.module.texts, "Endnu nyere"), NOON)
    text = (await person.opens(f"/c/{campaign.name}")).text
    assert "Nye ord" in text
    assert "Endnu nyere" not in text


async def test_before_anything_is_approved_the_page_says_only_what_every_page_says(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    async with office.store.transaction() as c:
        await c.execute("RESET ROLE")
        await c.execute("DELETE FROM campaigns.approval WHERE party = 'sundhed'")
    page = await person.opens(f"/k/{code}")
    assert office.module.texts.da.page.lead not in page.text
    assert "Den, der har inviteret dig, ser kun tal" in page.text
    with pytest.raises(CannotBe, match=r"version 1 waits for sundhed.*--as sundhed"):
        async with office.store.transaction() as c:
            await carried(c, code, NOON)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaigns.version SET texts = '{}'",
        "DELETE FROM campaigns.approval",
        "UPDATE campaigns.place SET people = 1000",
        "UPDATE campaigns.code SET unit = 'HJV'",
        "SELECT phone_sealed FROM volunteers.volunteer_identity",
    ],
)
async def test_what_was_approved_or_counted_is_not_changed_and_no_person_is_seen(
    office: Office, campaign: Campaign, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with office.store.transaction() as c:
            await c.execute(statement)


async def test_the_same_words_again_are_no_new_version(office: Office, campaign: Campaign) -> None:
    async with office.store.transaction() as c:
        assert await say.write(c, campaign.id, office.module.texts, NOON) == 1


@pytest.mark.parametrize(("party", "number", "said"), [("nobody", 1, "approves nothing"), ("fmn", 7, "no version 7")])
async def test_only_owner_and_partners_approve_what_there_is(
    office: Office, campaign: Campaign, party: str, number: int, said: str
) -> None:
    with pytest.raises(say.NotTheirs, match=said):
        async with office.store.transaction() as c:
            await say.approve(c, campaign.id, number, party, NOON)


async def test_a_campaign_keeps_the_rules_it_began_with(office: Office, campaign: Campaign) -> None:
    async with office.store.transaction() as c:
        found = await queries.campaign_named(c, campaign.name)
        parties = await queries.parties_of(c, campaign.id)
    assert found == campaign
    assert (campaign.k, [(each.code, each.part) for each in parties]) == (
        10,
        [("fmn", Part.OWNER), ("sundhed", Part.PARTNER)],
    )
