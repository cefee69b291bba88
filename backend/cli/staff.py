"""`hjerteloeber staff …`: who works here, in which role where, and at which seats."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from backend.cli.owner import DatabaseUrl, DataKeyFile, in_transaction, ring_in, stop
from backend.identity.staff import StaffRole

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.foundation.ids import CentreId
    from backend.identity.seats import Envelope
    from backend.identity.staff import Staff

app = typer.Typer(
    help="People who work at a dispatch centre or run the service: roles, and the seats they sit at.\n\n"
    "They sign in at /konsol by their organisation's log-in; docs/operators.md says how that is set up.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)
seat = typer.Typer(
    help="Seats: browsers that are known, and the envelope beside each for when the provider is down.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)
app.add_typer(seat, name="seat")

Email = Annotated[str, typer.Argument(help="Their e-mail address at work.", show_default=False)]
Role = Annotated[StaffRole, typer.Argument(help="The role.", show_default=False)]
Centre = Annotated[str | None, typer.Option(help="Code of the centre: `hjerteloeber centre list`.", show_default="all")]
OneCentre = Annotated[str, typer.Option(help="Code of the centre: `hjerteloeber centre list`.")]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="A Danish day, as 2027-01-01.", show_default="now"),
]
To = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="The first Danish day without it.", show_default="for good"),
]


@app.command()
def add(
    email: Email,
    database_url: DatabaseUrl,
    name: Annotated[str, typer.Option(help="What colleagues call them: it stands on the pages.")],
) -> None:
    """Make somebody known. They can sign in once they have a role."""
    from backend.identity import queries_staff as queries
    from backend.identity.staff import LONGEST_NAME, Staff, StaffId

    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        stop(f"a name has 1 to {LONGEST_NAME} letters that can be printed")
    staff = Staff(StaffId(uuid4()), _address(email), name.strip())

    async def run(connection: "Connection") -> bool:
        made = await queries.insert_staff(connection, staff, datetime.now(UTC))
        if made:
            await _write(connection, "staff_added", staff.id, {})
        return made

    if not in_transaction(database_url, run):
        stop(f"{staff.email} is known already: `hjerteloeber staff list` shows everybody")
    typer.echo(f"{staff.email} is known; now give them a role: hjerteloeber staff grant {staff.email} visitator …")


@app.command()
def grant(
    email: Email,
    role: Role,
    database_url: DatabaseUrl,
    centre: Centre = None,
    since: From = None,
    until: To = None,
) -> None:
    """Give somebody a role at a centre, or at every one."""
    from backend.identity import queries_staff as queries
    from backend.identity.staff import Granted

    async def run(connection: "Connection") -> None:
        now = datetime.now(UTC)
        staff = await _known(connection, email)
        begins, ends = _midnight(since) or now, _midnight(until)
        if ends is not None and ends <= max(begins, now):
            stop("--to is the first day without the role: later than --from, and later than today")
        granted = Granted(uuid4(), role, await _centre(connection, centre, now), begins, ends)
        await queries.insert_role(connection, staff.id, granted)
        place = None if granted.centre_id is None else str(granted.centre_id)
        await _write(connection, "staff_granted", staff.id, {"role": role.value, "centre": place})

    in_transaction(database_url, run)
    typer.echo(f"{email} is {role.value} {_where(centre)}")


@app.command()
def withdraw(email: Email, role: Role, database_url: DatabaseUrl, centre: Centre = None) -> None:
    """Take a role away, at once: whoever has none left is signed out with their next click."""
    from backend.identity import queries_staff as queries

    async def run(connection: "Connection") -> int:
        now = datetime.now(UTC)
        staff = await _known(connection, email)
        place = await _centre(connection, centre, now)
        count = await queries.withdraw_role(connection, staff.id, role, place, now)
        if count:
            facts = {"role": role.value, "centre": None if place is None else str(place)}
            await _write(connection, "staff_withdrawn", staff.id, facts)
        return count

    if not in_transaction(database_url, run):
        stop(f"{email} is not {role.value} {_where(centre)}: `hjerteloeber staff list` shows who is what")
    typer.echo(f"{email} is {role.value} {_where(centre)} no more")


@app.command()
def forget(email: Email, database_url: DatabaseUrl) -> None:
    """Forget the account somebody signed in with first, and end their sessions: for another account of theirs."""
    from backend.identity import queries_staff as queries
    from backend.identity.queries_staff_session import delete_sessions_of

    async def run(connection: "Connection") -> int:
        staff = await _known(connection, email)
        await queries.unbind(connection, staff.id)
        await _write(connection, "staff_account_forgotten", staff.id, {})
        return await delete_sessions_of(connection, staff.id)

    ended = in_transaction(database_url, run)
    typer.echo(f"the next account with {email} means them; {ended} sessions ended")


@app.command()
def remove(email: Email, database_url: DatabaseUrl) -> None:
    """Take somebody off who works here no more: name, address and account go, roles and sessions end at once."""
    from backend.identity import queries_staff as queries
    from backend.identity.queries_staff_session import delete_sessions_of

    async def run(connection: "Connection") -> int:
        staff = await _known(connection, email)
        await queries.withdraw_all_roles(connection, staff.id, datetime.now(UTC))
        await queries.take_off(connection, staff.id)
        await _write(connection, "staff_removed", staff.id, {})
        return await delete_sessions_of(connection, staff.id)

    ended = in_transaction(database_url, run)
    typer.echo(f"{email} is nobody here any more; {ended} sessions ended, and the journal keeps an id")


@app.command("list")
def show(database_url: DatabaseUrl) -> None:
    """Show everybody with what they hold, or will."""
    from backend.foundation.clock import COPENHAGEN
    from backend.identity import queries_staff as queries
    from backend.regions.queries import centres

    async def run(connection: "Connection") -> list[str]:
        now = datetime.now(UTC)
        codes = {each.id: each.code for each in await centres(connection, now)}
        lines = []
        for each in await queries.listed(connection, now):
            if each.role is None or each.since is None:
                lines.append(f"{each.email:<40} no role")
                continue
            place = "everywhere" if each.centre_id is None else codes.get(each.centre_id, "a centre that is no more")
            ends = "" if each.until is None else f" to {each.until.astimezone(COPENHAGEN):%Y-%m-%d}"
            since = f"{each.since.astimezone(COPENHAGEN):%Y-%m-%d}"
            seen = "" if each.signed_in else "  has not signed in yet"
            lines.append(f"{each.email:<40} {each.role.value:<18} {place:<18} from {since}{ends}{seen}")
        return lines

    for line in in_transaction(database_url, run) or ["nobody yet: hjerteloeber staff add"]:
        typer.echo(line)


@seat.command("add")
def add_seat(
    name: Annotated[str, typer.Argument(help="What it is called in the room.", show_default=False)],
    database_url: DatabaseUrl,
    data_key_file: DataKeyFile,
    centre: OneCentre,
) -> None:
    """Make a seat; what goes into its envelope is shown once and cannot be read again."""
    from backend.identity.seats import add_seat as make

    if not 1 <= len(name) <= 40 or not name.isprintable():
        stop("a seat's name has 1 to 40 letters")

    async def run(connection: "Connection") -> "Envelope | None":
        now = datetime.now(UTC)
        place = await _centre(connection, centre, now)
        assert place is not None
        made = await make(connection, place, name, now)
        if made is not None:
            await _write(connection, "seat_added", None, {"seat": str(made.seat_id), "centre": str(place)})
        return made

    made = in_transaction(database_url, run, ring_in(data_key_file))
    if made is None:
        stop(f"{centre} has a seat {name} already: `hjerteloeber staff seat withdraw` first, if it is to be made anew")
    typer.echo(f"code for the browser       {made.code}   (once, at /konsol/plads)")
    typer.echo(f"word for the envelope      {made.word}")
    typer.echo(f"code device, as a picture  {made.totp_address}")
    typer.echo("Keep the last two in the envelope only: they are not shown again.")


@seat.command("withdraw")
def withdraw_seat(
    name: Annotated[str, typer.Argument(help="Its name.", show_default=False)],
    database_url: DatabaseUrl,
    centre: OneCentre,
) -> None:
    """A seat is no more: its browser is unknown, its envelope opens nothing, whoever sits there is signed out."""
    from backend.identity import queries_seats
    from backend.identity.queries_staff_session import delete_sessions_at

    async def run(connection: "Connection") -> bool:
        now = datetime.now(UTC)
        place = await _centre(connection, centre, now)
        assert place is not None
        seat_id = await queries_seats.withdraw_seat(connection, place, name, now)
        if seat_id is None:
            return False
        await delete_sessions_at(connection, seat_id)
        await _write(connection, "seat_withdrawn", None, {"seat": str(seat_id), "centre": str(place)})
        return True

    if not in_transaction(database_url, run):
        stop(f"{centre} has no seat {name}: `hjerteloeber staff seat list` shows all")
    typer.echo(f"seat {name} at {centre} is no more")


@seat.command("list")
def list_seats(database_url: DatabaseUrl) -> None:
    """Show all seats, and whether a browser has been made each one's."""
    from backend.identity import queries_seats
    from backend.regions.queries import centres

    async def run(connection: "Connection") -> list[str]:
        codes = {each.id: each.code for each in await centres(connection, datetime.now(UTC))}
        return [
            f"{codes.get(each.centre_id, '–'):<18} {each.name:<20} {_browser(known=each.known)}"
            for each in await queries_seats.listed(connection)
        ]

    for line in in_transaction(database_url, run) or ["no seats yet: hjerteloeber staff seat add"]:
        typer.echo(line)


