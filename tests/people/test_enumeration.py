"""A thousand numbers with an account and a thousand without: nothing outside, nor the work inside, tells them apart."""

import statistics
import sys
from collections import Counter
from pathlib import Path

import msgspec

from backend.api.limits import Limiter
from backend.app.factory import create_app
from backend.foundation.clock import SetClock
from tests.people.cast import API, NOON, a_phone, newcomer, settings_in
from tests.people.pumping import World
from tests.people.work import Answered, asks_and_guesses, watched

MANY = 1000
HASHES_OF = 50
PLENTY = 10**9


async def try_all(world: World, known: list[str], unknown: list[str]) -> dict[bool, Counter[Answered]]:
    """What came for known and unknown ones, each as often as it came; the times are printed."""
    seen: dict[bool, Counter[Answered]] = {True: Counter(), False: Counter()}
    times: dict[bool, list[float]] = {True: [], False: []}
    async with watched(world.app) as work:
        for place, pair in enumerate(zip(known, unknown, strict=True)):
            for number in pair if place % 2 else pair[::-1]:
                is_known = number == pair[0]
                answered, took_s = await asks_and_guesses(world, number, work, count_hashes=place < HASHES_OF)
                seen[is_known][answered] += 1
                if place >= HASHES_OF:
                    times[is_known].append(took_s * 1000)
    for is_known, took_ms in times.items():
        if took_ms:
            cuts = statistics.quantiles(took_ms, n=20)
            told = " ".join(f"{cuts[each]:.2f}" for each in (0, 4, 9, 14, 18))
            who = "known" if is_known else "unknown"
            sys.stdout.write(f"{who}: {len(took_ms)} timed, ms at 5, 25, 50, 75, 95 %: {told}\n")
    return seen


async def known_and_unknown(folder: Path, dsn: str, many: int, **more: int) -> dict[bool, Counter[Answered]]:
    """Half of them have accounts. There is money enough for all, unless told otherwise."""
    settings = msgspec.structs.replace(settings_in(folder, dsn), code_ore_an_hour=PLENTY, code_ore_a_day=PLENTY, **more)
    clock = SetClock(NOON)
    app = create_app(settings, clock=clock)
    app.state.limiter = Limiter(PLENTY)
    async with app.lifespan():
        world = World(app, app.state.database, clock)
        known, unknown = [a_phone() for _ in range(many)], [a_phone() for _ in range(many)]
        for number in known:
            async with world.database.acting_as(API) as connection:
                await newcomer(connection, NOON, phone=number)
        return await try_all(world, known, unknown)


async def test_known_and_unknown_numbers_get_the_same_bytes_for_the_same_statements_and_hashes(
    tmp_path: Path, database_dsn: str
) -> None:
    seen = await known_and_unknown(tmp_path, database_dsn, MANY, codes_an_hour_of_a_network=PLENTY)
    assert seen[True] == seen[False]
    (counted,) = [each for each in seen[True] if each.hashes]
    assert len(seen[True]) == 2, "those whose hashes were counted are alike, and so are the others"
    assert counted.statuses == (202, 422)
    assert len(counted.statements) > 10
    assert counted.hashes.count("hmac_digest") > 3


async def test_in_a_flood_that_holds_new_numbers_back_nobody_can_tell_them_apart_either(
    tmp_path: Path, database_dsn: str
) -> None:
    """Codes go to the known ones alone, and whoever asks hears the same for the same work."""
    seen = await known_and_unknown(tmp_path, database_dsn, HASHES_OF, codes_an_hour_of_a_network=0)
    assert seen[True] == seen[False]
    assert len(seen[True]) == 1
