"""Replacing keys: two are valid at once, everything is wrapped anew, and the old one can go."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from backend.cli.commands import app
from backend.foundation.database import Actor, Lane, Role, connect, open_database
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.foundation.settings import WrongSettings
from backend.identity.data_keys import key_id, read_ring, written
from backend.identity.keys import PhoneHashKey, load_keys
from backend.identity.phone_hash import keyed_hash
from backend.identity.sealed import seal, unseal
from backend.incidents.incident import Address, Place
from backend.incidents.queries import put_place
from backend.volunteers import profile
from backend.volunteers.queries import enrolled, read_person
from backend.webhooks.subscribe import secret_in, subscribe
from tests.alarm.cast import Town, metres_east
from tests.alarm.conftest import town as town  # noqa: PLC0414 – the fixture
from tests.harness.above import ABOVE
from tests.harness.keys import RING
from tests.harness.locks import waiting_for_nobody
from tests.people.cast import HASH_KEY, newcomer, settings_in

OLD, NEW = RING.secrets[RING.first], b"a new key of exactly thirty-two!"
NEW_HASH = b"fedcba9876543210fedcba9876543210"


@pytest.fixture
def keys(town: Town, tmp_path: Path) -> Callable[..., Any]:
    """`hjerteloeber keys …` with a key file of these keys; gives the command's result."""

    def typed(*words: str, file: tuple[bytes, ...], **environment: str) -> Any:
        path = tmp_path / "data.key"
        path.write_bytes(written(file))
        where = {"HJERTELOEBER_DATABASE_URL": town.database.dsn, "HJERTELOEBER_DATA_KEY_FILE": str(path)}
        return CliRunner().invoke(app, ["keys", *words], env=where | environment)

    return typed


async def run(command: Callable[..., Any], *words: str, **more: Any) -> Any:
    """In a thread, since the command has a loop of its own."""
    return await asyncio.to_thread(command, *words, **more)


async def test_after_a_rotation_the_new_key_alone_opens_everything(town: Town, keys: Callable[..., Any]) -> None:
    people = await town.volunteers(*range(0, 500, 10))
    incident = await town.arrest()

    done = await run(keys, "rotate", file=(NEW, OLD))

    assert done.exit_code == 0, done.output
    assert f"{key_id(OLD)} wraps nothing any more: take its line out of the file" in done.output
    alone = Town(await open_database(town.database.dsn, dict.fromkeys(Lane, 1), carries=read_ring(written([NEW]))))
    alone.clock, alone.centre_id = town.clock, town.centre_id
    place = await alone.place(incident)
    assert (place.readable, place.address.text) == (True, "Torvet 3")
    async with alone.acting() as c:
        await c.execute("RESET ROLE")
        assert {(await read_person(c, each)).name for each in people} == {"Anna"}  # type: ignore[union-attr]
    await alone.database.close()


async def test_rotating_again_does_nothing_and_one_that_was_stopped_goes_on(
    town: Town, keys: Callable[..., Any]
) -> None:
    """As after one that was stopped, some are wrapped by the new key already when the second begins."""
    await town.volunteers(*range(0, 300, 10))
    first = await run(keys, "rotate", file=(NEW, OLD))
    await town.volunteers(*range(0, 70, 10))
    second = await run(keys, "rotate", file=(NEW, OLD))
    again = await run(keys, "rotate", file=(NEW, OLD))

    assert "people: 30 anew" in first.output
    assert "people: 7 anew" in second.output
    assert "people: 0 anew" in again.output
    assert again.exit_code == 0


