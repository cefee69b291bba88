"""Join codes: read aloud, mistyped, closed; and the place of a unit that counting is told of with the first."""

from datetime import date, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.clock import SetClock
from backend.public import counting
from campaigns.campaign import join_code, queries_codes
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.campaign.codes import add_code, close_code, left_behind
from campaigns.organisation.keep import import_tree
from campaigns.organisation.read import Listed, read_tree, together
from campaigns.organisation.unit import UnitCode
from tests.campaigns.cast import COMPANY, FLOTILLA, NOON, Office, Person

LETTERS = st.sampled_from(join_code.LETTERS)
CODES = st.randoms(use_true_random=False).map(lambda chance: join_code.draw(chance.choice))


@given(CODES, st.integers(0, 7), LETTERS)
def test_one_wrong_letter_is_noticed(code: join_code.JoinCode, at: int, letter: str) -> None:
    typed = code[:at] + letter + code[at + 1 :]
    assert join_code.read(typed) == (code if typed == code else None)


@given(CODES, st.integers(0, 7), st.integers(0, 7))
def test_two_letters_that_changed_places_are_noticed(code: join_code.JoinCode, one: int, other: int) -> None:
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]
    assert join_code.read("".join(letters)) == (code if "".join(letters) == code else None)


@given(CODES)
def test_a_code_is_read_however_it_is_written(code: join_code.JoinCode) -> None:
    assert not set(code) & set("01OIL")
    for typed in (code.lower(), join_code.aloud(code), f" {code[:4]} - {code[4:]} ", join_code.aloud(code).lower()):
        assert join_code.read(typed) == code


