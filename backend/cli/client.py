"""`hjerteloeber client add`: let a dispatch centre's system in."""

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop
from backend.foundation.kinds import Kind

if TYPE_CHECKING:
    from backend.foundation.database import Connection, Database
    from backend.foundation.ids import CentreId
    from backend.identity.clients import Scope

app = typer.Typer(
    help="Dispatch centres' systems and their log-ins.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")


@app.callback()
def client() -> None:
    """Dispatch centres' systems and their log-ins."""


@app.command()
def add(
    database_url: DatabaseUrl,
    centre: Annotated[str, typer.Option(help="Code of the centre it speaks for: `hjerteloeber centre list`.")],
    kind: Annotated[
        Kind | None,
        typer.Option(
            help="What its incidents are; anything but live never rings a citizen.", show_default="the centre's"
        ),
    ] = None,
    client_id: Annotated[str | None, typer.Option("--id", help="Its client id; one is made up otherwise.")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may follow incidents but not open any.")] = False,
) -> None:
    """Make a log-in for a dispatch centre's system; its secret is shown once and cannot be read again."""
    from backend.foundation.ids import CentreId
    from backend.foundation.problems import Problem
    from backend.identity.clients import scopes_of
    from backend.regions.queries import centre_now_or_to_come

    if client_id is not None and not _NAME.fullmatch(client_id):
        stop("a client id has 2 to 63 small letters, digits, dots and hyphens")
    name = client_id or _made_up(centre)

    async def run(connection: "Connection") -> tuple[str, str, Kind] | None:
        now = datetime.now(UTC)
        found = await centre_now_or_to_come(connection, centre, now)
        if found is None:
            return None
        if found.kind != Kind.LIVE and kind not in (None, found.kind):
            stop(f"{centre} is a centre of kind {found.kind}: so are its systems")
        chosen = kind or Kind(found.kind)
        scopes = scopes_of(chosen, read_only=read_only)
        return *await let_in(connection, CentreId(found.id), chosen, name, scopes, now), chosen

    try:
        made = in_transaction(database_url, run)
    except Problem as refusal:
        stop(refusal.detail)
    if made is None:
        stop(f"there is no dispatch centre {centre}: `hjerteloeber centre add` makes one")
    typer.echo(f"client id      {made[0]}")
    typer.echo(f"client secret  {made[1]}")
    typer.echo(f"kind           {made[2].value}")
    typer.echo("Keep the secret now: only its hash is stored.")


async def add_for_centre(
    database: "Database", centre: str, kind: Kind, client_id: str, scopes: "Sequence[Scope]", now: datetime
) -> tuple[str, str] | None:
    """Client id and secret of a new client; None when there is no such centre now."""
    from backend.foundation.database import Actor, Role
    from backend.foundation.ids import CentreId
    from backend.regions.queries import centre_by_code

    async with database.acting_as(Actor(Role.API)) as connection:
        found = await centre_by_code(connection, centre, now)
    if found is None:
        return None
    async with database.acting_as(Actor(Role.OWNER, centre_id=found.id)) as connection:
        return await let_in(connection, CentreId(found.id), kind, client_id, scopes, now)


async def let_in(
    connection: "Connection", centre: "CentreId", kind: Kind, client_id: str, scopes: "Sequence[Scope]", now: datetime
) -> tuple[str, str]:
    """The client, journalled as a change of rights."""
    from backend.foundation.database import Actor, Role
    from backend.foundation.journal import Event, Happening, write_outside_incidents
    from backend.identity.clients import add_client, new_secret

    secret = new_secret()
    row = await add_client(connection, client_id, secret, centre, kind, scopes, now)
    facts = {"change": "client_added", "client": str(row), "kind": kind.value}
    actor = Actor(Role.OWNER, centre_id=centre)
    await write_outside_incidents(connection, actor, Happening(Event.RIGHT_CHANGED, {**facts}), now)
    return client_id, secret


def _made_up(centre: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "-", centre.lower()).strip("-") or "centre"
    return f"{code}-{secrets.token_hex(4)}"