def _browser(*, known: bool) -> str:
    return "known browser" if known else "no browser yet"


def _address(email: str) -> str:
    from backend.identity.staff import address

    found = address(email)
    if found is None:
        stop(f"{email!r} is no e-mail address: one as anna@amk.example")
    return found


def _midnight(day: datetime | None) -> datetime | None:
    from backend.foundation.clock import copenhagen_midnight

    return None if day is None else copenhagen_midnight(day.year, day.month, day.day)


def _where(centre: str | None) -> str:
    return "everywhere" if centre is None else f"at {centre}"


async def _known(connection: "Connection", email: str) -> "Staff":
    from backend.identity import queries_staff as queries

    staff = await queries.staff_by_email(connection, _address(email))
    if staff is None:
        stop(f"nobody here is called {email}: hjerteloeber staff add {email} --name …")
    return staff


async def _centre(connection: "Connection", code: str | None, now: datetime) -> "CentreId | None":
    from backend.foundation.ids import CentreId
    from backend.regions.queries import centre_now_or_to_come

    if code is None:
        return None
    found = await centre_now_or_to_come(connection, code, now)
    if found is None:
        stop(f"there is no dispatch centre {code}: `hjerteloeber centre list` shows all")
    return CentreId(found.id)


async def _write(connection: "Connection", change: str, staff_id: object, facts: dict[str, str | None]) -> None:
    """A change of rights, into the journal: ids and words."""
    from backend.foundation.database import Actor
    from backend.foundation.database import Role as DatabaseRole
    from backend.foundation.journal import Event, Happening, write_outside_incidents

    told = {"change": change, **({} if staff_id is None else {"staff": str(staff_id)}), **facts}
    happening = Happening(Event.RIGHT_CHANGED, {**told})
    await write_outside_incidents(connection, Actor(DatabaseRole.OWNER), happening, datetime.now(UTC))
