"""The search for leaks: a short run in earnest, and that it finds what it is to find."""

import logging
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import msgspec
import pytest
import structlog

from backend.locations.cells import cell_of, centre_of, parent_at
from tests.access import calls
from tests.access.gates import every_route
from tests.access.roles import Role
from tests.access.wire import Answered, Sent
from tests.edge.cast import load_shipped
from tests.leak.canaries import Ledger, What
from tests.leak.grounds import a_run, a_world, judge_logged, listening
from tests.leak.run import Run, renamed, without, without_pins
from tests.leak.world import Drawn, World

CALLS = 1_500
SEED = 20_261_128


@pytest.fixture
async def shipped_dsn(database_dsn: str) -> str:
    await load_shipped(database_dsn)
    return database_dsn


@pytest.fixture
async def world(shipped_dsn: str) -> AsyncIterator[World]:
    async with a_world(shipped_dsn, seed=2) as world:
        yield world


async def test_nobody_learns_what_is_another_s(shipped_dsn: str) -> None:
    """As `make leak`, for a minute: every answer read, every refusal compared, every log line looked through."""
    tally = await a_run(shipped_dsn, SEED, CALLS)
    assert tally.violations == []
    assert tally.bytes_leaked == 0
    assert tally.pairs > 100, "another's things were asked for"
    assert tally.own_canaries > 100, "everybody sees their own"
    assert tally.shown == set(What), "of every kind: none is planted where nobody would look"


async def test_an_answer_with_another_s_canary_is_found(world: World) -> None:
    """Ben's name in what Anna reads, whatever route it comes by; her own is nothing."""
    anna, ben = [caller for caller in world.callers if caller.role is Role.VOLUNTEER][:2]
    route = next(each for each in every_route() if each.name == "GET /mobile/v1/me")
    for whose, leaked in ((anna, 0), (ben, 1)):
        run = Run(world, 0)
        name = world.ledger.word(What.PERSON, whose.owner).text
        await run.judge(anna, route, Sent("GET", "/mobile/v1/me"), Answered(200, (), f'{{"name":"{name}"}}'.encode()))
        assert len(run.tally.violations) == leaked
        assert run.tally.bytes_leaked == leaked * len(name)


async def test_a_log_line_with_a_canary_is_found(world: World) -> None:
    """Whoever's it is, and whoever says it: we, or a library of ours."""
    name, run = world.ledger.word(What.PERSON, "anna").text, Run(world, 0)
    with listening() as said:
        structlog.get_logger("tests").warning("signed_in", volunteer=name)
        logging.getLogger("tests").warning("no such person: %s", name)
        logging.getLogger("tests").warning("nothing of anybody")
    judge_logged(said, world.ledger, run.tally, 0)
    assert len(said) == 3
    assert len(run.tally.violations) == 2


async def test_where_the_database_holds_nothing_back_the_search_says_so(world: World) -> None:
    """The console lists what the policies show: without them another centre's doctor is in the answer."""
    for table in ("identity.approval", "identity.staff"):
        await world.superuser.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    run, doctors = Run(world, 0), [caller for caller in world.callers if caller.role is Role.AMK_LAEGE]
    ask, page = (
        next(each for each in every_route() if each.name == name)
        for name in ("POST /konsol/godkendelser/regel", "GET /konsol/godkendelser")
    )
    for route in (ask, page):
        for doctor in doctors:
            sent = calls.EVERY[route.name](Drawn(world, doctor, uuid4(), uuid4()))
            answered = await world.sends(doctor, sent)
            assert answered.status == 200
            await run.judge(doctor, route, sent, answered)
    assert run.tally.violations
    assert all("learnt a name of who works there" in each for each in run.tally.violations)


async def test_a_refusal_that_tells_two_things_apart_is_found(world: World) -> None:
    """One byte is enough: a header, a word of the detail, a status."""
    named, never = UUID(int=1), UUID(int=2)
    refused = Answered(404, ((b"content-type", b"application/problem+json"),), b'{"detail":"no such incident"}')
    told = msgspec.structs.replace(refused, body=b'{"detail":"not yours"}')
    headed = msgspec.structs.replace(refused, headers=(*refused.headers, (b"x-centre", b"amk")))
    assert without(refused, named) == without(refused, never)
    assert without(refused, named) != without(told, never)
    assert without(refused, named) != without(headed, never)
    echoed = [msgspec.structs.replace(refused, body=str(each).encode()) for each in (named, never)]
    assert without(echoed[0], named) == without(echoed[1], never)


async def test_the_twin_of_a_call_is_another_call(world: World) -> None:
    """The id is exchanged in address and body, nothing else."""
    one, other = UUID(int=1), UUID(int=2)
    sent = Sent("POST", f"/incidents/{one}/join", body=f'{{"into":"{one}"}}'.encode())
    assert renamed(sent, one, other) == Sent("POST", f"/incidents/{other}/join", body=f'{{"into":"{other}"}}'.encode())


def test_canaries_are_found_however_they_are_written() -> None:
    ledger = Ledger()
    word = ledger.word(What.PLACE, "patient").text
    phone = ledger.phone("anna").removeprefix("+45")
    ledger.degrees(What.WHERE, "anna", 55.6761239, 12.5683371)
    ledger.cell("anna", 0x8A1F05836A67FFF)
    pairs = " ".join(phone[n : n + 2] for n in range(0, 8, 2))
    for said in (
        f'"address":"{word}"',
        f"<p>{word.lower()}</p>",
        f"+45{phone}",
        f"tel: {pairs}.",
        '"lat":55.676123',
        "55.67612",
        "12.5683371",
        "12.56834, rounded",
        '"cell":"8a1f05836a67fff"',
        str(0x8A1F05836A67FFF),
    ):
        assert ledger.find(said.encode()), said
    for said in ('"id":"29310001-aaaa-4bbb-8ccc-1234567890ab"', '"lat":55.67', f"{phone}77", "KANARI000001"):
        assert not ledger.find(said.encode()), said


def test_of_candidates_a_cell_s_middle_that_three_share_is_nobody_s_place() -> None:
    """Anything else in an area's stead, and an area of two, is looked at as everything is."""
    route = next(each for each in every_route() if each.path.endswith("/candidates"))
    lat, lon = (round(degrees, 5) for degrees in centre_of(parent_at(cell_of(55.6761, 12.5683), 8)))
    for pin, shown, kept in (((lat, lon), 3, False), ((lat, lon), 2, True), ((lat + 0.00001, lon), 3, True)):
        area = {"lat": pin[0], "lon": pin[1], "radius_m": 532, "people": 3}
        body = msgspec.json.encode({"candidates": [{"area": area}] * shown})
        assert (str(pin[0]).encode() in without_pins(route, Answered(200, (), body)).body) == kept


def test_every_route_is_drawn_by_somebody() -> None:
    assert {route.name for route in every_route() if route.app == "backend"} == set(calls.EVERY)
