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
    """Compare the list with the database: how many, and who by id. Ends with 1 when somebody is not as it says."""
    found = _asked(apply=False)
    typer.echo(
        f"{len(found.to_erase)} to erase, {len(found.to_withdraw)} to withdraw, "
        f"{len(found.to_take_back)} whose withdrawal was taken back"
    )
    lists = (("erase", found.to_erase), ("withdraw", found.to_withdraw), ("take-back", found.to_take_back))
    for what, people in lists:
        for volunteer_id in people:
            typer.echo(f"{what} {volunteer_id}")
    raise typer.Exit(1 if found.people else 0)


@app.command("apply")
def apply_list() -> None:
    """Erase whom the list says to be erased, withdraw whom it says to have withdrawn, and not who took that back.

    Safe to repeat. One who cannot be erased keeps nobody else from it.
    """
    _tell(_asked(apply=True))


def apply_or_say_so(found: "Settings") -> None:
    """As `apply`, for who goes on without it: whoever waits for this process to end well begins to serve then."""
    from backend.rights.catch_up import BEFORE_SERVING_S
    from backend.rights.erasure_list import Unreadable

    async def run() -> "Behind":
        return await asyncio.wait_for(_ask(found, apply=True), BEFORE_SERVING_S)

    try:
        done = asyncio.run(run())
    except Exception as wrong:  # noqa: BLE001 – nothing about a list may keep alarms from being served
        why = str(wrong) if isinstance(wrong, Unreadable) else type(wrong).__name__
        typer.echo(f"the list of erasures was not applied: {why}. Then: `hjerteloeber erasures apply`", err=True)
    else:
        _tell(done)


def _tell(done: "Behind") -> None:
    typer.echo(
        f"{len(done.to_erase)} erased, {len(done.to_withdraw)} withdrawn, "
        f"{len(done.to_take_back)} withdrawals taken back: as the list says now"
    )


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
    from backend.foundation.database import Lane, Role, open_database
    from backend.identity.keys import load_keys, load_ring
    from backend.rights.catch_up import behind, catch_up
    from backend.rights.erasure_list import erasure_list

    listing = erasure_list(found.erasures_folder)
    database = await open_database(found.database_url, {Lane.REST: 1}, carries=load_ring(found))
    try:
        if apply:
            return await catch_up(database, listing, load_keys(found), MachineClock(), Role.API)
        return await behind(database, listing, Role.API)
    finally:
        await database.close()
