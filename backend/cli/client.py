"""`hjerteloeber client add`: let a dispatch centre's system in."""

import asyncio
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem

if TYPE_CHECKING:
    from backend.foundation.database import Database
    from backend.identity.clients import Scope

app = typer.Typer(help="Dispatch centres' systems and their log-ins.", no_args_is_help=True)

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")


@app.callback()
def client() -> None:
    """Dispatch centres' systems and their log-ins."""


@app.command()
def add(
    centre: Annotated[str, typer.Option(help="Code of the dispatch centre the system speaks for.")],
    kind: Annotated[
        Kind, typer.Option(help="What its incidents are; anything but live never rings a citizen.")
    ] = Kind.LIVE,
    client_id: Annotated[str | None, typer.Option("--id", help="Its client id; one is made up otherwise.")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may follow incidents but not open any.")] = False,
) -> None:
    """Make a log-in for a dispatch centre's system; its secret is shown once and cannot be read again."""
    from backend.identity.clients import Scope

    if client_id is not None and not _NAME.fullmatch(client_id):
        typer.echo("A client id has 2 to 63 small letters, digits, dots and hyphens.", err=True)
        raise typer.Exit(2)
    scopes = [Scope.INCIDENTS_READ] if read_only else list(Scope)
    try:
        made = asyncio.run(_add(centre, kind, client_id or _made_up(centre), scopes))
    except Problem as refusal:
        typer.echo(refusal.detail, err=True)
        raise typer.Exit(1) from None
    if made is None:
        typer.echo(f"There is no dispatch centre {centre} now. `hjerteloeber centre add` makes one.", err=True)
        raise typer.Exit(1)
    typer.echo(f"client id      {made[0]}")
    typer.echo(f"client secret  {made[1]}")
    typer.echo("Keep the secret now: only its hash is stored.")


async def add_for_centre(
    database: "Database", centre: str, kind: Kind, client_id: str, scopes: "Sequence[Scope]", now: datetime
) -> tuple[str, str] | None:
    """Client id and secret of a new client, journalled as a change of rights; None when there is no such centre now."""
    from backend.foundation.database import Actor, Role
    from backend.foundation.ids import CentreId
    from backend.foundation.journal import Event, Happening, write_outside_incidents
    from backend.identity.clients import add_client, new_secret
    from backend.regions.queries import centre_by_code

    async with database.acting_as(Actor(Role.API)) as connection:
        found = await centre_by_code(connection, centre, now)
    if found is None:
        return None
    secret = new_secret()
    actor = Actor(Role.OWNER, centre_id=found.id)
    async with database.acting_as(actor) as connection:
        row = await add_client(connection, client_id, secret, CentreId(found.id), kind, scopes, now)
        facts = {"change": "client_added", "client": str(row), "kind": kind.value}
        await write_outside_incidents(connection, actor, Happening(Event.RIGHT_CHANGED, {**facts}), now)
    return client_id, secret


def _made_up(centre: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "-", centre.lower()).strip("-") or "centre"
    return f"{code}-{secrets.token_hex(4)}"


async def _add(centre: str, kind: Kind, client_id: str, scopes: "list[Scope]") -> tuple[str, str] | None:
    from backend.cli.commands import settings
    from backend.foundation.clock import MachineClock
    from backend.foundation.database import Lane, open_database

    database = await open_database(settings().database_url, dict.fromkeys(Lane, 1))
    try:
        return await add_for_centre(database, centre, kind, client_id, scopes, MachineClock().now())
    finally:
        await database.close()
