"""`hjerteloeber journal`: is what happened still what was written down?"""

import asyncio
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from backend.alerts.replay import Replayed
    from backend.foundation.ids import IncidentId
    from backend.foundation.sealer import Head, Verified

app = typer.Typer(help="The journal and its chain of digests.", no_args_is_help=True)

DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database-url",
        envvar="HJERTELOEBER_DATABASE_URL",
        help="The database, with the worker's log-in: postgresql://user@host/name. Nothing else has to be set.",
        show_default=False,
    ),
]


@app.command()
def head(database_url: DatabaseUrl) -> None:
    """Print the end of the chain: position and digest. Write them down elsewhere, daily."""
    found = asyncio.run(_head(database_url))
    typer.echo(f"{found.position} {found.digest.hex()}")


@app.command()
def verify(
    database_url: DatabaseUrl,
    anchor: Annotated[
        str | None, typer.Option(metavar="'POSITION DIGEST'", help="A head printed earlier: is it still in the chain?")
    ] = None,
) -> None:
    """Recompute the whole chain from the records.

    Ends with 1 when something was changed, or when records older than a minute have no seal.
    """
    wanted = None if anchor is None else _parsed(anchor)
    found, still_there = asyncio.run(_verify(database_url, wanted))
    typer.echo(f"{found.seals} seals, {found.erased} records erased since; head {found.head.digest.hex()}")
    if found.unsealed:
        typer.echo(f"{found.unsealed} records older than a minute have no seal", err=True)
    if found.broken:
        typer.echo(f"BROKEN at {', '.join(str(position) for position in found.broken[:20])}", err=True)
    if not still_there:
        typer.echo("BROKEN: the anchored head is not in the chain any more", err=True)
    raise typer.Exit(1 if found.broken or found.unsealed or not still_there else 0)


@app.command()
def replay(
    incident: Annotated[UUID, typer.Argument(help="The incident's id.", show_default=False)], database_url: DatabaseUrl
) -> None:
    """Tell an incident from its journal alone: state, alerts, roles and answers.

    Ends with 1 when the tables say something else, or the journal cannot be; with 2 when there is no such incident.
    """
    from backend.alerts.replay import CannotBe
    from backend.foundation.ids import IncidentId

    try:
        found = asyncio.run(_replay(database_url, IncidentId(incident)))
    except CannotBe as wrong:
        typer.echo(f"BROKEN: {wrong}", err=True)
        raise typer.Exit(1) from None
    if found is None:
        typer.echo(f"there is no such incident: {incident}", err=True)
        raise typer.Exit(2)
    told, differences = found
    ended = "" if told.end_reason is None else f", {told.end_reason}"
    typer.echo(f"{told.state}{ended}; revision {told.revision}; {len(told.alerts)} alerts")
    for alert in told.alerts.values():
        place = "" if alert.place is None else f" place {alert.place}, {alert.role}"
        typer.echo(f"{alert.id}  wave {alert.wave}  {alert.state}{place}")
    for difference in differences:
        typer.echo(f"DIFFERS: {difference}", err=True)
    raise typer.Exit(1 if differences else 0)


async def _replay(database_url: str, incident_id: "IncidentId") -> "tuple[Replayed, list[str]] | None":
    from backend.alerts import queries as alert_queries
    from backend.alerts.replay import differences, replay
    from backend.foundation import journal
    from backend.foundation.database import Actor, Lane, Role, enter, open_database
    from backend.incidents import queries as incident_queries

    database = await open_database(database_url, dict.fromkeys(Lane, 1))
    try:
        async with database.acting_as(Actor(Role.WORKER)) as connection:
            # Under its lock: nothing changes between reading the one and reading the other.
            centre_id = await incident_queries.centre_of(connection, incident_id)
            if centre_id is None:
                return None
            await enter(connection, centre_id)
            incident = await incident_queries.lock(connection, incident_id)
            if incident is None:
                return None
            told = replay(await journal.of_incident(connection, incident_id))
            return told, differences(told, incident, await alert_queries.of_incident(connection, incident_id))
    finally:
        await database.close()


def _parsed(anchor: str) -> "Head":
    from backend.foundation.sealer import Head

    position, _, digest = anchor.strip().partition(" ")
    try:
        return Head(int(position), bytes.fromhex(digest))
    except ValueError:
        typer.echo("An anchor is what `journal head` printed: a number and 64 hexadecimal digits.", err=True)
        raise typer.Exit(2) from None


async def _head(database_url: str) -> "Head":
    from backend.foundation import sealer
    from backend.foundation.database import Actor, Lane, Role, open_database

    database = await open_database(database_url, dict.fromkeys(Lane, 1))
    try:
        async with database.acting_as(Actor(Role.WORKER)) as connection:
            return await sealer.head(connection)
    finally:
        await database.close()


async def _verify(database_url: str, anchor: "Head | None") -> "tuple[Verified, bool]":
    from backend.foundation import sealer
    from backend.foundation.clock import MachineClock
    from backend.foundation.database import Actor, Lane, Role, open_database
    from backend.incidents.sealing import sources

    database = await open_database(database_url, dict.fromkeys(Lane, 1))
    try:
        async with database.acting_as(Actor(Role.WORKER)) as connection:
            found = await sealer.verify(connection, sources(), MachineClock().now())
            still_there = anchor is None or await sealer.is_in_chain(connection, anchor)
            return found, still_there
    finally:
        await database.close()
