"""`hjerteloeber channel …`: which ways messages take."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import click
import typer

from backend.cli.owner import DatabaseUrl, in_transaction

if TYPE_CHECKING:
    from backend.delivery.queries_switches import Switch
    from backend.foundation.database import Connection

app = typer.Typer(
    help="Channels: FCM, SMS, the app's own connection.\n\n"
    "Any one of them may be off: whoever has another way is reached by it, whoever has none is replaced by the next.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

Name = Annotated[
    str, typer.Argument(click_type=click.Choice(["fcm", "sms", "in_app"]), help="The channel.", show_default=False)
]
Author = Annotated[str, typer.Option(help="Who decided it: a role, no person. Stands in the journal.")]


@app.command("list")
def show(database_url: DatabaseUrl) -> None:
    """Show which channels are on, since when, and how much waits for each."""
    from backend.delivery.switches import switches

    async def run(connection: "Connection") -> "list[Switch]":
        return await switches(connection)

    for each in in_transaction(database_url, run):
        state = "on" if each.enabled else "off"
        typer.echo(f"{each.channel:<8}{state:<5}since {each.changed_at:%Y-%m-%d %H:%M} UTC  {each.waiting} waiting")


@app.command()
def on(name: Name, database_url: DatabaseUrl, author: Author = "operator") -> None:
    """Use a channel again, for what is queued from now on."""
    _switch(database_url, name, author, on=True)


@app.command()
def off(name: Name, database_url: DatabaseUrl, author: Author = "operator") -> None:
    """Use a channel no more, at once: what waits for it ends, and goes out by another way.

    Sign-up and sign-in need SMS. FCM that is off for a reason of Google's: see the README.
    """
    _switch(database_url, name, author, on=False)


def _switch(database_url: str, name: str, author: str, *, on: bool) -> None:
    from backend.delivery.message import Channel
    from backend.delivery.switches import switch
    from backend.foundation.database import Actor, Role

    async def run(connection: "Connection") -> bool:
        return await switch(connection, Actor(Role.OWNER), Channel(name), author, datetime.now(UTC), on=on)

    changed = in_transaction(database_url, run)
    state = "on" if on else "off"
    typer.echo(f"{name} is {state}" if changed else f"{name} was {state} already")