@pytest.mark.parametrize("typed", ["", "ABC", "O" * 8, "ABCDEFGHI", "æøåæøåæø", "2222222\0", "²²²²²²²²", "/../../x"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert join_code.read(typed) is None


async def test_a_unit_a_channel_and_a_material_have_one_code(office: Office, campaign: Campaign) -> None:
    first = await office.makes_a_code(campaign, material="kantine, A3")
    assert await office.makes_a_code(campaign, material="kantine, A3") == first
    others = {
        await office.makes_a_code(campaign, material="port, A4"),
        await office.makes_a_code(campaign, channel=Channel.EMAIL, material="kantine, A3"),
        await office.makes_a_code(campaign, COMPANY, material="kantine, A3"),
    }
    assert len(others | {first}) == 4
    async with office.store.transaction() as c:
        await close_code(c, join_code.aloud(first).lower(), NOON)
    assert await office.makes_a_code(campaign, material="kantine, A3") not in {*others, first}


async def test_a_unit_with_people_and_units_below_has_codes_of_its_own(office: Office, campaign: Campaign) -> None:
    """And a unit that has codes can get units below it: each is a whole, with a leaf for its own codes."""
    await office.makes_a_code(campaign, UnitCode("HJV-MHV"))
    await office.makes_a_code(campaign, FLOTILLA)
    await office.makes_a_code(campaign, UnitCode("HJV-MHV"), Channel.EVENT)
    assert await groups_of(office, campaign) >= {("HJV-MHV/own", "HJV-MHV", 150), ("EKS-FL-01", "HJV-MHV", 75)}


async def groups_of(office: Office, campaign: Campaign) -> set[tuple[str, str | None, int | None]]:
    async with office.store.transaction() as c:
        rows = await c.fetch(
            "SELECT name, parent, invited FROM recruitment.counting_group WHERE campaign_id = $1", campaign.id
        )
    return {tuple(row) for row in rows}


async def test_a_unit_that_moved_goes_on_in_a_new_place_and_its_old_code_stays_where_it_was(
    office: Office, campaign: Campaign
) -> None:
    before = await office.makes_a_code(campaign, FLOTILLA)
    known = await groups_of(office, campaign)
    tree = (office.module.tree + (office.module.made_up or b"").partition(b"\n")[2]).decode()
    line = next(each for each in tree.splitlines() if each.startswith(FLOTILLA))
    moved = line.replace("2024-01-01;", "2024-01-01;2026-12-01") + "\n" + line.replace("HJV-MHV", "HJV-FHV", 1)
    moved = moved.replace(";2024-01-01;;", ";2026-12-01;;")
    async with office.store.transaction() as c:
        await import_tree(c, office.module.name, read_tree("units.csv", tree.replace(line, moved).encode()))
    assert await office.makes_a_code(campaign, FLOTILLA) == before, "it moves in December"

    after = await office.makes_a_code(campaign, FLOTILLA, now=NOON + timedelta(days=20))
    assert after != before
    groups = await groups_of(office, campaign)
    assert known < groups, "groups are only added"
    assert {("EKS-FL-01/2", "HJV-FHV"), ("EKS-FL-01/2/own", "EKS-FL-01/2")} <= {each[:2] for each in groups - known}
    async with office.store.transaction() as c:
        units = {row["code"]: row["unit"] for row in await c.fetch("SELECT code, unit FROM recruitment.join_code")}
    assert units == {before: "EKS-FL-01/own", after: "EKS-FL-01/2/own"}


async def test_a_unit_closed_in_the_middle_of_a_campaign_keeps_its_code_and_gets_no_other(
    office: Office, campaign: Campaign, person: Person, clock: SetClock
) -> None:
    """Nothing is lost: whoever follows the old poster is counted where the unit was, and the manager is told of it."""
    code, other = await office.makes_a_code(campaign, FLOTILLA), await office.makes_a_code(campaign, COMPANY)
    files = [read_tree("tree.csv", office.module.tree), read_tree("made_up.csv", office.module.made_up or b"")]
    closing = [
        msgspec.structs.replace(line, unit=msgspec.structs.replace(line.unit, until=date(2026, 12, 1)))
        if line.unit.code == FLOTILLA
        else line
        for line in together(files).lines
    ]
    async with office.store.transaction() as c:
        done = await import_tree(c, office.module.name, Listed(closing, [], dated=True))
        assert [str(each) for each in done.changes] == ["2026-12-01  EKS-FL-01 closes"]
        assert await left_behind(c, campaign, NOON) == []
        assert [each.code for each in await left_behind(c, campaign, NOON + timedelta(days=20))] == [code]
    clock.advance(timedelta(days=20))
    assert (await person.presses_tilmeld(f"/k/{code}")).headers["location"].endswith(f"code={code}")
    with pytest.raises(CannotBe, match="EKS-FL-01 is not there on 2026-12-11"):
        await office.makes_a_code(campaign, FLOTILLA, Channel.EVENT, now=NOON + timedelta(days=20))
    assert await office.makes_a_code(campaign, COMPANY, now=NOON + timedelta(days=20)) == other


async def test_what_counting_was_told_of_a_unit_stays_when_more_people_are_asked(
    office: Office, campaign: Campaign
) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    known = await groups_of(office, campaign)
    async with office.store.transaction() as c:
        await c.execute("UPDATE campaigns.asked SET people = 900 WHERE unit = $1", FLOTILLA)
    await office.makes_a_code(campaign, FLOTILLA, Channel.POSTER, material="another")
    assert await groups_of(office, campaign) == known


@pytest.mark.parametrize(
    ("unit", "said"),
    [("NOBODY", "there is no unit NOBODY"), ("BRS", "BRS is not there on 2026-11-21"), ("FRS", "is not known")],
)
async def test_a_code_that_cannot_be_is_refused_and_nothing_of_it_kept(
    office: Office, campaign: Campaign, unit: str, said: str
) -> None:
    async with office.store.transaction() as c:
        await c.execute("RESET ROLE")
        await c.execute("DELETE FROM campaigns.asked WHERE unit = 'FRS'")
    with pytest.raises(CannotBe, match=said):
        await office.makes_a_code(campaign, UnitCode(unit))
    assert await groups_of(office, campaign) == set()
    async with office.store.transaction() as c:
        assert await queries_codes.codes_of(c, campaign.id) == []


async def test_a_campaign_that_is_over_gets_no_code(office: Office, campaign: Campaign) -> None:
    with pytest.raises(CannotBe, match="forsvaret-2027 is over since 2027-11-01"):
        await office.makes_a_code(campaign, now=NOON + timedelta(days=400))


@pytest.mark.parametrize(("typed", "said"), [("ABCD", "mistyped"), ("2222-2222", "there is no code 2222-2222")])
async def test_closing_what_is_no_code_says_so(office: Office, campaign: Campaign, typed: str, said: str) -> None:
    with pytest.raises(CannotBe, match=said):
        async with office.store.transaction() as c:
            await close_code(c, typed, NOON)


async def test_a_code_drawn_twice_by_chance_changes_nothing(office: Office, campaign: Campaign) -> None:
    taken = await office.makes_a_code(campaign)
    with pytest.raises(counting.CannotBe):
        async with office.store.transaction() as c:
            await add_code(c, campaign, COMPANY, Channel.EVENT, "", NOON, draw=lambda: taken)
    async with office.store.transaction() as c:
        assert [each.code for each in await queries_codes.codes_of(c, campaign.id)] == [taken]


def test_codes_are_drawn_from_all_letters() -> None:
    chance = Random(7)
    drawn = [join_code.draw(chance.choice) for _ in range(2_000)]
    assert len(set(drawn)) == len(drawn)
    assert {letter for code in drawn for letter in code} == set(join_code.LETTERS)
