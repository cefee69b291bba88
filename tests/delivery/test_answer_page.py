"""The page behind the link in a text message: one answers without the app, and learns the address only then."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from backend.alerts.alert import AlertState
from backend.delivery import answer_links
from backend.delivery.enqueue import enqueue
from backend.delivery.message import Content, NewMessage, What
from backend.delivery.reach import unheard
from backend.foundation.database import Lane, Role, open_database
from backend.foundation.ids import IncidentId, MessageId, VolunteerId
from backend.foundation.kinds import Kind
from backend.incidents import queries as incident_queries
from backend.incidents.incident import EndReason
from tests.alarm.cast import NOON, Town
from tests.edge.cast import make_settings, running_edge
from tests.harness.keys import RING
from tests.harness.locks import somebody_waits


class Page:
    """Somebody's browser, with the link a text message brought."""

    def __init__(self, http: httpx.AsyncClient, town: Town, incident: IncidentId, volunteer: VolunteerId, link: str):
        self.http = http
        self.town = town
        self.incident = incident
        self.volunteer = volunteer
        self.link = link

    async def opens(self, language: str | None = None) -> str:
        answer = await self.http.get(self.link, params={} if language is None else {"language": language})
        assert answer.status_code == 200
        return answer.text

    async def says(self, answer: str) -> str:
        got = await self.http.post(self.link, data={"answer": answer})
        assert got.status_code == 200
        return got.text

    async def state(self) -> AlertState:
        return await self.town.state(self.incident, self.volunteer)


@pytest.fixture
async def town(database_dsn: str) -> AsyncIterator[Town]:
    database = await open_database(
        database_dsn, {Lane.ALERTS: 6, Lane.ANSWERS: 2, Lane.LOCATIONS: 1, Lane.REST: 2}, carries=RING
    )
    town = Town(database)
    await town.begin()
    yield town
    await database.close()


@pytest.fixture
async def page(town: Town, database_dsn: str, tmp_path: Path) -> AsyncIterator[Page]:
    """Of a volunteer 300 m from an arrest."""
    (volunteer,) = await town.volunteers(300)
    incident = await town.arrest()
    alert = await town.alert(incident, volunteer)
    async with town.acting(Role.WORKER) as c:  # it sends the text message
        message = MessageId(await c.fetchval("SELECT id FROM delivery.message WHERE subject_id = $1", alert.id))
        (token,) = await answer_links.make(c, [message], town.now)
    async with running_edge(make_settings(database_dsn, tmp_path), NOON) as edge:
        yield Page(edge.http, town, incident, volunteer, f"/a/{token}")


async def test_before_accepting_it_tells_how_far_and_not_where(page: Page) -> None:
    text = await page.opens()

    assert "formodet hjertestop" in text
    assert "Ca. 500 m fra dig." in text
    assert 'value="accept"' in text
    assert "Torvet 3" not in text
    assert "4711" not in text


async def test_accepting_gives_role_address_and_door_code(page: Page) -> None:
    text = await page.says("accept")

    assert await page.state() is AlertState.ACCEPTED
    assert "Gå direkte til patienten" in text
    assert "Torvet 3" in text
    assert "4711" in text
    assert 'value="accept"' not in text
    assert "Torvet 3" in await page.opens(), "and when it is opened again"


async def test_a_place_whose_key_is_missing_is_said_not_to_be_where_the_patient_is(page: Page) -> None:
    await page.town.rows("UPDATE incidents.data_key SET key_id = 'no such key'")

    text = await page.says("accept")

    assert await page.state() is AlertState.ACCEPTED
    assert "Adressen kan ikke vises lige nu" in text
    assert "Torvet 3" not in text


async def test_a_yes_that_had_to_give_way_to_another_transaction_is_decided_again(page: Page) -> None:
    """Of two that wait for each other the database ends one; whoever pressed the button is told nothing of it."""
    async with page.town.acting() as other:
        await other.execute("RESET ROLE")
        await other.execute("SET LOCAL deadlock_timeout = '1min'")  # so it is the page's that is ended
        await other.execute("SELECT 1 FROM volunteers.volunteer WHERE id = $1 FOR UPDATE", page.volunteer)
        pressing = asyncio.create_task(page.says("accept"))
        await somebody_waits(page.town.database.dsn)
        await incident_queries.lock(other, page.incident)

    assert "Gå direkte til patienten" in await pressing
    assert await page.state() is AlertState.ACCEPTED


async def test_it_speaks_english_too(page: Page) -> None:
    text = await page.opens(language="en")

    assert '<html lang="en">' in text
    assert "suspected cardiac arrest" in text


async def test_declining_is_one_press_and_the_link_answers_once(page: Page) -> None:
    assert "Du har afvist" in await page.says("decline")

    text = await page.says("accept")

    assert await page.state() is AlertState.DECLINED
    assert 'value="accept"' not in text


async def test_whoever_accepted_by_the_link_can_give_up_by_it(page: Page) -> None:
    await page.says("accept")

    text = await page.says("give_up")

    assert await page.state() is AlertState.GAVE_UP
    assert "Torvet 3" not in text


async def test_after_the_end_it_says_why_and_takes_the_address_off(page: Page) -> None:
    await page.says("accept")
    await page.town.ends(page.incident, EndReason.AMBULANCE_ARRIVED)

    text = await page.opens()

    assert "Missionen er aflyst" in text
    assert "Ambulancen er fremme." in text
    assert "Torvet 3" not in text


async def test_a_yes_after_the_end_is_thanked(page: Page) -> None:
    await page.town.ends(page.incident, EndReason.AMBULANCE_ARRIVED)

    assert "Alarmen er slut" in await page.says("accept")


async def test_a_link_nobody_was_given_opens_nothing(page: Page) -> None:
    answer = await page.http.get("/a/AAAAAAAAAAAAAAAAAAAAAA")

    assert answer.status_code == 404
    assert "Linket virker ikke" in answer.text


async def test_the_page_is_kept_nowhere_and_tells_no_other_site_its_address(page: Page) -> None:
    answer = await page.http.get(page.link)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "script" not in answer.text


async def test_only_the_links_hash_is_kept(page: Page) -> None:
    token = page.link.removeprefix("/a/")
    async with page.town.acting(Role.WORKER) as c:
        rows = await c.fetch("SELECT token_hash FROM delivery.answer_link")
    assert [token.encode() in row["token_hash"] for row in rows] == [False]


async def test_a_new_place_is_shown_and_one_press_is_its_receipt(page: Page) -> None:
    """The text message said that the place is another one. That a preview opened the link proves nothing."""
    await page.says("accept")
    alert = await page.town.alert(page.incident, page.volunteer)
    assert 'value="seen"' not in await page.opens()
    async with page.town.acting() as c:
        told: Content = {"revision": 1, "ring_no": 1}
        new = NewMessage(What.REVISION, alert.id, Kind.LIVE, page.volunteer, None, told, NOON + timedelta(minutes=15))
        await enqueue(c, [new], 5, NOON)

    text = await page.opens()
    assert 'value="seen"' in text
    assert "Noget er ændret" in text
    async with page.town.acting() as c:
        assert set(await unheard(c, [alert.id])) == {alert.id}

    await page.http.post(page.link, data={"answer": "seen", "revision": "1"})

    async with page.town.acting() as c:
        assert await unheard(c, [alert.id]) == {}
    assert 'value="seen"' not in await page.opens()
