"""The commands about tokens, by which a party's own programme reads the numbers."""

from datetime import date, timedelta
from typing import Annotated

import typer

from backend.public.store import Connection, MachineClock
from campaigns.campaign import begin
from campaigns.cli.managers import Campaign, PartyOption, UnitOption
from campaigns.cli.working import day, done, unit_typed
from campaigns.danish_day import day_of
from campaigns.managers import queries_tokens
from campaigns.managers import tokens as verbs
from campaigns.managers.manager import Token
from campaigns.managers.secret import Secret

app = typer.Typer(no_args_is_help=True, help="Make, list and withdraw tokens of the API.")
Name = Annotated[str, typer.Argument(help="What reads with it: »Power BI«.")]


@app.command()
def make(
    campaign: Campaign,
    name: Name,
    party: PartyOption,
    unit: UnitOption = "",
    until: Annotated[
        date | None, typer.Option(parser=day, metavar="DAY", help="Its last day; left out: 400 days from now.")
    ] = None,
) -> None:
    """Make a token and print it, this once: it is kept as a hash only. It reads, and changes nothing."""
    code = unit_typed(unit, campaign)

    async def work(connection: Connection) -> tuple[Token, Secret]:
        found = await begin.campaign_named(connection, campaign)
        return await verbs.make(connection, found, name, party, code, until, MachineClock().now())

    token, secret = done(work)
    print(secret)
    typer.echo(f"{token.name} reads as {party} until {_last_day(token)}; this is the only time it is shown", err=True)


@app.command("list")
def list_(campaign: Campaign) -> None:
    """List a campaign's tokens; of a secret there is only a hash, so none is shown."""

    async def work(connection: Connection) -> list[Token]:
        found = await begin.campaign_named(connection, campaign)
        return await queries_tokens.tokens_of(connection, found.id)

    for token in done(work):
        used = "never used" if token.used_on is None else f"last used {token.used_on}"
        print(f"{token.name:24} {token.party:10} {token.unit or '–':12} until {_last_day(token)}  {used}")


@app.command()
def withdraw(campaign: Campaign, name: Name) -> None:
    """Withdraw a token, from this moment on."""

    async def work(connection: Connection) -> None:
        found = await begin.campaign_named(connection, campaign)
        await verbs.withdraw(connection, found, name, MachineClock().now())

    done(work)
    print(f"{name} opens nothing any more")


def _last_day(token: Token) -> date:
    return day_of(token.expires_at - timedelta(seconds=1))
