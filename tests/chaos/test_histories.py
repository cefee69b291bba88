"""The model and the real verbs, laid side by side: a short part of what `python -m tests.chaos histories` does."""

import pytest

from backend.demo.embedded_postgres import Server
from tests.chaos import ground
from tests.chaos.drawing import draw
from tests.chaos.histories import a_place, differs, quiet

SEEDS = range(500_000, 500_012)


async def test_the_model_and_the_real_verbs_agree_in_every_answer_and_all_that_stands_at_the_end(
    postgres: Server, migrated_template: str
) -> None:
    await ground.make_template(postgres, migrated_template)
    with quiet():
        async with ground.clone(postgres) as dsn, a_place(dsn) as place:
            found = [await differs(draw(seed, 40), place) for seed in SEEDS]

    assert [None] * len(SEEDS) == found


@pytest.mark.parametrize("table", ["alert", "delivery", "incident"])
async def test_a_row_that_differs_is_seen(postgres: Server, migrated_template: str, table: str) -> None:
    await ground.make_template(postgres, migrated_template)
    statement = {
        "alert": "UPDATE alerts.alert SET metres = metres + 1",
        "delivery": "UPDATE delivery.delivery SET attempts = attempts + 1",
        "incident": "UPDATE incidents.incident SET wanted = wanted + 1",
    }[table]
    with quiet():
        async with ground.clone(postgres) as dsn, a_place(dsn) as place:
            difference = await differs(draw(500_000, 20), place, before_the_end=statement)

    assert difference is not None
    assert difference.what.startswith(table)
