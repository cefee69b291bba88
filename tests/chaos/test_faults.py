"""Short parts of `make chaos CHAOS=faults`, `surge` and `outage`: real processes, one seed, and no stop-watch."""

from pathlib import Path

import msgspec

from tests.chaos.faults import CASES, play
from tests.chaos.outage import outage
from tests.chaos.scene import scene
from tests.chaos.surge import surge, twenty_at_once

SEED = 7


async def test_with_fcm_refusing_every_connection_everybody_is_reached_by_text_and_every_promise_holds(
    database_dsn: str, tmp_path: Path
) -> None:
    (case,) = (each for each in CASES if each.name == "fcm_dark_refusing")
    small = msgspec.structs.replace(case, incidents=2)

    found, violations = await play(small, database_dsn, tmp_path, SEED, looks_after_s=1.0)

    assert violations == []
    assert (found["rings"], found["by_text"], found["by_push"]) == (40, 40, 0)
    assert found["ok_told_of"]
    assert found["ok_on_the_stream"]
    assert found["ok_who_has_not_heard_stands_out"]
    assert (found["retired"], found["quarantined"]) == (0, 0)


async def test_twenty_yeses_at_once_many_alarms_at_once_and_a_killed_worker_break_no_promise(
    database_dsn: str, tmp_path: Path
) -> None:
    async with scene(database_dsn, tmp_path, seed=SEED, crowd=200, villagers=30) as played:
        await played.start_worker()
        yeses = await twenty_at_once(played)
        found = await surge(played, 6, 0.1, looks_after_s=1.0)
        after = await outage(played, "worker", 3, 0.5, SEED, fresh_ones=1)
        await played.at_rest()

        assert await played.violations() == []
    assert yeses["roles_exact"]
    assert (found["asked"], found["rung_twice"]) == (120, 0)
    assert (after["stale_pushes"], after["fresh_without_a_push"]) == (0, 0)
