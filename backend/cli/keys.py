"""`hjerteloeber keys …`: which keys wrap what is kept sealed, and putting a new one in an old one's place."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from backend.cli.owner import DatabaseUrl, DataKeyFile, in_transaction, ring_in, stop

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.identity.data_keys import Batch, KeyRing

app = typer.Typer(
    help="Keys of what is kept sealed: names, phones, patients' addresses.\n\n"
    "Each person and each incident has a data key, and the keys of the file HJERTELOEBER_DATA_KEY_FILE wrap these: the "
    "first whatever is new, and each of them opens what it wrapped.\n\n"
    "To replace a key while everything runs: add a line (`openssl rand -base64 32`) at the end of the file and start "
    "every process again; move it to the top and start them again; `keys rotate`; take the old line away when that "
    "says so. Keep the file apart from the database and its backups: without it nobody can be read any more.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

BATCH = 1_000


@app.command("list")
def show(database_url: DatabaseUrl, data_key_file: DataKeyFile) -> None:
    """Show the file's keys by name, and how many data keys each wraps. Exit code 1: one that is needed is missing."""
    ring = ring_in(data_key_file)
    held = _held(database_url)
    for key_id in [*ring.secrets, *sorted(held.keys() - ring.secrets.keys())]:
        people, incidents, seats = held.get(key_id, (0, 0, 0))
        use = "wraps what is new" if key_id == ring.first else "opens what it wrapped"
        if key_id not in ring.secrets:
            use = "MISSING from the file: what it wrapped cannot be read"
        typer.echo(f"{key_id}  {people:>9,} people  {incidents:>6,} incidents  {seats:>3,} seats  {use}")
    if held.keys() - ring.secrets.keys():
        raise typer.Exit(1)


@app.command()
def rotate(
    database_url: DatabaseUrl,
    data_key_file: DataKeyFile,
    phone_hash_key_file: Annotated[
        Path | None,
        typer.Option(
            envvar="HJERTELOEBER_PHONE_HASH_KEY_FILE",
            exists=True,
            dir_okay=False,
            help="Given together with the old one, every phone is hashed anew with it.",
        ),
    ] = None,
    old_phone_hash_key_file: Annotated[
        Path | None,
        typer.Option(
            envvar="HJERTELOEBER_OLD_PHONE_HASH_KEY_FILE",
            exists=True,
            dir_okay=False,
            help="The phone hash key before, where that is being replaced too.",
        ),
    ] = None,
) -> None:
    """Wrap every data key with the file's first key; what it seals stays as it is. Safe to stop and to repeat."""
    from backend.identity import seats
    from backend.identity.keys import PhoneHashKey
    from backend.incidents import data_keys as of_incidents
    from backend.volunteers import data_keys as of_people
    from backend.webhooks.subscribe import seal_anew

    ring = ring_in(data_key_file)
    left = _pass(database_url, "people", lambda c, after: of_people.wrap_anew(c, ring, after, BATCH))
    left += _pass(database_url, "incidents", lambda c, after: of_incidents.wrap_anew(c, ring, after, BATCH))
    left += _pass(database_url, "seats", lambda c, after: seats.wrap_anew(c, ring, after, BATCH))
    if phone_hash_key_file is not None and old_phone_hash_key_file is not None:
        new = phone_hash_key_file.read_bytes()
        left += _pass(database_url, "phones", lambda c, after: of_people.hash_anew(c, ring, new, after, BATCH))
        hash_keys = PhoneHashKey(new, old_phone_hash_key_file.read_bytes())
        left += in_transaction(database_url, lambda c: seal_anew(c, hash_keys))  # webhooks' secrets hang on it, too
        if not left:
            typer.echo("every phone is hashed with the new key: HJERTELOEBER_OLD_PHONE_HASH_KEY_FILE can go")
    _say_what_can_go(ring, _held(database_url))
    if left:
        stop(f"{left} stay as they were: the key that opens them is missing from the file, see `keys list`")


def _say_what_can_go(ring: "KeyRing", held: dict[str, tuple[int, int, int]]) -> None:
    for key_id in ring.secrets:
        if key_id != ring.first and key_id not in held:
            typer.echo(
                f"{key_id} wraps nothing any more: take its line out of the file, once every process knows the first"
            )
        elif key_id != ring.first:
            typer.echo(f"{key_id} still wraps something: a process was started before the file changed; run this again")


def _pass(database_url: str, what: str, batch: "Callable[[Connection, UUID], Awaitable[Batch]]") -> int:
    """From the first to the last, a short transaction a batch: no alarm waits. Gives how many did not open."""
    from backend.foundation.backfill import as_backfill

    after, done, unreadable = UUID(int=0), 0, 0
    while True:

        async def one(connection: "Connection", after: UUID = after) -> "Batch":
            async with as_backfill(connection):
                return await batch(connection, after)

        made = in_transaction(database_url, one)
        if made.last is None:
            typer.echo(f"{what}: {done:,} anew")
            return unreadable
        after, done, unreadable = made.last, done + made.done, unreadable + made.unreadable
        if done and done % (20 * BATCH) == 0:
            typer.echo(f"{what}: {done:,} so far")


def _held(database_url: str) -> dict[str, tuple[int, int, int]]:
    """How many people's, incidents' and seats' data keys each wrapping key wraps."""
    from backend.foundation.backfill import as_backfill
    from backend.identity import queries_seats as of_seats
    from backend.incidents import queries_data_keys as of_incidents
    from backend.volunteers import queries_keys as of_people

    async def run(connection: "Connection") -> dict[str, tuple[int, int, int]]:
        async with as_backfill(connection):
            seats = {row.key_id: row.count for row in await of_seats.counts(connection)}
            people = {row.key_id: row.count for row in await of_people.counts(connection)}
            incidents = {row.key_id: row.count for row in await of_incidents.counts(connection)}
        every = sorted(people.keys() | incidents.keys() | seats.keys())
        return {key: (people.get(key, 0), incidents.get(key, 0), seats.get(key, 0)) for key in every}

    return in_transaction(database_url, run)
