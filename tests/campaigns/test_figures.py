"""What is shown of what was told: no number that was not, none to whom it is not, and why where there is none."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaign import queries
from campaigns.campaign.campaign import Asked, Campaign
from campaigns.figures import danish
from campaigns.figures.areas import areas
from campaigns.figures.channels import channels, sources
from campaigns.figures.figure import Figure, Why, at_least, share
from campaigns.figures.numbers import of_units
from campaigns.figures.overview import Overview, all_units, overview
from campaigns.figures.period import WrongPeriod, period_in
from campaigns.figures.table import Kind as TableKind
from campaigns.figures.target import State, expected_by, state
from campaigns.figures.view import NoSuchUnit, NotYours, View, view_of
from campaigns.figures.visits import visits_of
from campaigns.organisation.unit import Kind, Unit, UnitCode, tree_on
from tests.campaigns.cast import COMPANY, FLOTILLA, NOON, SINCE, UNTIL, Office
from tests.campaigns.teller import NEXT_SUNDAY, SUNDAY, THIRD_SUNDAY, Teller, owner, partner

MHV, HHV, HJV, FMN = (UnitCode(code) for code in ("HJV-MHV", "HJV-HHV", "HJV", "FMN"))
MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
K = 10


@pytest.fixture
def teller(campaigns_dsn: str) -> Teller:
    return Teller(campaigns_dsn)


async def seen(office: Office, campaign: Campaign, unit: UnitCode | None, *actors: object) -> Overview:
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, actors or [owner()], MONDAY)  # type: ignore[arg-type]
        return await overview(c, view, unit, view.period({}))


async def test_a_unit_sees_its_number_and_how_far_it_moved(office: Office, campaign: Campaign, teller: Teller) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    await teller.tells(campaign, SUNDAY, {"campaign": 20, FLOTILLA: 10})
    await teller.tells(campaign, NEXT_SUNDAY, {"campaign": 60, FLOTILLA: 20})
    await teller.tells(campaign, THIRD_SUNDAY, {"campaign": 90, FLOTILLA: 50})
    found = await seen(office, campaign, FLOTILLA, owner(FLOTILLA))
    new = found.headlines[0]
    assert (new.figure.at_least, new.in_period, new.this_week, new.week_before) == (50, 50, 30, 10)
    assert [week.registered.at_least for week in found.series.weeks] == [None, 10, 20, 50]
    assert found.series.weeks[0].registered.why is Why.NOTHING_YET


async def test_a_number_below_k_is_said_to_be_fewer_and_never_nought(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    await teller.tells(campaign, SUNDAY, {"campaign": 20, FLOTILLA: 0})
    found = await seen(office, campaign, FLOTILLA)
    assert found.headlines[0].figure == Figure(why=Why.FEWER)
    assert danish.figure(found.headlines[0].figure, K) == "færre end 10 vist"


async def test_nothing_told_yet_is_not_fewer_than_ten(office: Office, campaign: Campaign) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    found = await seen(office, campaign, FLOTILLA)
    assert danish.figure(found.headlines[0].figure, K) == "endnu intet"
    assert found.headlines[0].in_period is None


async def test_a_unit_without_a_code_and_one_of_too_few_people_say_why(
    office: Office, campaign: Campaign, teller: Teller
) -> None:
    await teller.places(campaign, COMPANY, HHV, 29)
    await teller.tells(campaign, SUNDAY, {"campaign": 20, COMPANY: 0})
    assert (await seen(office, campaign, FLOTILLA)).headlines[0].figure.why is Why.NO_CODE
    few = (await seen(office, campaign, COMPANY)).headlines[0].figure
    assert danish.figure(few, K) == "vises ikke: under 30 spurgte"


async def test_a_unit_that_moved_is_the_sum_of_its_places(office: Office, campaign: Campaign, teller: Teller) -> None:
    await teller.places(campaign, FLOTILLA, MHV, 60)
    await teller.places(campaign, FLOTILLA, HHV, 60, number=2)
    await teller.tells(campaign, SUNDAY, {"campaign": 50, FLOTILLA: 20, f"{FLOTILLA}/2": 10})
    figure = (await seen(office, campaign, FLOTILLA)).headlines[0].figure
    assert (figure.at_least, figure.most(K)) == (30, 48)


async def test_a_week_nobody_told_keeps_the_number_before(office: Office, campaign: Campaign, teller: Teller) -> None:
    """The worker was away on a Sunday: what was told the week before still holds."""
    await office.makes_a_code(campaign, FLOTILLA)
    await teller.tells(campaign, SUNDAY, {"campaign": 20, FLOTILLA: 10})
    await teller.tells(campaign, THIRD_SUNDAY, {"campaign": 40, FLOTILLA: 20})
    found = await seen(office, campaign, FLOTILLA)
    assert [week.registered.at_least for week in found.series.weeks] == [None, 10, 10, 20]


@pytest.mark.parametrize("unit", [MHV, HJV, FMN, COMPANY, UnitCode("EKS-FL-02"), UnitCode("UKENDT")])
async def test_nobody_of_one_unit_sees_the_one_beside_or_above(
    office: Office, campaign: Campaign, unit: UnitCode
) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [owner(FLOTILLA)], NOON)
        for reading in (
            overview(c, view, unit, view.period({})),
            of_units(c, view, [FLOTILLA, unit], [SUNDAY]),
            visits_of(c, view, [unit], [SUNDAY]),
        ):
            with pytest.raises(NotYours):
                await reading
        with pytest.raises(NotYours):
            view.unit(unit)


async def test_a_partner_sees_the_total_and_nothing_else(office: Office, campaign: Campaign, teller: Teller) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    await teller.tells(campaign, SUNDAY, {"campaign": 20, FLOTILLA: 10})
    found = await seen(office, campaign, None, partner())
    assert (found.headlines[0].figure.at_least, found.below.units, found.target) == (20, (), None)
    with pytest.raises(NotYours):
        await seen(office, campaign, FMN, partner())


@pytest.mark.parametrize("actor", [partner(), owner(HJV)])
async def test_channels_areas_and_all_units_are_the_owner_s(office: Office, campaign: Campaign, actor: object) -> None:
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [actor], NOON)  # type: ignore[list-item]
        for reading in (channels, sources, areas, all_units):
            with pytest.raises(NotYours):
                await reading(c, view, view.period({}))


async def test_whoever_is_nobody_sees_nothing(office: Office, campaign: Campaign) -> None:
    async with office.store.transaction() as c:
        with pytest.raises(NotYours):
            await view_of(c, campaign, [], NOON)


MOVES = [
    Unit(FMN, None, Kind.KONCERN, "F", "F", SINCE),
    Unit(MHV, FMN, Kind.VAERN, "M", "M", SINCE),
    Unit(HHV, FMN, Kind.VAERN, "H", "H", SINCE),
    Unit(FLOTILLA, MHV, Kind.FLOTILLE, "1", "1", SINCE, date(2027, 1, 1)),
    Unit(FLOTILLA, HHV, Kind.FLOTILLE, "1", "1", date(2027, 1, 1)),
    Unit(COMPANY, HHV, Kind.KOMPAGNI, "2", "2", SINCE, date(2027, 1, 1)),
]


def view_in(today: date, tree_day: date, *actors: object) -> View:
    campaign = Campaign(UUID(int=0), "c", "o", SINCE, UNTIL, K, 30, "#000000", heart=True)
    return View(
        campaign,
        actors,  # type: ignore[arg-type]
        tuple(MOVES),
        tree_on(MOVES, tree_day),
        tree_on(MOVES, today),
        {},
        {},
        SUNDAY,
    )


def test_another_day_s_tree_opens_nothing_that_today_s_does_not() -> None:
    """A flotilla left; whoever it was below reads the old tree, and does not find it there."""
    before, after = date(2026, 12, 1), date(2027, 2, 1)
    assert view_in(before, before, owner(MHV)).below(MHV) == [FLOTILLA]
    assert view_in(after, before, owner(MHV)).below(MHV) == []
    assert view_in(after, before, owner(HHV)).sees(FLOTILLA)


def test_a_unit_that_is_gone_is_seen_by_whom_it_was_below_last() -> None:
    later = view_in(date(2027, 2, 1), date(2026, 12, 1), owner(HHV))
    assert later.below(HHV) == [COMPANY]
    assert later.unit(COMPANY).name_da == "2"
    with pytest.raises(NoSuchUnit, match="findes ikke"):
        view_in(date(2027, 2, 1), date(2027, 2, 1), owner(HHV)).unit(COMPANY)


def told(*numbers: int | None) -> Figure:
    return at_least(list(numbers))


@given(st.lists(st.none() | st.integers(0, 50).map(lambda n: n * K), max_size=5))
def test_nothing_shown_is_below_k_or_differs_from_what_was_told(numbers: list[int | None]) -> None:
    figure = told(*numbers)
    known = [each for each in numbers if each is not None]
    assert figure.at_least is None or figure.at_least >= K
    assert figure.told == (sum(known) if known else None)
    assert (danish.figure(figure, K) == danish.number(sum(known))) == (sum(known) > 0)
    assert " 0" not in f" {danish.figure(figure, K)}"


@given(st.integers(0, 300), st.integers(1, 300))
def test_a_target_is_said_to_be_reached_only_if_it_is_whatever_the_steps_hide(steps: int, wanted: int) -> None:
    assert state(told(steps * K), wanted) is (State.YES if steps * K >= wanted else State.NOT_SHOWN)


@pytest.mark.parametrize("figure", [Figure(why=Why.NOTHING_YET), Figure(why=Why.FEW_ASKED), Figure(why=Why.NO_CODE)])
def test_of_what_was_not_told_no_target_is_said_to_be_missed(figure: Figure) -> None:
    assert state(figure, 1) is State.NOT_SHOWN


@given(st.integers(1, 400), st.integers(0, 400))
def test_a_share_is_near_the_true_one_or_not_said(whole: int, part: int) -> None:
    part = min(part, whole)
    said = share(told(part // K * K), told(whole // K * K), K)
    assert said is None or abs(said - part / whole) <= 0.2


def test_the_line_to_a_target_is_straight() -> None:
    asked = [Asked(FLOTILLA, 100, 100, SINCE + timedelta(days=99)), Asked(COMPANY, 50, 20, SINCE + timedelta(days=9))]
    days = [
        SINCE - timedelta(days=1),
        SINCE + timedelta(days=4),
        SINCE + timedelta(days=49),
        SINCE + timedelta(days=500),
    ]
    assert [expected_by(asked, SINCE, day) for day in days] == [0, 15, 70, 120]


async def test_a_target_is_the_sum_of_those_below(office: Office, campaign: Campaign, teller: Teller) -> None:
    await office.makes_a_code(campaign, FLOTILLA)
    await teller.tells(campaign, SUNDAY, {"campaign": 20, FLOTILLA: 10, MHV: 10})
    found = (await seen(office, campaign, MHV)).target
    asked = {each.unit: each for each in await asked_of(office, campaign)}
    assert found is not None
    assert found.people == sum(each.target or 0 for unit, each in asked.items() if unit == MHV or "-FL-" in unit)
    assert (found.from_units + found.without, found.reached) == (8, State.NOT_SHOWN)


async def asked_of(office: Office, campaign: Campaign) -> list[Asked]:
    async with office.store.transaction() as c:
        return await queries.asked_of(c, campaign.id)


async def test_an_owner_sees_channels_areas_and_every_unit(office: Office, campaign: Campaign, teller: Teller) -> None:
    await teller.knows_denmark()
    code = await office.makes_a_code(campaign, FLOTILLA)
    await teller.tells(campaign, SUNDAY, {"campaign": 60, "poster": 50, "0101": 20, "0147": 10, "0751": 0})
    await teller.counts_visits(campaign, code, SUNDAY, 70, automatic=5, tests=2)
    await teller.counts_visits(campaign, "", date(2026, 11, 22), 9)
    async with office.store.transaction() as c:
        view = await view_of(c, campaign, [owner()], MONDAY)
        period = period_in({}, SINCE, THIRD_SUNDAY)
        by_channel = (await channels(c, view, period)).channels
        by_area = await areas(c, view, period)
        every = await all_units(c, view, period)
    assert [each.title for each in by_channel] == ["Plakat", "Intranet", "E-mail", "Arrangement", "Uden kode"]
    poster, nowhere = by_channel[0], by_channel[-1]
    assert [each.at_least for each in (poster.visited, poster.automatic, poster.tests, poster.registered)] == [
        70,
        5,
        2,
        50,
    ]
    assert (nowhere.visited.at_least, danish.figure(nowhere.registered, K)) == (None, "–")
    regions = {each.code: each.new for each in by_area.regions}
    assert regions["1084"].at_least == 30
    assert danish.figure(regions["1082"], K) == "færre end 10 vist"
    assert [len(by_area.regions), len(by_area.municipalities)] == [5, 99]
    assert len(every.units) == len(view.tree.units)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ({}, "2026-11-01", "2027-01-20"),
        ({"periode": "4-uger"}, "2026-12-21", "2027-01-17"),
        ({"periode": "12-uger"}, "2026-11-01", "2027-01-17"),
        ({"fra": "2026-12-02", "til": "10.12.2026"}, "2026-11-30", "2026-12-13"),
        ({"fra": "2027-01-12"}, "2027-01-11", "2027-01-20"),
        ({"fra": "2020-01-01", "til": "2030-01-01"}, "2026-11-01", "2027-01-20"),
        ({"fra": "0001-01-01", "til": "9999-12-31"}, "2026-11-01", "2027-01-20"),
    ],
)
def test_a_period_is_whole_weeks(query: dict[str, str], since: str, until: str) -> None:
    found = period_in(query, SINCE, date(2027, 1, 20))
    assert (found.since, found.until) == (date.fromisoformat(since), date.fromisoformat(until))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"periode": "5-uger"}, "er ikke en periode"),
        ({"fra": "i går"}, "i fra er ikke en dag"),
        ({"til": "2026-02-30"}, "i til er ikke en dag"),
        ({"fra": "2026-12-24", "til": "2026-12-01"}, "byt om"),
        ({"fra": "2028-01-01"}, "kun tal fra 1.11.2026 til 20.1.2027"),
        ({"til": "2020-01-01"}, "kun tal fra"),
    ],
)
def test_a_wrong_period_is_said_to_be_and_what_would_be_right(query: dict[str, str], said: str) -> None:
    with pytest.raises(WrongPeriod, match=said):
        period_in(query, SINCE, date(2027, 1, 20))


@given(st.dates(SINCE, UNTIL), st.dates(SINCE, UNTIL), st.dates(SINCE, UNTIL))
def test_a_period_kept_in_a_link_is_the_same_period(one: date, other: date, last: date) -> None:
    since, until = sorted((one, other))
    if since > last:
        return
    found = period_in({"fra": f"{since}", "til": f"{until}"}, SINCE, last)
    assert period_in(found.query(), SINCE, last) == found
    ends = found.week_ends()
    assert ends == sorted(set(ends))
    assert ends[-1] == found.until
    assert all(end.weekday() == 6 for end in ends[:-1])


def test_danish_numbers_are_as_babel_writes_them() -> None:
    for number in (0, 7, 999, 1_000, 14_000, 1_234_567):
        assert danish.number(number) == format_decimal(number, locale="da_DK")
    assert danish.number(1234.56, 1) == format_decimal(1234.56, "#,##0.0", locale="da_DK")
    assert danish.text(0.042, TableKind.SHARE, K) == "4,2 %"
    assert danish.week(date(2027, 1, 3)) == "Uge 53, 2026"
    assert danish.day(date(2026, 11, 21)) == "21.11.2026"
