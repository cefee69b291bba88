"""What is shown of visits: page views, never so that a unit that is too small could be reckoned from them."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaign.campaign import Campaign, Channel
from campaigns.campaign.place import Place
from campaigns.figures.channels import sources
from campaigns.figures.figure import Figure, Why
from campaigns.figures.period import period_in
from campaigns.figures.queries import Coded
from campaigns.figures.view import view_of
from campaigns.figures.visits import visits_of
from campaigns.figures.withheld import withheld_places
from campaigns.organisation.unit import UnitCode
from tests.campaigns.cast import COMPANY, FLOTILLA, SINCE, Office
from tests.campaigns.teller import NEXT_SUNDAY, SUNDAY, THIRD_SUNDAY, Teller, owner

MHV, HHV, HJV, FMN = (UnitCode(code) for code in ("HJV-MHV", "HJV-HHV", "HJV", "FMN"))
MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
K = 10


@pytest.fixture
def teller(campaigns_dsn: str) -> Teller:
    return Teller(campaigns_dsn)


async def test_visits_of_a_unit_come_in_steps_and_those_of_the_campaign_at_once(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    code = await office.makes_a_code(campaign, FLOTILLA)
    for day, visited in ((date(2026, 11, 4), 17), (SUNDAY, 8), (date(2026, 11, 23), 3)):
        await teller.counts_visits(campaign, code, day, visited, automatic=99)
    await teller.counts_visits(campaign, "", SUNDAY, 100)
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [owner()], MONDAY + timedelta(days=1))
        visits = await visits_of(c, view, [None, FLOTILLA, MHV], [SUNDAY, date(2026, 11, 23)], [SUNDAY])
    assert visits.of(None, date(2026, 11, 23)) == Figure(128, exact=True)
    assert [visits.of(unit, SUNDAY).at_least for unit in (FLOTILLA, MHV)] == [20, 20]
    assert visits.of(FLOTILLA, date(2026, 11, 23)).at_least == 20
    assert visits.of(None, SUNDAY, in_week=True) == Figure(125, exact=True)


async def test_a_week_s_visits_of_a_unit_are_the_difference_of_two_sums(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    """Were both the week and the sum told in steps of their own, they would say by and by what the steps hide."""
    code = await office.makes_a_code(campaign, FLOTILLA)
    for day in (SUNDAY, NEXT_SUNDAY):
        await teller.counts_visits(campaign, code, day, 19)
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [owner()], MONDAY)
        visits = await visits_of(c, view, [FLOTILLA], [SUNDAY, NEXT_SUNDAY], [SUNDAY, NEXT_SUNDAY])
    sums = [visits.of(FLOTILLA, day).at_least for day in (SUNDAY, NEXT_SUNDAY)]
    weeks = [visits.of(FLOTILLA, day, in_week=True).at_least for day in (SUNDAY, NEXT_SUNDAY)]
    assert (sums, weeks) == ([10, 30], [10, 20])


async def test_of_a_week_nobody_has_added_up_yet_nothing_is_said(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    code = await office.makes_a_code(campaign, FLOTILLA)
    await teller.counts_visits(campaign, code, date(2026, 11, 3), 600)
    async with office.store.transaction() as c:
        on_friday = await view_of(c, campaign, [owner()], datetime(2026, 11, 6, 11, tzinfo=UTC))
        visits = await visits_of(c, on_friday, [FLOTILLA], [date(2026, 11, 6)], [date(2026, 11, 6)])
        assert visits.of(FLOTILLA, date(2026, 11, 6), in_week=True).why is Why.NOTHING_YET
        on_monday = await view_of(c, campaign, [owner()], datetime(2026, 11, 9, 11, tzinfo=UTC))
        visits = await visits_of(c, on_monday, [FLOTILLA], [SUNDAY], [SUNDAY])
        assert visits.of(FLOTILLA, SUNDAY, in_week=True).why is Why.NOTHING_YET
        on_tuesday = await view_of(c, campaign, [owner()], datetime(2026, 11, 10, 11, tzinfo=UTC))
        visits = await visits_of(c, on_tuesday, [FLOTILLA], [SUNDAY], [SUNDAY])
    assert (visits.of(FLOTILLA, SUNDAY, in_week=True).at_least, visits.of(FLOTILLA, SUNDAY).at_least) == (600, 600)


async def test_where_one_unit_is_too_small_the_visits_of_another_are_not_told_either(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    """Those above are told exactly enough to say what a single one has that is left over."""
    other, sister = UnitCode("EKS-FL-02"), UnitCode("EKS-FL-03")
    await office.makes_a_code(campaign, FLOTILLA)
    await teller.places(campaign, other, MHV, 25)
    await teller.places(campaign, sister, MHV, 5_000)
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [owner()], MONDAY)
        visits = await visits_of(c, view, [FLOTILLA, other, sister], [SUNDAY])
    whys = [visits.of(unit, SUNDAY).why for unit in (FLOTILLA, other, sister)]
    assert whys == [Why.WITHHELD, Why.FEW_ASKED, Why.FEWER]


@st.composite
def trees(draw: st.DrawFn) -> list[Place]:
    """Places with people of their own, each below one that was there before it, or at the top."""
    places: list[Place] = []
    for n in range(draw(st.integers(1, 12))):
        above = draw(st.sampled_from([None, *(place.whole for place in places)]))
        own = draw(st.sampled_from([0, 5, 25, 40, 300]))
        places.append(Place(UnitCode(f"U{n}"), 1, above, None, None, own))
    people = {place.whole: place.own_people or 0 for place in places}
    for place in reversed(places):
        if place.above is not None:
            people[place.above] += people[place.whole]
    return [msgspec.structs.replace(place, people=people[place.whole]) for place in places]


@given(trees(), st.data())
def test_in_no_group_a_single_part_is_left_over_to_be_reckoned(places: list[Place], data: st.DataObject) -> None:
    with_codes = data.draw(st.sets(st.sampled_from([place.unit for place in places])))
    coded = [Coded(unit, 1, Channel.POSTER) for unit in with_codes]
    withheld = withheld_places(places, coded, 3 * K)
    for place in places:
        if place.whole in withheld:
            continue
        assert (place.people or 0) >= 3 * K
        below = {each.whole: each.people or 0 for each in places if each.above == place.whole}
        unseen = [people for name, people in below.items() if name in withheld]
        if place.unit in with_codes:
            unseen.append(place.own_people or 0)
        alone = len(below) + (place.unit in with_codes) == 1
        assert len(unseen) != 1 or unseen[0] >= 3 * K or alone, "whoever adds up finds a small one"


async def test_what_links_said_is_told_in_steps_and_small_ones_together(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    """A mail merge may write anybody into a link; nobody reads from a table whether they followed it."""
    said = {"intranet": 25, "anna.hansen": 1, "bo.jensen": 3, "carl.olsen": 8}
    for source, visited in said.items():
        await teller.sees_a_source(campaign, SUNDAY, source, "mail", visited)
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [owner()], MONDAY)
        found = (await sources(c, view, period_in({}, SINCE, THIRD_SUNDAY))).sources
        nothing = (await sources(c, view, period_in({"til": "2026-11-01"}, SINCE, THIRD_SUNDAY))).sources
    assert [(each.source, each.medium, each.visited) for each in found] == [
        ("intranet", "mail", 20),
        ("(other)", "", 10),
    ]
    assert nothing == ()


async def test_visits_are_the_same_however_often_and_whenever_they_were_looked_at(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    """Weeks that are over are added up once; a day of the running week is not missed, and not counted twice."""
    code = await office.makes_a_code(campaign, FLOTILLA)
    sums = []
    for n in range(30):
        day = SINCE + timedelta(days=n)
        await teller.counts_visits(campaign, code, day, n)
        async with office.store.transaction() as c:
            view = await view_of(c, campaign, [owner()], datetime(day.year, day.month, day.day, 11, tzinfo=UTC))
            visits = await visits_of(c, view, [None], [day, day - timedelta(days=7)], [day])
        sums.append((visits.of(None, day).at_least, visits.of(None, day - timedelta(days=7)).at_least))
    assert sums == [(n * (n + 1) // 2, max(0, n - 7) * (n - 6) // 2) for n in range(30)]


async def test_two_who_look_at_once_add_up_the_weeks_once(office: Office, campaign: Campaign, teller: Teller) -> None:
    for unit in (FLOTILLA, COMPANY):
        for channel in Channel:
            await teller.counts_visits(campaign, await office.makes_a_code(campaign, unit, channel), SUNDAY, 5)

    async def looks() -> int | None:
        async with office.store.transaction() as c:
            view = await view_of(c, campaign, [owner()], MONDAY)
            return (await visits_of(c, view, [None], [SUNDAY])).of(None, SUNDAY).at_least

    assert await asyncio.gather(*(looks() for _ in range(5))) == [40] * 5


async def test_a_unit_of_too_few_people_has_no_visits_to_see_and_they_count_above(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    small = await teller.places(campaign, "EKS-FL-02", MHV, 25)
    await teller.counts_visits(campaign, small, SUNDAY, 40)
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [owner()], MONDAY)
        visits = await visits_of(c, view, [UnitCode("EKS-FL-02"), MHV], [SUNDAY], [SUNDAY])
    assert visits.of(UnitCode("EKS-FL-02"), SUNDAY).why is Why.FEW_ASKED
    assert visits.of(MHV, SUNDAY).at_least == 40
    assert visits.of(MHV, SUNDAY, in_week=True).at_least == 40
