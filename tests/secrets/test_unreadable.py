"""Keys that are missing: an alarm goes on, and whoever cannot be shown something is told so."""

from pathlib import Path

import pytest
import structlog

from backend.alerts.alert import AlertState
from backend.delivery import claim
from backend.delivery.message import Channel
from backend.delivery.message import What as Told
from backend.delivery.queries_claim import Room
from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.foundation.problems import Problem
from backend.identity.data_keys import KEY_BYTES, KeyRing, Sealed, read_ring, written
from backend.incidents.incident import Address, Place
from backend.locations.cells import centre_of, metres_between, res9_of
from backend.responses.own_alerts import own, viewer_of
from backend.rights.catch_up import catch_up
from backend.rights.erasure_list import ErasureList, Line, What
from backend.rights.export import export
from backend.volunteers import profile
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.alarm.conftest import town as town  # noqa: PLC0414 – the fixture
from tests.harness.keys import RING
from tests.people.cast import some_keys

OTHER = read_ring(written([b"another key of thirty-two bytes!"[:KEY_BYTES]]))


async def opened_with(town: Town, ring: KeyRing | None) -> Database:
    """A process that was started with another key file (or none) on the same database."""
    return await open_database(town.database.dsn, dict.fromkeys(Lane, 2), carries=ring)


async def without_its_key(town: Town) -> Town:
    """The same town, whose processes have lost the key file they had."""
    other = Town(await opened_with(town, OTHER))
    other.clock, other.centre_id = town.clock, town.centre_id
    return other


async def test_a_place_whose_key_is_missing_is_its_cell_and_says_so(town: Town) -> None:
    incident = await town.arrest()
    lost = await without_its_key(town)

    with structlog.testing.capture_logs() as said:
        place = await lost.place(incident)

    assert (place.lat, place.lon) == centre_of(res9_of(*SQUARE))
    assert place.accuracy_m is not None
    assert metres_between(place.lat, place.lon, *SQUARE) <= place.accuracy_m
    assert (place.readable, place.address) == (False, Address())
    assert [line["event"] for line in said] == ["place_unreadable"]
    assert "Torvet" not in str(said)
    await lost.database.close()


