"""`hjerteloeber journal`: is what happened still what was written down?"""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend.foundation.sealer import Head, Verified

app = typer.Typer(help="The journal and its chain of digests.", no_args_is_help=True)


@app.command()
def head() -> None:
    """Print the end of the chain: position and digest. Write them down elsewhere, daily."""
    found = asyncio.run(_head())
    typer.echo(f"{found.position} {found.digest.hex()}")


@app.command()
def verify(
    anchor: Annotated[
        str | None, typer.Option(metavar="'POSITION DIGEST'", help="A head printed earlier: is it still in the chain?")
    ] = None,
) -> None:
    """Recompute the whole chain from the records.

    Ends with 1 when something was changed, or when records older than a minute have no seal.
    """
    wanted = None if anchor is None else _parsed(anchor)
    found, still_there = asyncio.run(_verify(wanted))
    typer.echo(f"{found.seals} seals, {found.erased} records erased since; head {found.head.digest.hex()}")
    if found.unsealed:
        typer.echo(f"{found.unsealed} records older than a minute have no seal", err=True)
    if found.broken:
        typer.echo(f"BROKEN at {', '.join(str(position) for position in found.broken[:20])}", err=True)
    if not still_there:
        typer.echo("BROKEN: the anchored head is not in the chain any more", err=True)
    raise typer.Exit(1 if found.broken or found.unsealed or not still_there else 0)


def _parsed(anchor: str) -> "Head":
    from backend.foundation.sealer import Head

    position, _, digest = anchor.strip().partition(" ")
    try:
        return Head(int(position), bytes.fromhex(digest))
    except ValueError:
        typer.echo("An anchor is what `journal head` printed: a number and 64 hexadecimal digits.", err=True)
        raise typer.Exit(2) from None


async def _head() -> "Head":
    from backend.cli.commands import settings
    from backend.foundation import sealer
    from backend.foundation.database import Actor, Lane, Role, open_database

    database = await open_database(settings().database_url, dict.fromkeys(Lane, 1))
    try:
        async with database.acting_as(Actor(Role.WORKER)) as connection:
            return await sealer.head(connection)
    finally:
        await database.close()


async def _verify(anchor: "Head | None") -> "tuple[Verified, bool]":
    from backend.cli.commands import settings
    from backend.delivery.sealing import Attempts, Results
    from backend.foundation import sealer
    from backend.foundation.clock import MachineClock
    from backend.foundation.database import Actor, Lane, Role, open_database

    database = await open_database(settings().database_url, dict.fromkeys(Lane, 1))
    try:
        async with database.acting_as(Actor(Role.WORKER)) as connection:
            sources: list[sealer.Source] = [sealer.JournalEntries(), Attempts(), Results()]
            found = await sealer.verify(connection, sources, MachineClock().now())
            still_there = anchor is None or await sealer.is_in_chain(connection, anchor)
            return found, still_there
    finally:
        await database.close()
