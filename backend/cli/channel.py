"""`hjerteloeber channel …`: which ways messages take."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop
from backend.delivery.message import Channel

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

Name = Annotated[Channel, typer.Argument(help="The channel.", show_default=False)]
Author = Annotated[str, typer.Option(help="Who decided it: a role, no person. Stands in the journal.")]

_NOBODY = "EVERY CHANNEL IS OFF: NO ALARM REACHES ANYBODY. On again: hjerteloeber channel on {}"


@app.command("list")
def show(database_url: DatabaseUrl) -> None:
    """Show which channels are on, since when, and how much waits for each."""
    from backend.delivery.switches import switches
    from backend.foundation.clock import COPENHAGEN

    async def run(connection: "Connection") -> "list[Switch]":
        return await switches(connection)

    found = in_transaction(database_url, run)
    for each in found:
        state = "on" if each.enabled else "off"
        since = f"{each.changed_at.astimezone(COPENHAGEN):%Y-%m-%d %H:%M %Z}"
        typer.echo(f"{each.channel:<8}{state:<5}since {since}  {each.waiting} {_waiting(each.channel)}")
    if not any(each.enabled for each in found):
        typer.echo(_NOBODY.format("sms"), err=True)


@app.command()
def on(name: Name, database_url: DatabaseUrl, author: Author = "operator") -> None:
    """Use a channel again, for what is queued from now on."""
    _switch(database_url, name, author, on=True)


@app.command()
def off(
    name: Name,
    database_url: DatabaseUrl,
    author: Author = "operator",
    all_off: Annotated[
        bool, typer.Option("--all-off", help="Switch the last one off too: then no alarm reaches anybody.")
    ] = False,
) -> None:
    """Use a channel no more, at once: what waits for it ends, and goes out by another way.

    Sign-up and sign-in need SMS. FCM that is off for a reason of Google's: see the README. The last channel that is on
    stays on unless `--all-off` is given.
    """
    _switch(database_url, name, author, on=False, all_off=all_off)


def _switch(database_url: str, name: Channel, author: str, *, on: bool, all_off: bool = False) -> None:
    from backend.delivery.switches import LastChannel, switch, switches
    from backend.foundation.database import Actor, Role

    async def run(connection: "Connection") -> tuple[bool, bool]:
        actor, now = Actor(Role.OWNER), datetime.now(UTC)
        changed = await switch(connection, actor, name, author, now, on=on, all_off=all_off)
        return changed, any(each.enabled for each in await switches(connection))

    try:
        changed, reaches_somebody = in_transaction(database_url, run)
    except LastChannel:
        stop(
            f"{name.value} is the only channel that is on: without it no alarm reaches anybody. "
            "Switch another one on first, or say --all-off"
        )
    state = "on" if on else "off"
    typer.echo(f"{name.value} is {state}" if changed else f"{name.value} was {state} already")
    if not reaches_somebody:
        typer.echo(_NOBODY.format(name.value), err=True)


def _waiting(channel: Channel) -> str:
    """An app that is not open takes nothing: what is queued for it is no backlog."""
    return "queued for open apps" if channel is Channel.IN_APP else "waiting to be sent"
