"""An exercise rings staff phones and nobody else, through the same processes as an alarm."""

import asyncio
import re
import signal
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg

from backend.demo import parts
from backend.foundation.database import connect
from backend.foundation.ids import DeviceId, VolunteerId
from backend.foundation.kinds import Kind
from backend.identity.data_keys import read_ring
from backend.identity.phone_hash import keyed_hash
from backend.locations.bulk import Seed, seed_positions
from backend.rehearsal.drill import Outcome
from backend.volunteers import bulk
from tests.rehearsal.cast import SQUARE, Operator, Said, lines

BOTH, ONLY_STAFF = "+4520000001", "+4520000002"


async def a_citizen(operator: Operator, phone: str) -> None:
    """A hjerteløber at the very place of the exercise."""
    connection = await connect(operator.service.dsn, read_ring(operator.service.folder.data_key.read_bytes()))
    volunteer_id, now = VolunteerId(uuid4()), datetime.now(UTC)
    row = bulk.BulkVolunteer(
        id=volunteer_id,
        device_id=DeviceId(uuid4()),
        phone=phone,
        phone_hash=keyed_hash(operator.service.folder.phone_hash_key.read_bytes(), phone),
        name="Anna Åkesson",
        birth_year=1990,
        fcm_token="citizen",
    )
    async with connection.transaction():
        await bulk.insert(connection, [row], now)
        await seed_positions(connection, [Seed(volunteer_id=volunteer_id, lat=55.6761, lon=12.5683, seen_at=now)])
    await connection.close()


async def staff(operator: Operator, tmp_path: Path, *phones: str) -> None:
    file = tmp_path / "staff.csv"
    rows = "".join(f"Øvelse {number},{phone},1980\n" for number, phone in enumerate(phones))
    file.write_text("name,phone,birth_year\n" + rows, "utf-8")
    said = await operator.types("drill", "staff", str(file), *SQUARE)
    assert said.code == 0, said.err


async def incidents(operator: Operator) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(operator.service.dsn)
    rows = await connection.fetch("SELECT kind, state FROM incidents.incident ORDER BY opened_at")
    await connection.close()
    return [(row["kind"], row["state"]) for row in rows]


async def rings_two(operator: Operator) -> asyncio.Task[Said]:
    """An exercise under way, whose two texts have come."""
    running = asyncio.create_task(operator.types("drill", "run", "--centre", "amk-hovedstaden", "--json"))
    while len({text["to"] for text in lines(parts.sms_log(operator.service.folder))}) < 2:
        await asyncio.sleep(0.1)
        assert not running.done(), running.result()
    return running


async def both_answer(operator: Operator) -> None:
    links = {
        text["to"]: re.findall(r"https?://\S+", text["text"])[0]
        for text in lines(parts.sms_log(operator.service.folder))
    }
    async with aiohttp.ClientSession() as browser:
        for phone, answer in ((BOTH, "accept"), (ONLY_STAFF, "decline")):
            async with browser.get(links[phone]) as page:
                assert page.status == 200
            async with browser.post(links[phone], data={"answer": answer}) as page:
                assert page.status == 200


