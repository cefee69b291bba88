"""A canary is erased: no dump, no log and no restored backup holds a trace of it."""

import json
import re
from pathlib import Path

import asyncpg
import pytest
import structlog
from litestar.testing import AsyncTestClient

from backend.app.factory import create_app
from backend.delivery.sealing import Attempts, Results
from backend.demo.embedded_postgres import Server
from backend.foundation import sealer
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.foundation.sealer import JournalEntries, Source
from backend.identity.codes import LIFETIME
from backend.identity.keys import Keys, load_keys
from backend.identity.phone_hash import keyed_hash
from backend.locations.cells import cell_of, res9_parent
from backend.rights.erasure_list import erasure_list
from backend.worker.chores import chores
from backend.worker.housekeeping import Housekeeper
from tests.people.cast import NOON, Phone, settings_in
from tests.rights.dumps import dump_of, restored

NAME, TOKEN, CODE_VERSION = "Kanariefugl Gulfjer", "canary-push-token", "canary-text"
IN_A_BACKUP = {"device", "push address", "phone hash", "cell 0", "cell 1", "parent 0", "parent 1", "quiet week"}
HOME, HERE = (55.676111, 12.568333), (56.157222, 10.210833)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "erasures"
    made.mkdir()
    return made


def traces(phone: Phone, keys: Keys) -> dict[str, str]:
    """What must be nowhere, by what it is."""
    cells = {f"cell {n}": str(cell_of(*place)) for n, place in enumerate((HOME, HERE))}
    parents = {f"parent {n}": str(res9_parent(cell_of(*place))) for n, place in enumerate((HOME, HERE))}
    return {
        "name": NAME,
        "phone": phone.number,
        "national number": phone.number.removeprefix("+45"),
        "phone hash": keyed_hash(keys.phone_hash_key, phone.number).hex(),
        "push address": TOKEN,
        "device": phone.tokens["device_id"],
        "refresh token": phone.tokens["refresh_token"],
        "latitude": f"{HERE[0]:.4f}",
        "quiet week": "[12345,12346)",
        **cells,
        **parents,
    }


def found_in(text: str, wanted: dict[str, str]) -> list[str]:
    return [what for what, value in wanted.items() if value in text]


async def lives(phone: Phone) -> None:
    """Everything a person can leave with us."""
    assert (await phone.signs_up(name=NAME)).status_code == 201
    await phone.tells_its_push_address(TOKEN)
    place = {"lat": HOME[0], "lon": HOME[1]}
    assert (await phone.call("PUT", "/me/places/home", place)).status_code == 204
    here = {"lat": HERE[0], "lon": HERE[1], "accuracy_m": 5, "measured_at": NOON.isoformat()}
    answer = await phone.call("POST", "/positions", {"sent_at": NOON.isoformat(), "positions": [here]})
    assert answer.json()["results"][0]["outcome"] == "accepted"
    assert (await phone.call("POST", "/test-alarm")).status_code == 202
    async with phone.database.acting_as(Actor(Role.OWNER)) as c:
        await c.execute("RESET ROLE")
        await c.execute(
            "UPDATE volunteers.volunteer SET quiet_week = '{[12345,12346)}' WHERE id = $1", phone.volunteer_id
        )


async def keeps_house(database: Database, folder: Path, keys: Keys, clock: SetClock) -> None:
    await Housekeeper(database, chores(erasure_list(str(folder)), keys, clock), clock).round()


async def test_after_an_erasure_no_dump_and_no_log_holds_a_trace_and_after_a_restore_neither(
    postgres: Server, database_dsn: str, database: Database, folder: Path, tmp_path: Path, clock: SetClock
) -> None:
    settings = settings_in(tmp_path, database_dsn, erasures_folder=str(folder))
    keys = load_keys(settings)
    with structlog.testing.capture_logs() as lines:
        async with AsyncTestClient(create_app(settings, clock=clock)) as http:
            canary = Phone(http, database, clock, "+4561234987")
            await lives(canary)
            wanted = traces(canary, keys)
            await seals(database)
            backup = await dump_of(database_dsn)
            assert set(found_in(backup, wanted)) >= IN_A_BACKUP, "else nothing is shown by their absence"

            assert (await canary.call("DELETE", "/me")).status_code == 204
            after = await canary.call("GET", "/me")
            clock.advance(LIFETIME * 2)
            await keeps_house(database, folder, keys, clock)
        assert await verified(database), "the chain holds"
    assert found_in(await dump_of(database_dsn), wanted) == []
    assert found_in(json.dumps(lines, default=str) + after.text, wanted) == []
    listed = "".join(file.read_text() for file in list(folder.iterdir()))  # noqa: ASYNC240
    assert re.fullmatch(rf"\S+ erased {canary.tokens['volunteer_id']}\n", listed)

    older = await restored(backup, postgres.dsn())
    assert found_in(await dump_of(older), wanted), "the backup knows the canary"
    again = settings_in(tmp_path, older, erasures_folder=str(folder))
    async with AsyncTestClient(create_app(again, clock=clock)):
        pass
    reopened = await open_database(older, dict.fromkeys(Lane, 2))
    await keeps_house(reopened, folder, keys, clock)
    assert await verified(reopened)
    await reopened.close()
    assert found_in(await dump_of(older), wanted) == []


def sources() -> list[Source]:
    return [JournalEntries(), Attempts(), Results()]


async def seals(database: Database) -> None:
    async with database.acting_as(Actor(Role.WORKER)) as c:
        await sealer.seal(c, sources(), NOON)


async def verified(database: Database) -> bool:
    await seals(database)
    async with database.acting_as(Actor(Role.WORKER)) as c:
        found = await sealer.verify(c, sources(), NOON)
    return not found.broken


async def test_a_restored_backup_is_not_served_before_the_list_was_read(
    database_dsn: str, database: Database, folder: Path, tmp_path: Path, clock: SetClock
) -> None:
    """The first request after the start of the application finds the canary gone."""
    settings = settings_in(tmp_path, database_dsn, erasures_folder=str(folder))
    async with AsyncTestClient(create_app(settings, clock=clock)) as http:
        canary = Phone(http, database, clock, "+4561234988")
        await lives(canary)
    (folder / "elsewhere.erasures").write_text(f"{NOON.isoformat()} erased {canary.tokens['volunteer_id']}\n")
    async with AsyncTestClient(create_app(settings, clock=clock)) as http:
        canary.http = http
        assert (await canary.call("GET", "/me")).status_code == 401
    connection = await asyncpg.connect(database_dsn)
    for table in ("volunteers.volunteer_identity", "volunteers.data_key"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    await connection.close()


async def test_a_list_that_cannot_be_read_keeps_no_alarm_from_being_served(
    database_dsn: str, tmp_path: Path, clock: SetClock
) -> None:
    """Loud, but serving: the disk of the list must not cost a life."""
    settings = settings_in(tmp_path, database_dsn, erasures_folder=str(tmp_path / "not mounted"))
    with structlog.testing.capture_logs() as lines:
        async with AsyncTestClient(create_app(settings, clock=clock)) as http:
            assert (await http.get("/health/live")).status_code == 200
    assert "erasure_list_unreadable" in {line["event"] for line in lines}
