"""An erasure reaches every table there is: derived from the catalog, so that a new one is asked about, too."""

from backend.foundation.database import Actor, Lane, Role
from backend.foundation.ids import VolunteerId, without_time
from backend.responses.status import Status
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList
from tests.alarm.cast import Town
from tests.people.cast import some_keys
from tests.recruitment.cast import a_campaign_with

STAYS = {
    "alerts.alert": "that an id was asked and what it answered, for the figures",
    "delivery.message": "that something was sent, without a person in it",
    "volunteers.address": "an empty row, which deliveries point at",
    "volunteers.consent": "that there was consent has to be shown",
}
"""Table with a volunteer's id → why its rows outlive them. docs/security/retention.md says the same in more words."""


async def test_no_table_knows_an_erased_person_but_those_that_say_why(town: Town, listing: ErasureList) -> None:
    """Anna is fetching a defibrillator when she is erased, and has a row in every table that has room for one."""
    [anna] = await town.volunteers(300)
    await lives(town, anna)
    filled = await that_know(town, anna)
    assert {table for table, rows in filled.items() if rows == 0} == set(), "leave a row of Anna's there, in lives()"

    actor = Actor(Role.API, person_id=anna)
    async with town.database.acting_as(actor, Lane.REST) as c:
        await erase(c, actor, listing, some_keys(), anna, Why.ASKED, town.now)
    assert {table for table, rows in (await that_know(town, anna)).items() if rows} == set(STAYS)


async def lives(town: Town, anna: VolunteerId) -> None:
    await town.aeds(250)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.AED_PICKED_UP)
    campaign = await a_campaign_with(town.database, "HJV", town.now)
    await town.rows(
        """
        INSERT INTO recruitment.member (volunteer_id, campaign_id, code, area, stage, registered_at)
        VALUES ($1, $2, 'HJV', 'nowhere', 'registered', $3)
        """,
        anna,
        campaign.id,
        town.now,
    )
    await town.rows(
        """
        INSERT INTO locations.fixed_place (volunteer_id, place, cell, cell_r9, available, set_at)
        SELECT volunteer_id, 'home', cell, cell_r9, true, $2 FROM locations.position WHERE volunteer_id = $1
        """,
        anna,
        town.now,
    )
    await town.rows(
        "INSERT INTO locations.mission_position VALUES ($1, $2, 55.4, 10.4, 5, $3)", anna, incident, town.now
    )
    await town.rows(
        """
        INSERT INTO identity.refresh_token (id, family_id, volunteer_id, device_id, token_hash, created_at, expires_at)
        SELECT $2, $2, volunteer_id, id, 'x', $3, $3 FROM volunteers.device WHERE volunteer_id = $1
        """,
        anna,
        without_time(),
        town.now,
    )


async def that_know(town: Town, volunteer_id: VolunteerId) -> dict[str, int]:
    """How many rows of each table with a volunteer's id are this one's."""
    tables = await town.rows(
        """
        SELECT n.nspname || '.' || t.relname AS place FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'volunteer_id' AND NOT a.attisdropped
        WHERE t.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """
    )
    found = {}
    for row in tables:
        sql = f"SELECT count(*) AS rows FROM {row['place']} WHERE volunteer_id = $1"  # noqa: S608 – of the catalog
        found[row["place"]] = (await town.rows(sql, volunteer_id))[0]["rows"]
    return found
