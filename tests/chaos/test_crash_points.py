"""A connection cut at any statement loses nothing and doubles nothing: a short part of `crash_points`."""

import random

from backend.demo.embedded_postgres import Server
from tests.chaos import ground
from tests.chaos.crash_points import Tally, cut_history
from tests.chaos.drawing import draw
from tests.chaos.histories import a_place, quiet

SEEDS = (600_000, 600_001, 600_003)


async def test_whoever_is_cut_off_and_does_what_it_promised_loses_and_doubles_nothing(
    postgres: Server, migrated_template: str
) -> None:
    await ground.make_template(postgres, migrated_template)
    tally = Tally()
    with quiet():
        async with ground.clone(postgres) as dsn, a_place(dsn) as place:
            for seed in SEEDS:
                await cut_history(draw(seed, 30), place, random.Random(f"cuts {seed}"), 0.5, tally)

    assert tally.violations == []
    assert tally.points > 20
    assert sum(count for word, count in tally.cuts.items() if "after commit" in word) > 0
