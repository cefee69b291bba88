"""An evening that goes on: everybody moves, something happens all the time, one alarm ends and another opens."""

import asyncio
from random import Random

from backend.foundation.ids import IncidentId
from backend.foundation.journal import Event, Happening
from backend.incidents import queries
from backend.incidents.record import record
from tests.alarm.cast import metres_east
from tests.console.live_site import LiveSite

PAUSE_S = 0.1
ENDS_EVERY = 25
"""Steps between one alarm's end and another's beginning: some sixty an hour, where the hour takes 150 s."""


class Evening:
    """`steps` and `ended`: how much happened so far."""

    def __init__(self, site: LiveSite, chance: Random) -> None:
        self.site, self.chance = site, chance
        self.steps = self.ended = 0

    async def goes_on(self) -> None:
        """Until cancelled."""
        town = self.site.town
        town.pushes_go_out = False
        open_now = [row["id"] for row in await town.rows("SELECT id FROM incidents.incident ORDER BY id")]
        while True:
            self.site.to_the_minute()
            await self._some_move()
            await self._something_happens(self.chance.choice(open_now))
            self.steps += 1
            if self.steps % ENDS_EVERY == 0:
                await town.ends(open_now.pop(self.chance.randrange(len(open_now))))
                middle = metres_east(self.chance.uniform(0, 14_000), of=(55.60 + self.chance.uniform(0, 0.09), 12.35))
                open_now.append(await town.arrest(at=middle))
                self.ended += 1
            await asyncio.sleep(PAUSE_S)

    async def _some_move(self) -> None:
        """A hundred of them by up to a kilometre."""
        town = self.site.town
        await town.rows(
            """
            UPDATE locations.position p SET cell = other.cell, cell_r9 = other.cell_r9
            FROM (SELECT cell, cell_r9 FROM locations.position ORDER BY random() LIMIT 1) other
            WHERE p.volunteer_id IN (SELECT volunteer_id FROM locations.position ORDER BY random() LIMIT 100)
            """
        )
        await town.rows(
            """
            UPDATE alerts.alert SET metres = 100 + (random() * 3000)::int
            WHERE id IN (SELECT id FROM alerts.alert ORDER BY random() LIMIT 100)
            """
        )

    async def _something_happens(self, incident_id: IncidentId) -> None:
        """A step of some incident: the page reads that one again."""
        town = self.site.town
        async with town.acting() as c:
            incident = await queries.lock(c, incident_id)
            assert incident is not None
            await record(c, town.actor, incident, [Happening(Event.STATUS)], town.now)
