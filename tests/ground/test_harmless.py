"""What is called a fault is undone, and what is not is kept, wherever in it the time is over."""

import pytest

from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.harmless import Fault, without_harm
from tests.chaos.proxy import HOST, Mode, Weather, running_proxy

WORKER = Actor(Role.WORKER)
A_STATEMENT_S = 0.1


@pytest.mark.parametrize("at_most_s", [0.05, 0.15, 0.25, 0.35])
async def test_work_whose_time_is_over_is_kept_or_called_a_fault_and_never_both(
    database_dsn: str, at_most_s: float
) -> None:
    """Savepoint, insert, release: every statement takes its time, and the limit meets one of them."""
    address, _, name = database_dsn.rpartition("/")
    port = int(address.rpartition(":")[2])
    async with running_proxy(HOST, port) as proxy:
        slow = await open_database(f"{address.rpartition(':')[0]}:{proxy.port}/{name}", {Lane.REST: 1})
        async with slow.acting_as(WORKER) as connection:
            proxy.weather = Weather(Mode.DELAY, delay_s=A_STATEMENT_S)

            async def work() -> str:
                await connection.execute("INSERT INTO foundation.timer VALUES (gen_random_uuid(), 'r', now())")
                return "done"

            outcome = await without_harm(connection, work, "a slow insert", at_most_s)
            proxy.weather = Weather()
            kept = await connection.fetchval("SELECT count(*) FROM foundation.timer")
        await slow.close()

    assert isinstance(outcome, Fault) == (kept == 0)
