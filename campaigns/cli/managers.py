"""The commands about who may look at a campaign's numbers."""

from typing import Annotated

import typer

from backend.public.store import Connection, MachineClock
from campaigns.campaign import begin
from campaigns.cli.working import done, unit_typed
from campaigns.managers import grants, queries
from campaigns.managers.manager import Grant, Granted, normal
from campaigns.modules.module import PartyCode

app = typer.Typer(
    no_args_is_help=True, help="Allow somebody to look at a campaign's numbers, list who may, withdraw it."
)
Campaign = Annotated[str, typer.Argument(help="The campaign’s name.")]
Email = Annotated[str, typer.Argument(help="Their address, as their sign-in says it.")]
PartyOption = Annotated[str, typer.Option(help="As one of which party: its code.")]
UnitOption = Annotated[str, typer.Option(help="That unit and those below only; left out: all that the party sees.")]


@app.command()
def allow(
    campaign: Campaign,
    email: Email,
    party: PartyOption,
    unit: UnitOption = "",
    name: Annotated[str, typer.Option(help="What they are called.")] = "",
    digest: Annotated[bool, typer.Option(help="Whether they get the weekly mail.")] = True,
) -> None:
    """Allow somebody to look: they sign in with this address. Again changes their name and the weekly mail only."""
    code = unit_typed(unit, campaign)

    async def work(connection: Connection) -> Grant:
        found = await begin.campaign_named(connection, campaign)
        now = MachineClock().now()
        return await grants.allow(connection, email, name, found, party, code, now, digest=digest)

    grant = done(work)
    what = f"{grant.unit} and those below" if grant.unit else f"all of {campaign} that {party} sees"
    print(f"{normal(email)} may look at {what} as {party}" + ("; the weekly mail goes to them" if digest else ""))


@app.command("list")
def list_(campaign: Campaign) -> None:
    """List who may look at a campaign, and at what."""

    async def work(connection: Connection) -> tuple[list[Granted], set[PartyCode]]:
        found = await begin.campaign_named(connection, campaign)
        return await queries.granted_of(connection, found.id), await grants.seeing_units(connection, found.id)

    granted, seeing = done(work)
    for each in granted:
        what = each.unit or ("all units" if each.party in seeing else "total only")
        mail = "weekly mail" if each.digest else "no mail"
        print(f"{each.email:32} {each.party:10} {what:12} {mail:12} {each.name}")


@app.command()
def withdraw(campaign: Campaign, email: Email, party: PartyOption, unit: UnitOption = "") -> None:
    """Withdraw what `allow` allowed, from this moment on."""
    code = unit_typed(unit, campaign)

    async def work(connection: Connection) -> None:
        found = await begin.campaign_named(connection, campaign)
        await grants.withdraw(connection, email, found, party, code, MachineClock().now())

    done(work)
    print(f"{normal(email)} may not look at {code or campaign} as {party} any more")


@app.command()
def forget(email: Email) -> None:
    """Delete somebody who has left. Their address may then be somebody else's, once that one is allowed to look."""
    done(lambda connection: grants.forget(connection, email))
    print(f"nothing is left of {normal(email)}")