async def test_whoever_accepts_all_the_same_is_sent_to_the_middle_of_the_block(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    lost = await without_its_key(town)

    await lost.accepts(incident, anna)
    assert await lost.state(incident, anna) is AlertState.ACCEPTED

    async with lost.acting() as c:
        seen = await own(c, await lost.alert(incident, anna), viewer_of(anna), lost.now)
    assert seen.place is not None
    assert not seen.place.readable
    assert metres_between(seen.place.lat, seen.place.lon, *SQUARE) <= (seen.place.accuracy_m or 0)
    await lost.database.close()


async def test_more_are_asked_around_the_cell_and_the_centre_reads_that_the_place_is_unreadable(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest(policy="dk-2026-limit10")
    (ben,) = await town.volunteers(200)
    lost = await without_its_key(town)

    await lost.declines(incident, anna)
    await lost.time_passes(seconds=30)

    assert {ben} == await lost.ringing(incident)
    assert await lost.rows("SELECT FROM foundation.journal_entry WHERE event = 'place_unreadable'")
    await lost.database.close()


async def test_a_report_never_fails_for_the_keys_of_other_rows(town: Town) -> None:
    """Everybody's and every other incident's key is gone from the file: a new arrest is reported, and people ring."""
    (anna,) = await town.volunteers(100)
    first = await town.arrest()
    await town.ends(first)
    second = await town.arrest(metres_east(20_000))
    lost = await without_its_key(town)

    third = await lost.arrest()

    assert {anna} == await lost.ringing(third)
    assert (await lost.place(third)).address.door_code == "4711", "what is new is sealed with the key that is there"
    assert not (await lost.place(second)).readable
    await lost.database.close()


async def test_a_place_told_anew_is_readable_again_and_one_that_is_not_stays_sealed(town: Town) -> None:
    incident = await town.arrest()
    lost = await without_its_key(town)
    stands_in = await lost.place(incident)

    await lost.revises(incident, Place(stands_in.lat, stands_in.lon, 500, Address()))
    assert (await town.place(incident)).address.text == "Torvet 3", "what says nothing new takes nothing away"

    await lost.revises(incident, Place(*metres_east(40), 10, Address(text="Torvet 5")))
    assert (await lost.place(incident)).address.text == "Torvet 5"
    await lost.database.close()


async def test_a_text_message_whose_phone_does_not_open_ends_at_once_and_takes_no_other_with_it(town: Town) -> None:
    """Else nobody would know until its time is over that this person will never hear of it."""
    (anna,) = await town.volunteers(100)
    lost = await without_its_key(town)
    (ben,) = await lost.volunteers(200)
    incident = await lost.arrest()
    assert {anna, ben} == await lost.ringing(incident)
    await lost.rows("UPDATE delivery.delivery SET next_at = queued_at WHERE channel = 'sms'")

    worker = Actor(Role.WORKER)
    async with lost.database.acting_as(worker) as c:
        claims = await claim.claim(c, [Room(Channel.SMS, 20, 10)], lost.now)
    async with lost.database.acting_as(worker) as c:
        started = await claim.start(c, claims, lost.now)

    assert [(parcel.volunteer_id, parcel.what) for parcel in started] == [(ben, Told.RING)]
    assert started[0].to.startswith("+45")
    ended = await lost.rows(
        "SELECT m.volunteer_id, d.reason FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id "
        "WHERE d.state = 'rejected'"
    )
    assert [tuple(row) for row in ended] == [(anna, "unreadable")]
    await lost.database.close()


async def test_one_s_own_name_that_does_not_open_is_a_problem_with_a_name(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    lost = await without_its_key(town)
    async with lost.database.acting_as(Actor(Role.API, person_id=anna)) as c:
        with pytest.raises(Problem) as told:
            await profile.read(c, anna)
    assert (told.value.status, told.value.slug) == (503, "unreadable")
    await lost.database.close()


async def test_whoever_s_phone_does_not_open_is_erased_all_the_same(town: Town, tmp_path: Path) -> None:
    """Else nobody could be erased any more whose key is lost, nor all those after them when a backup is restored."""
    anna, ben = await town.volunteers(100, 200)
    lost = await without_its_key(town)
    listing = ErasureList(tmp_path, "host-1")
    for who in (anna, ben):
        await listing.add(Line(lost.now, What.ERASED, who))

    await catch_up(lost.database, listing, some_keys(), lost.clock, Role.WORKER)

    assert await lost.rows("SELECT FROM volunteers.volunteer_identity") == []
    assert await lost.rows("SELECT FROM volunteers.data_key") == []
    await lost.database.close()


async def test_a_copy_without_name_and_phone_is_not_given_out_for_everything(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    lost = await without_its_key(town)
    actor = Actor(Role.API, person_id=anna)
    async with lost.database.acting_as(actor) as c:
        with pytest.raises(Problem) as told:
            await export(c, actor, some_keys(), anna, lost.now)
    assert (told.value.status, told.value.slug) == (503, "unreadable")
    await lost.database.close()


async def test_an_address_in_a_newer_version_s_words_is_the_cell_while_both_versions_run(town: Town) -> None:
    incident = await town.arrest()
    key, wrapped = RING.new_key(incident)
    sealed = key.seal(Sealed.ADDRESS, b'{"text":"Torvet 3","precision_class":"bed"}')
    await town.rows("UPDATE incidents.incident_place SET address_sealed = $1", sealed)
    await town.rows("UPDATE incidents.data_key SET key_id = $1, wrapped = $2", wrapped.key_id, wrapped.wrapped)
    with structlog.testing.capture_logs() as said:
        place = await town.place(incident)
    assert (place.readable, (place.lat, place.lon)) == (False, centre_of(res9_of(*SQUARE)))
    assert "bed" not in str(said)
