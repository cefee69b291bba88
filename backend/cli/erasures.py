"""`hjerteloeber erasures …`: the list of who was erased, outside the database."""

import asyncio
from typing import TYPE_CHECKING

import typer

from backend.cli.owner import stop

if TYPE_CHECKING:
    from backend.foundation.settings import Settings
    from backend.rights.catch_up import Behind

app = typer.Typer(
    help="The list of erasures, which a restored backup does not know of. `serve` and `work` apply it when they start, "
    "and `work` every five minutes; after a restore run `apply` first and see that it says so.\n\n"
    "With the settings of a `serve` process.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)


@app.command()
def check() -> None:
    """Compare the list with the database. Ends with 1 when somebody is there who should not be."""
    found = _asked(apply=False)
    typer.echo(f"{len(found.to_erase)} to erase, {len(found.to_withdraw)} to withdraw")
    raise typer.Exit(1 if found.people else 0)


@app.command("apply")
def apply_list() -> None:
    """Erase whom the list says to be erased, and withdraw whom it says to have withdrawn. Safe to repeat."""
    found = _asked(apply=True)
    typer.echo(f"{len(found.to_erase)} erased, {len(found.to_withdraw)} withdrawn: as the list says now")


def _asked(*, apply: bool) -> "Behind":
    from backend.cli.commands import settings
    from backend.rights.erasure_list import Unreadable

    found = settings()
    if found.erasures_folder is None:
        stop("set HJERTELOEBER_ERASURES_FOLDER to the folder of the list")
    try:
        return asyncio.run(_ask(found, apply=apply))
    except Unreadable as wrong:
        stop(f"the list cannot be used: {wrong}")
    except OSError as away:
        stop(f"the database cannot be used ({type(away).__name__})")


async def _ask(found: "Settings", *, apply: bool) -> "Behind":
    from backend.foundation.clock import MachineClock
    from backend.foundation.database import Actor, Lane, Role, open_database
    from backend.identity.keys import load_keys, load_ring
    from backend.rights.catch_up import behind, catch_up
    from backend.rights.erasure_list import erasure_list

    listing = erasure_list(found.erasures_folder)
    database = await open_database(found.database_url, {Lane.REST: 1}, carries=load_ring(found))
    try:
        if apply:
            return await catch_up(database, listing, load_keys(found), MachineClock(), Role.API)
        async with database.acting_as(Actor(Role.API), Lane.REST) as connection:
            return await behind(connection, listing)
    finally:
        await database.close()
