"""`hjerteloeber access …`: which dispatch centre may act for another's incidents, and until when."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.foundation.ids import CentreId

app = typer.Typer(
    help="Acting for another centre: lent for a while (overflow), or moved for good (merged). Each is journalled.\n\n"
    "Processes know of a change within 10 s; beginnings and ends are kept to the second.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

Whose = Annotated[str, typer.Argument(metavar="CENTRE", help="Code of the centre whose incidents.", show_default=False)]
Author = Annotated[str, typer.Option(help="Who decided it: a role, no person.")]
Whom = Annotated[str, typer.Option("--to", help="Code of the centre that may act on them.", show_default=False)]


@app.command("list")
def show(database_url: DatabaseUrl) -> None:
    """Show what is lent or has moved, and what will be."""
    from backend.foundation.clock import COPENHAGEN
    from backend.regions import queries_access

    async def run(connection: "Connection") -> "list[queries_access.Named]":
        return await queries_access.named(connection, datetime.now(UTC))

    for grant in in_transaction(database_url, run):
        since = f"{grant.valid_from.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}"
        until = "on" if grant.valid_to is None else f"to {grant.valid_to.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}"
        typer.echo(f"{grant.centre:<20} {grant.why:<9} {grant.acting:<20} from {since} {until}")


@app.command()
def lend(
    centre: Whose,
    to: Whom,
    until: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%dT%H:%M"], help="Danish time, such as 2026-12-01T08:00.", show_default=False),
    ],
    database_url: DatabaseUrl,
    author: Author = "operator",
) -> None:
    """Let another centre see and act on this one's incidents, until a time that must be named."""
    from backend.foundation.clock import COPENHAGEN
    from backend.foundation.database import Actor, Role
    from backend.regions import access

    async def run(connection: "Connection") -> None:
        now = datetime.now(UTC)
        whose, whom = await _centre(connection, centre, now), await _centre(connection, to, now)
        ends = until.replace(tzinfo=COPENHAGEN)
        await access.lend(connection, Actor(Role.OWNER), whose, whom, ends, author, now)

    try:
        in_transaction(database_url, run)
    except access.NoEnd:
        stop("--until is over already: name a time that is to come")
    typer.echo(f"{to} may act for {centre} until {until:%Y-%m-%d %H:%M}")


@app.command("take-back")
def take_back(centre: Whose, to: Whom, database_url: DatabaseUrl, author: Author = "operator") -> None:
    """End now what is lent."""
    from backend.foundation.database import Actor, Role
    from backend.regions import access

    async def run(connection: "Connection") -> bool:
        now = datetime.now(UTC)
        whose, whom = await _centre(connection, centre, now), await _centre(connection, to, now)
        return await access.take_back(connection, Actor(Role.OWNER), whose, whom, author, now)

    if not in_transaction(database_url, run):
        stop(f"nothing of {centre} is lent to {to}; `hjerteloeber access list` shows all")
    typer.echo(f"{to} does not act for {centre} any more")


@app.command()
def merge(
    centre: Whose,
    into: Annotated[str, typer.Option(help="Code of the centre its work moves to.", show_default=False)],
    starts: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="Danish day it begins.", show_default=False)
    ],
    database_url: DatabaseUrl,
    author: Author = "operator",
) -> None:
    """From a day on, a centre's work is another's: its log-ins act as that one, its open incidents go along.

    Its system needs no change at that midnight, and no report is lost by it.
    """
    import asyncpg

    from backend.foundation.clock import copenhagen_midnight
    from backend.foundation.database import Actor, Role
    from backend.regions import access

    async def run(connection: "Connection") -> None:
        now = datetime.now(UTC)
        whose, whom = await _centre(connection, centre, now), await _centre(connection, into, now)
        since = copenhagen_midnight(starts.year, starts.month, starts.day)
        await access.merge(connection, Actor(Role.OWNER), whose, whom, since, author, now)

    try:
        in_transaction(database_url, run)
    except asyncpg.ExclusionViolationError:
        stop(f"the work of {centre} moves to another centre already; `hjerteloeber access list` shows it")
    except access.GoesRound:
        stop(f"the work of {into} moves to {centre}: a centre's work does not come back to itself")
    typer.echo(f"{centre} is part of {into} from {starts:%Y-%m-%d} on")


async def _centre(connection: "Connection", code: str, now: datetime) -> "CentreId":
    from backend.foundation.ids import CentreId
    from backend.regions.queries import centre_now_or_to_come

    found = await centre_now_or_to_come(connection, code, now)
    if found is None:
        stop(f"there is no centre {code}; `hjerteloeber centre list` shows all")
    return CentreId(found.id)
