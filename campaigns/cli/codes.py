"""The commands about join codes and what carries them."""

from pathlib import Path
from typing import Annotated

import typer

from backend.public.store import Connection, MachineClock
from campaigns.campaign import begin, join_code, queries, queries_codes
from campaigns.campaign import codes as verbs
from campaigns.campaign.campaign import Channel
from campaigns.campaign.codes import Made
from campaigns.campaign.queries_codes import Code
from campaigns.cli.working import done, refuse, settings
from campaigns.modules.texts import Language
from campaigns.organisation.read import parse_code

app = typer.Typer(no_args_is_help=True, help="Make, list and close join codes.")
Campaign = Annotated[str, typer.Argument(help="The campaign’s name.")]


@app.command()
def add(
    campaign: Campaign,
    unit: Annotated[str, typer.Argument(help="The unit’s code.")],
    channel: Annotated[Channel, typer.Argument(help="By what it reaches people.")],
    material: Annotated[str, typer.Option(help="What carries it, in your words: »kantine, A3«.")] = "",
) -> None:
    """Make a unit's code for a channel and a material; the one there is, if there is one."""
    code = parse_code(unit)
    if code is None:
        refuse(f"{unit!r} is no unit's code: `python -m campaigns campaign show {campaign}` lists them")

    async def work(connection: Connection) -> Made:
        found = await begin.campaign_named(connection, campaign)
        return await verbs.add_code(connection, found, code, channel, material, MachineClock().now())

    made = done(work)
    print(f"{join_code.aloud(made.code.code)}  {link_of(made.code)}" + ("" if made.is_new else "  (was there already)"))


@app.command("add-all")
def add_all(
    campaign: Campaign,
    channel: Annotated[Channel, typer.Argument(help="By what it reaches people.")],
    material: Annotated[str, typer.Option(help="What carries it, in your words: »kantine, A3«.")] = "",
) -> None:
    """Make such a code for every unit that is there and asks somebody; prints unit;code;link."""

    async def work(connection: Connection) -> list[Made]:
        found = await begin.campaign_named(connection, campaign)
        return await verbs.add_all(connection, found, channel, material, MachineClock().now())

    made = done(work)
    if not made:
        refuse(f"no unit asks anybody: `python -m campaigns campaign ask {campaign} FILE` first")
    print("unit;code;link")
    for each in made:
        print(f"{each.code.unit};{join_code.aloud(each.code.code)};{link_of(each.code)}")


@app.command("list")
def list_(campaign: Campaign) -> None:
    """List a campaign's codes."""

    async def work(connection: Connection) -> list[Code]:
        found = await begin.campaign_named(connection, campaign)
        return await queries_codes.codes_of(connection, found.id)

    for code in done(work):
        closed = "" if code.closed_at is None else f"  closed {code.closed_at:%Y-%m-%d}"
        print(f"{join_code.aloud(code.code)}  {code.unit:12} {code.channel.value:9} {code.material}{closed}")


@app.command()
def close(code: Annotated[str, typer.Argument(help="As printed; the hyphen may be left out.")]) -> None:
    """Close a code: whoever follows it can still sign up, and is counted for nobody."""
    closed = done(lambda connection: verbs.close_code(connection, code, MachineClock().now()))
    print(f"{join_code.aloud(closed.code)} is closed")


async def left_behind(connection: Connection, organisation: str) -> list[str]:
    """What is to be said of codes whose units are no longer where they were."""
    said = []
    for campaign in await queries.campaigns(connection):
        if campaign.organisation == organisation:
            said += [
                f"{campaign.name}: {join_code.aloud(code.code)} ({code.channel.value}) goes on counting where "
                f"{code.unit} was; `codes add` makes a new one, `codes close` ends this"
                for code in await verbs.left_behind(connection, campaign, MachineClock().now())
            ]
    return said


def link_of(code: Code) -> str:
    """The short link a code is reached by."""
    return f"{settings().public_url}/k/{code.code}"


def poster(
    code: Annotated[str, typer.Argument(help="As printed; the hyphen may be left out.")],
    out: Annotated[Path, typer.Option(help="The file to write: .pdf a poster, .svg or .png its QR code alone.")],
    lang: Annotated[Language, typer.Option(help="The page’s language that a QR code alone leads to.")] = Language.DA,
) -> None:
    """Make a poster in Danish and English, or a QR code, for a join code."""
    from campaigns.poster import qr
    from campaigns.poster.sheet import CannotPrint, link_of
    from campaigns.poster.sheet import poster as sheet

    if out.suffix.lower() == ".pdf" and lang is not Language.DA:
        refuse(f"{out.name}: a poster is in both languages; --lang is for .svg and .png")
    public_url = settings().public_url
    carried = done(lambda connection: verbs.carried(connection, code, MachineClock().now()))
    link = link_of(public_url, carried.code, lang)
    try:
        match out.suffix.lower():
            case ".pdf":
                look, version = carried.campaign, carried.version
                content = sheet(
                    version.texts, carried.code, public_url, look.colour, heart=look.heart, version=version.number
                )
            case ".svg":
                content = qr.svg(link)
            case ".png":
                content = qr.png(link)
            case _:
                refuse(f"{out.name}: a name that ends in .pdf, .svg or .png")
        out.write_bytes(content)
    except CannotPrint as why:
        refuse(why)
    except OSError as fault:
        refuse(f"{out} cannot be written: {fault.strerror}")
    print(f"{out} leads to {link}")
