"""`hjerteloeber webhook …`: dispatch systems that are called with what happens."""

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.foundation.settings import Settings
    from backend.webhooks.queries import Row
    from backend.webhooks.subscription import Subscription

app = typer.Typer(
    help="Webhooks: what happens to a centre's incidents, POSTed to an address of its dispatch system.\n\n"
    "Signed as Standard Webhooks says; docs/dispatchers.md has what arrives.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

Id = Annotated[UUID, typer.Argument(help="The webhook: `hjerteloeber webhook list`.", show_default=False)]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to: https, a public name.", show_default=False)],
    database_url: DatabaseUrl,
    centre: Annotated[str, typer.Option(help="Code of the centre: `hjerteloeber centre list`.")],
    kind: Annotated[Kind, typer.Option(help="Which incidents it is told of.")] = Kind.LIVE,
    event: Annotated[
        list[Event] | None, typer.Option(help="Tell this event; given several times, these.", show_default="all")
    ] = None,
) -> None:
    """Tell a centre's events to an address; its secret is shown once and cannot be read again."""
    from backend.foundation.ids import CentreId
    from backend.identity.keys import load_keys
    from backend.regions.queries import centre_now_or_to_come
    from backend.webhooks.addresses import mistake_in, ports_in
    from backend.webhooks.subscribe import subscribe

    settings = _settings()
    if kind is Kind.SYNTHETIC:
        stop("nobody is told of the synthetic alarm: a webhook is for live, exercise or test")
    if wrong := mistake_in(url, ports_in(settings.webhook_ports or ""), loopback=settings.webhook_loopback):
        stop(wrong)
    keys = load_keys(settings)

    async def run(connection: "Connection") -> tuple[UUID, str] | None:
        now = datetime.now(UTC)
        found = await centre_now_or_to_come(connection, centre, now)
        if found is None:
            return None
        return await subscribe(connection, keys, CentreId(found.id), kind, url, event or [], now)

    made = in_transaction(database_url, run)
    if made is None:
        stop(f"there is no dispatch centre {centre}: `hjerteloeber centre add` makes one")
    typer.echo(f"webhook  {made[0]}")
    typer.echo(f"secret   {made[1]}")
    typer.echo("Hand the secret over now: it is kept sealed. `hjerteloeber webhook test` sends a first event.")


@app.command("list")
def show(database_url: DatabaseUrl) -> None:
    """List the webhooks, and how each fares."""
    from backend.webhooks.queries import rows

    now = datetime.now(UTC)

    async def run(connection: "Connection") -> "list[Row]":
        return await rows(connection, now)

    found = in_transaction(database_url, run)
    for each in found:
        typer.echo(f"{each.id}  {each.centre:<18}{each.kind:<10}{each.url}")
        typer.echo(f"    {_how(each, now)}  events: {', '.join(each.events) or 'all'}")
    if not found:
        typer.echo("no webhooks: `hjerteloeber webhook add` makes one")


def _how(row: "Row", now: datetime) -> str:
    if row.disabled_at is not None:
        return f"disabled {row.disabled_at:%Y-%m-%d %H:%M}"
    if row.oldest is None:
        return "told of everything"
    last = f", last try: {row.outcome}" if row.outcome else ""
    return f"{row.waiting} waiting, the oldest for {(now - row.oldest).total_seconds():.0f} s{last}"


@app.command()
def disable(webhook: Id, database_url: DatabaseUrl) -> None:
    """Tell an address nothing more; what is on its way is dropped. For good: `add` makes another, with a new secret."""
    from backend.webhooks.queries import subscription
    from backend.webhooks.subscribe import unsubscribe

    async def run(connection: "Connection") -> bool | None:
        found = await subscription(connection, webhook)
        return None if found is None else await unsubscribe(connection, found, datetime.now(UTC))

    done = in_transaction(database_url, run)
    if done is None:
        stop("there is no such webhook: `hjerteloeber webhook list`")
    typer.echo("disabled" if done else "it was disabled already")


@app.command()
def test(webhook: Id, database_url: DatabaseUrl) -> None:
    """Send one signed event of type `test` to an address from here, and say what came of it."""
    from backend.webhooks.queries import subscription

    settings = _settings()

    async def run(connection: "Connection") -> "Subscription | None":
        return await subscription(connection, webhook)

    found = in_transaction(database_url, run)
    if found is None:
        stop("there is no such webhook: `hjerteloeber webhook list`")
    outcome = asyncio.run(_send_test(settings, found))
    if not outcome.startswith("2"):
        stop(f"not taken: {outcome}. docs/operators.md says what each word means")
    typer.echo(f"taken: {outcome}")


async def _send_test(settings: "Settings", subscription: "Subscription") -> str:
    from backend.foundation.ids import without_time
    from backend.identity.keys import load_keys
    from backend.webhooks.outside import may_call, open_session, post
    from backend.webhooks.payload import body_of, headers_for
    from backend.webhooks.subscribe import secret_in

    secret = secret_in(load_keys(settings), subscription.id, subscription.secret_sealed)
    if secret is None:
        return "secret_unreadable"
    now = datetime.now(UTC)
    body = body_of("test", now, None)
    headers = headers_for(secret, f"test-{without_time().hex}", body, now)
    async with open_session(may_call(loopback=settings.webhook_loopback)) as session:
        return await post(session, subscription.url, headers, body)


def _settings() -> "Settings":
    from backend.foundation.settings import WrongSettings, read_settings

    try:
        return read_settings(os.environ)
    except WrongSettings as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(2) from None
