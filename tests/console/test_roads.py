"""How far it is by road: what leaves this service, and what becomes of whatever a routing service answers."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import msgspec
import pytest

from backend.console import roads as by_road
from backend.console.incident_roads import Way, expected_by_road
from backend.console.roads import Roads
from backend.foundation.settings import Settings, WrongSettings, read_settings
from backend.locations.cells import cell_of, centre_of, metres_between
from backend.responses.status import Status
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.console.cast import NOON, Browser, Office, text_of
from tests.console.incident_cast import at_a_seat, page, seen
from tests.console.road_service import RoadService, running_road_service

HERE, THERE, BEYOND = cell_of(*SQUARE), cell_of(*metres_east(1_000)), cell_of(*metres_east(2_000))


def straight(one: int, other: int) -> float:
    return metres_between(*centre_of(one), *centre_of(other))


@pytest.fixture
def service() -> Iterator[RoadService]:
    with running_road_service() as running:
        yield running


@pytest.fixture
async def roads(service: RoadService) -> AsyncIterator[Roads]:
    opened = Roads(service.address, aiohttp.ClientSession())
    yield opened
    await opened.close()


async def test_it_is_told_cells_centres_and_nothing_else_and_asked_once(service: RoadService, roads: Roads) -> None:
    pairs = [(THERE, HERE), (BEYOND, HERE)]
    found = await roads.metres(pairs)
    assert {pair: round(metres, -1) for pair, metres in found.items()} == {
        pair: round(2 * straight(*pair), -1) for pair in pairs
    }
    assert await roads.metres(pairs) == found
    (asked,) = service.asked
    centres = {f"{lon:.6f},{lat:.6f}" for lat, lon in map(centre_of, (HERE, THERE, BEYOND))}
    path, _, query = asked.partition("?")
    assert set(path.removeprefix("/table/v1/foot/").split(";")) == centres
    assert sorted(each.split("=")[0] for each in query.split("&")) == ["annotations", "destinations", "sources"]
    assert not {"Cookie", "Referer", "Authorization"} & set(service.headers[0])


async def test_whoever_asks_waits_no_longer_and_what_comes_late_is_there_for_the_next(
    service: RoadService, roads: Roads
) -> None:
    service.waits_s = by_road.DEADLINE_S * 2
    assert await roads.metres([(THERE, HERE)]) == {}
    await asyncio.sleep(service.waits_s)
    assert set(await roads.metres([(THERE, HERE)])) == {(THERE, HERE)}
    assert len(service.asked) == 1


async def test_two_questions_are_under_way_at_most_and_nobody_asks_the_same_twice(
    service: RoadService, roads: Roads
) -> None:
    service.waits_s = by_road.DEADLINE_S * 2
    pairs = [(THERE, HERE), (BEYOND, HERE), (HERE, BEYOND), (HERE, THERE)]
    await asyncio.gather(*(roads.metres([pair]) for pair in (*pairs, *pairs)))
    assert len(service.asked) == by_road.MOST_IN_FLIGHT


@pytest.mark.parametrize(
    ("status", "answers"),
    [
        (200, b"<html>Welcome</html>"),
        (200, b'{"code":"Ok"}'),
        (200, b'{"code":"Ok","distances":[[1,2,3]]}'),
        (200, b'{"code":"Ok","distances":[["far"]]}'),
        (200, b'{"code":"Ok","distances":[[NaN]]}'),
        (200, b'{"code":"Ok","distances":[[1e999]]}'),
        (200, b'{"code":"Ok","more":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
        (400, b'{"code":"NoSegment","message":"Could not find a matching segment for coordinate 0"}'),
        (400, b'{"code":"TooBig","message":"Too many table coordinates"}'),
        (500, b'{"code":"Ok","distances":[[1200]]}'),
        (302, b""),
        (200, b" " * (by_road.MOST_BYTES + 1)),
    ],
)
async def test_nonsense_is_no_distance_and_is_not_asked_for_again_at_once(
    service: RoadService, roads: Roads, status: int, answers: bytes
) -> None:
    service.status, service.answers = status, answers
    for _ in range(3):
        assert await roads.metres([(THERE, HERE)]) == {}
    assert len(service.asked) == 1


async def test_what_is_packed_is_not_unpacked(service: RoadService, roads: Roads) -> None:
    """A few bytes may unpack to more than there is room for, before anybody has counted them."""
    service.answers, service.packed = b'{"code":"Ok","distances":[[1500]]}', True
    assert await roads.metres([(THERE, HERE)]) == {}
    assert service.headers[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("metres", [-5, 0, 1e9])
async def test_a_way_that_cannot_be_is_none(service: RoadService, roads: Roads, metres: float) -> None:
    """Shorter than the straight line by more than a cell's centre is from its road, or as long as the country."""
    service.answers = msgspec.json.encode({"code": "Ok", "distances": [[metres]]})
    assert await roads.metres([(BEYOND, HERE)]) == {}