async def all_taken(operator: Operator) -> None:
    """The service knows that a provider took both rings."""
    connection = await asyncpg.connect(operator.service.dsn)
    while await connection.fetchval("SELECT count(*) < 2 FROM delivery.delivery WHERE state = 'accepted'"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await connection.close()


async def test_an_exercise_rings_the_staff_and_only_them(operator: Operator, tmp_path: Path) -> None:
    """One of them is a hjerteløber as well, with the same phone: their live account stays silent."""
    await a_citizen(operator, BOTH)
    await staff(operator, tmp_path, BOTH, ONLY_STAFF)
    running = await rings_two(operator)
    await all_taken(operator)
    await both_answer(operator)

    said = await running
    assert said.code == 0, said.out + said.err
    assert (said.last["asked"], said.last["reached_by"], said.last["have_it"]) == (2, {"sms": 2}, 2)
    assert said.last["states"] == {"accepted": 1, "declined": 1}
    assert 0 < said.last["report_to_first_accepted_s"] <= said.last["report_to_first_answer_s"]
    assert said.last["report_to_first_receipt_s"] <= said.last["report_to_first_answer_s"]
    assert await incidents(operator) == [("exercise", "ended")]
    texts = lines(parts.sms_log(operator.service.folder))
    assert {text["to"] for text in texts} == {BOTH, ONLY_STAFF}
    assert all(text["text"].startswith("ØVELSE: ") for text in texts)
    assert lines(parts.fcm_log(operator.service.folder)) == []


async def test_whoever_answers_is_not_said_to_be_reached_by_nothing_where_the_provider_s_word_is_lost(
    operator: Operator, tmp_path: Path
) -> None:
    """The text came, the gateway hung up before it said so, and both answered at once."""
    await staff(operator, tmp_path, BOTH, ONLY_STAFF)
    async with (
        aiohttp.ClientSession() as gateway,
        gateway.put(f"{operator.service.sms}/faults", json={"faults": [{"trouble": "lost"}]}) as told,
    ):
        assert told.status == 200
    running = await rings_two(operator)
    await both_answer(operator)

    said = await running
    assert (said.code, "reached by nothing" in said.out) == (0, False), said.out + said.err
    assert (said.last["reached_by"], said.last["have_it"], said.last["reached_everybody"]) == ({}, 2, True)


async def test_ctrl_c_ends_the_exercise_and_its_log_in(operator: Operator, tmp_path: Path) -> None:
    await staff(operator, tmp_path, ONLY_STAFF)
    process = await operator.starts("drill", "run", "--centre", "amk-hovedstaden", "--json")
    while not lines(parts.sms_log(operator.service.folder)):
        await asyncio.sleep(0.1)
        assert process.returncode is None
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert b'"stand_down"' in out, err
    assert await incidents(operator) == [("exercise", "ended")]
    connection = await asyncpg.connect(operator.service.dsn)
    assert await connection.fetchval("SELECT count(*) FROM identity.client WHERE disabled_at IS NULL") == 0
    await connection.close()


async def test_with_a_live_log_in_nothing_is_reported_at_all(operator_without_worker: Operator, tmp_path: Path) -> None:
    """Somebody mixes up two keys: no citizen may be rung for that."""
    operator = operator_without_worker
    await a_citizen(operator, BOTH)
    client_id, private = await operator.service.client(kind=Kind.LIVE)
    (tmp_path / "key.pem").write_text(private)
    log_in = ("--client-id", client_id, "--key-file", str(tmp_path / "key.pem"))

    said = await operator.types("drill", "run", *log_in, *SQUARE)

    assert (said.code, "Not this scope" in said.err) == (1, True), said.err
    assert await incidents(operator) == []


async def test_whoever_is_taken_off_the_list_is_erased(operator_without_worker: Operator, tmp_path: Path) -> None:
    operator = operator_without_worker
    await staff(operator, tmp_path, ONLY_STAFF)
    listed = await operator.types("drill", "list")
    assert (ONLY_STAFF in listed.out, "sms" in listed.out) == (True, True)
    twice = await operator.types("drill", "add", "--name", "B", "--phone", ONLY_STAFF, "--birth-year", "1980", *SQUARE)
    assert (twice.code, twice.err.strip()) == (1, "This phone is on the list for exercises.")

    removed = await operator.types("drill", "remove", listed.out.split()[0])

    assert removed.code == 0, removed.err
    empty = await operator.types("drill", "list")
    assert (empty.out, "nobody is on the list" in empty.err) == ("", True)
    said = await operator.types("drill", "run", "--centre", "amk-hovedstaden")
    assert (said.code, "drill add" in said.err) == (1, True)


PERSON = {
    "pseudonym": "A1",
    "state": "ringing",
    "role": None,
    "metres": 120,
    "reached_by": ["sms"],
    "receipt_at": None,
    "answered_at": None,
}


def test_one_person_whom_nothing_reached_makes_the_exercise_fail() -> None:
    """That is what it is held for."""
    assert not Outcome().reached_everybody, "nobody was asked"
    outcome = Outcome(people={"A1": PERSON, "B2": PERSON | {"reached_by": []}})
    assert not outcome.reached_everybody
    assert outcome.as_json()["reached_by"] == {"sms": 1}
    assert Outcome(people={"A1": PERSON}).reached_everybody