async def test_the_list_says_which_keys_wrap_what_and_which_one_is_missing(
    town: Town, keys: Callable[..., Any]
) -> None:
    await town.volunteers(0, 10, 20)
    await town.arrest()

    both = await run(keys, "list", file=(NEW, OLD))
    assert both.exit_code == 0
    first, second = both.output.splitlines()
    assert first.split()[:3] == [key_id(NEW), "0", "people"]
    assert second.split()[:5] == [key_id(OLD), "3", "people", "1", "incidents"]

    missing = await run(keys, "list", file=(NEW,))
    assert missing.exit_code == 1
    assert "MISSING" in missing.output.splitlines()[1]

    rotated = await run(keys, "rotate", file=(NEW,))
    assert rotated.exit_code == 1
    assert "4 stay as they were" in rotated.output


async def test_an_alarm_raised_in_the_middle_of_a_rotation_waits_for_nothing(
    town: Town, keys: Callable[..., Any]
) -> None:
    """A batch is open and has written: an arrest is reported, its place read and a text message's phone opened."""
    (anna,) = await town.volunteers(100)
    earlier = await town.arrest()
    await town.ends(earlier)
    connection = await connect(town.database.dsn, RING)
    async with connection.transaction():
        await connection.execute("UPDATE volunteers.data_key SET key_id = key_id")
        await connection.execute("UPDATE incidents.data_key SET key_id = key_id")
        incident = await town.arrest()
        assert {anna} == await town.ringing(incident)
        assert (await town.place(incident)).readable
    await connection.close()


async def test_a_rotation_waits_for_no_revision_so_that_no_other_waits_for_it(
    town: Town, keys: Callable[..., Any]
) -> None:
    """It holds many incidents' keys at once: waiting for one of them it would keep every other from being revised."""
    first, second = await town.arrest(), await town.arrest(metres_east(20_000))
    async with town.acting() as c:
        place = Place(*metres_east(40), 10, Address(text="Torvet 5"))
        await put_place(c, first, town.centre_id, place, {})  # and is not committed yet
        done = await waiting_for_nobody(town.database.dsn, run(keys, "rotate", file=(NEW, OLD)))
    assert f"{key_id(OLD)} still wraps something" in done.output
    by = "SELECT incident_id FROM incidents.data_key WHERE key_id = $1"
    assert [row["incident_id"] for row in await town.rows(by, key_id(NEW))] == [second]
    assert (await town.place(first)).address.text == "Torvet 5"


async def test_phones_are_found_by_either_hash_key_and_after_a_rotation_by_the_new_one(
    town: Town, keys: Callable[..., Any], tmp_path: Path
) -> None:
    async with town.acting() as c:
        await c.execute("RESET ROLE")
        who = await newcomer(c, town.now, phone="+4520000009")
    both = PhoneHashKey(NEW_HASH, HASH_KEY)
    async with town.acting() as c:
        found = await profile.find_account(c, both, "+4520000009")
        assert found is not None
        assert found.volunteer_id == who.volunteer_id
        assert await profile.find_account(c, NEW_HASH, "+4520000009") is None

    new_file, old_file = tmp_path / "new", tmp_path / "old"
    new_file.write_bytes(NEW_HASH)
    old_file.write_bytes(HASH_KEY)
    done = await run(
        keys,
        "rotate",
        file=(OLD,),
        HJERTELOEBER_PHONE_HASH_KEY_FILE=str(new_file),
        HJERTELOEBER_OLD_PHONE_HASH_KEY_FILE=str(old_file),
    )

    assert done.exit_code == 0, done.output
    assert "HJERTELOEBER_OLD_PHONE_HASH_KEY_FILE can go" in done.output
    async with town.acting() as c:
        assert await profile.find_account(c, NEW_HASH, "+4520000009") is not None
        assert await profile.find_account(c, HASH_KEY, "+4520000009") is None