async def test_where_no_road_leads_and_where_nobody_answers_the_straight_line_is_left(
    service: RoadService, roads: Roads
) -> None:
    service.no_route = True
    for _ in range(2):
        assert await roads.metres([(THERE, HERE)]) == {}
    assert len(service.asked) == 1, "that no road leads there is known, too"
    away = Roads("http://127.0.0.1:1/table/v1/foot", aiohttp.ClientSession())
    assert await away.metres([(THERE, HERE)]) == {}
    await away.close()


def test_an_arrival_by_road_is_of_its_own_metres_up_to_the_next_hundred() -> None:
    """1,150 m become 1,200: 522 s at the mean speed. A leg that is not known leaves none."""
    way = Way((BEYOND, THERE, HERE), NOON)
    found = expected_by_road(way, {(BEYOND, THERE): 400, (THERE, HERE): 750})
    assert found is not None
    assert round((found.expected_at - NOON).total_seconds()) == 522
    assert expected_by_road(way, {(BEYOND, THERE): 400}) is None
    still = expected_by_road(Way((HERE, HERE), NOON), {})
    assert still is not None
    assert still.expected_at == NOON


def test_a_service_that_anybody_could_listen_to_is_refused() -> None:
    for address in ("http://roads.example/table/v1/foot", "ftp://127.0.0.1/", "roads", "https://", "http://[::1/table"):
        with pytest.raises(WrongSettings, match="ROUTING_URL begins with https"):
            read_settings({"HJERTELOEBER_ROUTING_URL": address})


class TestOnThePage:
    @pytest.fixture
    def settings(self, settings: Settings, service: RoadService) -> Settings:
        return msgspec.structs.replace(settings, routing_url=service.address)

    async def test_it_says_which_of_the_two_a_figure_is(
        self,
        service: RoadService,
        town: Town,
        office: Office,
        browser: Browser,
    ) -> None:
        """Two on the way by road; the service fails, and a third is there by the straight line."""
        anna, ben = await town.volunteers(1_000, 1_500)
        incident = await town.arrest()
        await town.accepts(incident, anna)
        await at_a_seat(office, browser)
        (first,) = [each for each in (await seen(browser, incident))["asked"] if each["arrival"]]
        assert first["arrival_by"] == "road"
        slowest = msgspec.convert(first["arrival"]["latest_at"], type=type(NOON), strict=False) - town.now
        assert 1_800 / 1.4 < slowest.total_seconds() < 2_300 / 1.4, "twice the straight line, at the slowest"
        assert "ad vej" in text_of(await browser.opens(page(incident)))
        assert "1000" not in "".join(service.asked), "no distance leaves either"
        service.answers = b"nonsense"
        await town.accepts(incident, ben)
        after = {each["arrival_by"] for each in (await seen(browser, incident))["asked"] if each["arrival"]}
        assert after == {"road", "straight_line"}
        shown = text_of(await browser.opens(page(incident)))
        assert ("ad vej" in shown, "luftlinje" in shown) == (True, True)
        await town.tells(incident, anna, Status.ON_SCENE)
        there = [each for each in (await seen(browser, incident))["asked"] if each["stage"] == "on_scene"]
        assert [(each["arrival"], each["late"]) for each in there] == [(None, False)]
