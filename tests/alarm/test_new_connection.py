"""The first alarm on a connection that has done nothing yet."""

from backend.alerts import alarm
from backend.foundation.database import Lane, open_database
from backend.foundation.kinds import Kind
from backend.responses import answer
from tests.alarm.cast import Town
from tests.harness.keys import RING


async def test_the_first_alarm_of_a_connection_asks_the_database_for_nothing_beside_the_alarm(town: Town) -> None:
    """Each type the driver has not met costs it three round trips: they are over before anybody calls."""
    (anna, *_) = await town.volunteers(100, 200, 300)
    await town.aeds(400)
    said: list[str] = []
    fresh = await open_database(town.database.dsn, {Lane.ALERTS: 1}, carries=RING)

    async with fresh.acting_as(town.actor, Lane.ALERTS) as c:
        with c.query_logger(lambda each: said.append(each.query)):
            incident = await alarm.raise_alarm(
                c, town.actor, Kind.LIVE, town.centre_id, town.report(), None, None, town.now
            )
    alert = await town.alert(incident, anna)
    async with fresh.acting_as(town.actor, Lane.ALERTS) as c:
        with c.query_logger(lambda each: said.append(each.query)):
            await answer.accept(c, town.actor, alert.id, anna, town.now)
    await fresh.close()

    assert [query for query in said if "typeinfo" in query] == []
    assert any("INSERT INTO alerts.alert" in query for query in said)