async def test_a_webhook_s_secret_is_sealed_anew_with_the_new_hash_key(
    town: Town, keys: Callable[..., Any], tmp_path: Path
) -> None:
    before = load_keys(settings_in(tmp_path, "-"))
    async with town.database.acting_as(ABOVE) as c:
        webhook, secret = await subscribe(
            c, before, town.centre_id, Kind.LIVE, "https://amk.example/told", [Event.ACCEPTED], town.now
        )
    (tmp_path / "new").write_bytes(NEW_HASH)
    (tmp_path / "old").write_bytes(HASH_KEY)
    files = {
        "HJERTELOEBER_PHONE_HASH_KEY_FILE": str(tmp_path / "new"),
        "HJERTELOEBER_OLD_PHONE_HASH_KEY_FILE": str(tmp_path / "old"),
    }

    done = await run(keys, "rotate", file=(OLD,), **files)

    assert done.exit_code == 0, done.output
    (row,) = await town.rows("SELECT secret_sealed FROM webhooks.subscription")
    after = msgspec.structs.replace(before, phone_hash_key=PhoneHashKey(NEW_HASH))
    assert secret_in(after, webhook, row["secret_sealed"]) == secret
    assert secret_in(before, webhook, row["secret_sealed"]) is None


async def test_nobody_gets_a_second_account_while_two_hash_keys_are_valid(town: Town) -> None:
    async with town.acting() as c:
        await newcomer(c, town.now, phone="+4520000009")
    with pytest.raises(Exception, match="phone-has-account"):
        async with town.acting() as c:
            await newcomer(c, town.now, phone="+4520000009", hash_key=PhoneHashKey(NEW_HASH, HASH_KEY))


async def test_between_the_two_restarts_of_replacing_the_hash_key_either_half_finds_the_other_s_accounts(
    town: Town,
) -> None:
    not_yet, already = PhoneHashKey(HASH_KEY, NEW_HASH), PhoneHashKey(NEW_HASH, HASH_KEY)
    for number, (one, other) in enumerate([(not_yet, already), (already, not_yet)]):
        async with town.acting() as c:
            await newcomer(c, town.now, phone=f"+452000001{number}", hash_key=one)
        async with town.acting() as c:
            assert await profile.find_account(c, other, f"+452000001{number}") is not None


def test_what_was_sealed_in_a_token_or_a_cookie_before_the_hash_key_was_replaced_still_opens(tmp_path: Path) -> None:
    before = load_keys(settings_in(tmp_path, "-"))
    sealed = seal(before, "sealed phone", b"+4520000009")
    after = load_keys(_replaced(tmp_path))
    assert unseal(after, "sealed phone", sealed) == b"+4520000009"
    assert keyed_hash(after.phone_hash_key, "+4520000009", Kind.LIVE) == keyed_hash(NEW_HASH, "+4520000009", Kind.LIVE)


def _replaced(folder: Path) -> Any:
    settings = settings_in(folder, "-")
    (folder / "newest").write_bytes(NEW_HASH)
    return msgspec.structs.replace(
        settings, phone_hash_key_file=folder / "newest", old_phone_hash_key_file=settings.phone_hash_key_file
    )


def test_a_wrong_key_file_ends_the_start_with_one_message_that_quotes_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "-")
    settings.data_key_file.write_bytes(b"this is no key\n")
    with pytest.raises(WrongSettings) as wrong:
        load_keys(settings)
    assert "HJERTELOEBER_DATA_KEY_FILE" in str(wrong.value)
    assert "line 1" in str(wrong.value)
    assert "no key" not in str(wrong.value)


async def test_staff_are_listed_by_name_with_the_keys_and_with_one_sentence_without(
    town: Town, keys: Callable[..., Any], tmp_path: Path
) -> None:
    await town.volunteers(100, kind=Kind.EXERCISE)
    async with town.database.acting_as(Actor(Role.OWNER)) as c:
        assert [each.name for each in await enrolled(c, Kind.EXERCISE)] == ["Anna"]
    path = tmp_path / "other"
    path.write_bytes(written([NEW]))
    words = ["drill", "list", "--database-url", town.database.dsn, "--data-key-file", str(path)]
    listed = await run(lambda: CliRunner().invoke(app, words))
    assert listed.exit_code == 1
    assert "is this the service's HJERTELOEBER_DATA_KEY_FILE?" in listed.output
    assert "Traceback" not in listed.output
