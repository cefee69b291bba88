"""`hjerteloeber drill …`: who is rung in exercises, and an exercise that shows its two clocks."""

import contextlib
import csv
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, DataKeyFile, ErasuresFolder, in_transaction, ring_in, stop
from backend.foundation.kinds import Kind

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.rehearsal.drill import LogIn
    from backend.volunteers.enrol import Member
    from backend.volunteers.queries import Enrolled

app = typer.Typer(
    help="Exercises (øvelser): staff who gave a phone for them are rung, and nobody else can be.\n\n"
    "`drill add` or `drill staff` makes the list, `drill run` rings it. Every text begins with ØVELSE.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

HashKey = Annotated[
    Path,
    typer.Option(
        "--phone-hash-key-file",
        envvar="HJERTELOEBER_PHONE_HASH_KEY_FILE",
        exists=True,
        dir_okay=False,
        help="The service's own: phones are found by it.",
        show_default=False,
    ),
]
Lat = Annotated[float, typer.Option(help="Where they are drilled: north, degrees.", min=-90, max=90)]
Lon = Annotated[float, typer.Option(help="Where they are drilled: east, degrees.", min=-180, max=180)]
COLUMNS = ("name", "phone", "birth_year")
MOST_STAFF = 1_000


@app.command()
def add(
    name: Annotated[str, typer.Option(help="As in the staff list.")],
    phone: Annotated[str, typer.Option(help="The phone they gave for exercises.")],
    birth_year: Annotated[int, typer.Option(help="Nobody under 18 is rung.")],
    lat: Lat,
    lon: Lon,
    database_url: DatabaseUrl,
    phone_hash_key_file: HashKey,
    data_key_file: DataKeyFile,
) -> None:
    """Put one person on the list. They have agreed to be rung in exercises."""
    _enrol(database_url, phone_hash_key_file, data_key_file, [(name, phone, str(birth_year))], lat, lon)


@app.command()
def staff(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)],
    lat: Lat,
    lon: Lon,
    database_url: DatabaseUrl,
    phone_hash_key_file: HashKey,
    data_key_file: DataKeyFile,
) -> None:
    """Put everybody of a CSV file on the list: columns name, phone, birth_year. All or nobody."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except (UnicodeDecodeError, csv.Error):
        stop("the file is not CSV in UTF-8")
    if not rows or any(None in (row.get(column) for column in COLUMNS) for row in rows):
        stop(f"the file needs the columns {', '.join(COLUMNS)}, parted by commas, and a row for each person")
    if len(rows) > MOST_STAFF:
        stop(f"at most {MOST_STAFF} people are drilled at once")
    people = [(row["name"], row["phone"], row["birth_year"]) for row in rows]
    _enrol(database_url, phone_hash_key_file, data_key_file, people, lat, lon)


@app.command("list")
def show(database_url: DatabaseUrl, data_key_file: DataKeyFile) -> None:
    """Show who is rung in exercises, and by which channels."""
    from backend.volunteers.queries import enrolled

    async def run(connection: "Connection") -> "list[Enrolled]":
        return await enrolled(connection, Kind.EXERCISE)

    members = in_transaction(database_url, run, ring_in(data_key_file))
    if not members:
        typer.echo("nobody is on the list for exercises: `hjerteloeber drill add` puts somebody on it", err=True)
    for member in members:
        channels = ", ".join(member.channels) or "no channel reaches them"
        typer.echo(f"{member.volunteer_id}  {member.phone:<15} {member.name:<30} {channels}")


@app.command()
def remove(
    who: Annotated[str, typer.Argument(metavar="ID", help="As `drill list` shows it.", show_default=False)],
    database_url: DatabaseUrl,
    erasures_folder: ErasuresFolder = None,
) -> None:
    """Take somebody off the list: name, phone and place are erased at once."""
    from backend.alerts.apply import Contended
    from backend.foundation.database import Actor, Role, become
    from backend.foundation.ids import VolunteerId
    from backend.foundation.problems import Problem
    from backend.rights.erase import Why, erase
    from backend.rights.erasure_list import erasure_list
    from backend.volunteers.queries import enrolled_ids

    async def run(connection: "Connection") -> bool:
        now = datetime.now(UTC)
        volunteer_id = next(
            (each for each in await enrolled_ids(connection, Kind.EXERCISE) if str(each) == who),
            None,
        )
        if volunteer_id is None:
            return False
        await become(connection, volunteer_id)
        listing = erasure_list(erasures_folder)
        await erase(connection, Actor(Role.OWNER), listing, None, VolunteerId(volunteer_id), Why.OPERATOR, now)
        return True

    try:
        found = in_transaction(database_url, run)
    except Contended:
        stop("An exercise began to ring them in this very moment: run it again.")
    except Problem as refusal:
        stop(refusal.detail)
    if not found:
        stop("nobody on the list has this id: `hjerteloeber drill list` shows all")
    typer.echo("removed")


@app.command("run")
def ring(
    centre: Annotated[
        str | None, typer.Option(help="Code of the centre that reports it: a log-in is made for this one exercise.")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", help="In place of --centre: a log-in of kind exercise that is there.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Where the private key of --client-id lies: PEM.")
    ] = None,
    lat: Annotated[float | None, typer.Option(min=-90, max=90, show_default="where the staff are drilled")] = None,
    lon: Annotated[float | None, typer.Option(min=-180, max=180)] = None,
    wait: Annotated[float, typer.Option(help="Seconds until it is ended; at once when everybody answered.")] = 120.0,
    address: Annotated[str, typer.Option(help="What whoever accepts reads.")] = "ØVELSE – ingen patient",
    policy: Annotated[str | None, typer.Option(help="By name.", show_default="the centre's")] = None,
    url: Annotated[
        str, typer.Option(envvar="HJERTELOEBER_PUBLIC_URL", help="Where the API is.")
    ] = "http://127.0.0.1:8000",
    database_url: Annotated[
        str | None, typer.Option(envvar="HJERTELOEBER_DATABASE_URL", help="For --centre.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The last line is one JSON object.")] = False,
) -> None:
    """Ring everybody on the list, as an alarm would, and show the two clocks.

    From the report to the first ring a provider took, and to the first phone that showed it. Ended at the end, also by
    Ctrl-C. Ends with 1 when somebody who was asked was reached by nothing, or nobody was asked.
    """
    import asyncio
    import json

    from backend.conform.reference_client import Refused
    from backend.rehearsal.drill import Drill, run

    where = _place(database_url, lat, lon)
    with _log_in(database_url, centre, client_id, key_file) as log_in:
        try:
            outcome = asyncio.run(run(url, log_in, Drill(*where, address, policy, wait), typer.echo))
        except Refused as refused:
            stop(f"the service refused: {refused}")
        except OSError as nobody:
            stop(str(nobody))
    if as_json:
        typer.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
    raise typer.Exit(0 if outcome.reached_everybody else 1)


def _place(database_url: str | None, lat: float | None, lon: float | None) -> tuple[float, float]:
    if lat is not None and lon is not None:
        return lat, lon
    if lat is not None or lon is not None:
        stop("--lat and --lon come together")
    return _where_staff_are(_needed(database_url))


@contextlib.contextmanager
def _log_in(
    database_url: str | None, centre: str | None, client_id: str | None, key_file: Path | None
) -> "Iterator[LogIn]":
    """What it is reported with: one that is there, or one made for this exercise and taken away after it."""
    from backend.rehearsal.drill import LogIn

    if client_id is not None and key_file is not None and centre is None:
        yield LogIn(client_id, key_file.read_text("utf-8"))
    elif centre is not None and client_id is None and key_file is None:
        made = _let_in(_needed(database_url), centre)
        try:
            yield made
        finally:
            _let_out(_needed(database_url), made.client_id)
    else:
        stop("give either --centre, or --client-id with --key-file")


def _needed(database_url: str | None) -> str:
    if database_url is None:
        stop("give --database-url, or else --client-id with --key-file, --lat and --lon")
    return database_url


def _let_in(database_url: str, centre: str) -> "LogIn":
    from backend.cli.client import let_in
    from backend.foundation.ids import CentreId
    from backend.identity.client_keys import made_key
    from backend.identity.clients import scopes_of
    from backend.regions.queries import centre_by_code
    from backend.rehearsal.drill import LogIn

    async def run(connection: "Connection") -> LogIn:
        now = datetime.now(UTC)
        found = await centre_by_code(connection, centre, now)
        if found is None:
            stop(f"there is no dispatch centre {centre}: `hjerteloeber centre list` shows all")
        if found.kind not in (Kind.LIVE, Kind.EXERCISE):
            stop(f"{centre} is a centre of kind {found.kind}")
        name = f"drill-{centre}-{secrets.token_hex(4)}"
        private, key = made_key()
        await let_in(connection, CentreId(found.id), Kind.EXERCISE, name, scopes_of(Kind.EXERCISE), key, now)
        return LogIn(name, private)

    return in_transaction(database_url, run)


def _let_out(database_url: str, client_id: str) -> None:
    from backend.identity.queries_clients import disable_client

    async def run(connection: "Connection") -> bool:
        return await disable_client(connection, client_id, datetime.now(UTC))

    in_transaction(database_url, run)


def _where_staff_are(database_url: str) -> tuple[float, float]:
    """The middle of the cell where the first on the list is drilled."""
    from backend.locations.cells import centre_of
    from backend.locations.queries import cells_of
    from backend.volunteers.queries import enrolled_ids

    async def run(connection: "Connection") -> int | None:
        for volunteer_id in await enrolled_ids(connection, Kind.EXERCISE):
            for kept in await cells_of(connection, volunteer_id):
                return kept.cell
        return None

    cell = in_transaction(database_url, run)
    if cell is None:
        stop("nobody is on the list for exercises: `hjerteloeber drill add`")
    return centre_of(cell)


def _enrol(
    database_url: str,
    phone_hash_key_file: Path,
    data_key_file: Path,
    people: Sequence[tuple[str, str, str]],
    lat: float,
    lon: float,
) -> None:
    from backend.foundation.problems import Problem
    from backend.locations.places import set_place
    from backend.locations.position import FixedPlace, Outcome
    from backend.volunteers.enrol import enrol_staff

    members = [_member(number, *person) for number, person in enumerate(people, 1)]
    key = phone_hash_key_file.read_bytes()

    async def run(connection: "Connection") -> None:
        now = datetime.now(UTC)
        for number, member in enumerate(members, 1):
            try:
                volunteer_id = await enrol_staff(connection, key, member, now)
            except Problem as refusal:
                stop(f"{_which(number, len(people))}{refusal.detail}")
            # As their home: a place that does not grow too old while nobody's app tells where they are.
            judged = await set_place(connection, volunteer_id, FixedPlace.HOME, lat, lon, now)
            assert judged.outcome is Outcome.ACCEPTED, "they were enrolled with the consent it needs"

    in_transaction(database_url, run, ring_in(data_key_file))
    number = len(members)
    typer.echo(f"{number} {'person' if number == 1 else 'people'} put on the list for exercises")


def _member(number: int, name: str, phone: str, birth_year: str) -> "Member":
    from backend.foundation.problems import Problem
    from backend.volunteers.enrol import Member
    from backend.volunteers.name import clean_name
    from backend.volunteers.phone import parse_phone

    try:
        return Member(clean_name(name), parse_phone(phone), int(birth_year))
    except Problem as refusal:
        stop(f"row {number}: {refusal.detail}")
    except ValueError:
        stop(f"row {number}: birth_year is a year")


def _which(number: int, of: int) -> str:
    return f"row {number}: " if of > 1 else ""
