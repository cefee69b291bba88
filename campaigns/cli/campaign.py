"""The commands about campaigns."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from backend.public.store import Connection, MachineClock
from campaigns.campaign import begin, queries, queries_codes, say
from campaigns.campaign.campaign import Campaign
from campaigns.cli.working import content_of, day, done, refuse
from campaigns.danish_day import day_of
from campaigns.landing import made_up as visits
from campaigns.modules.find import WrongModule, find, read_toml
from campaigns.modules.texts import Texts, Words, not_our_words
from campaigns.organisation import queries as organisations
from campaigns.organisation.unit import tree_on

app = typer.Typer(
    no_args_is_help=True, help="Begin a campaign, say whom it asks and what it says, approve that, and show it."
)
Name = Annotated[str, typer.Argument(help="The campaign’s name.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens; it stands in addresses.")],
    module: Annotated[str, typer.Option(help="Whose campaign it is.")],
    first: Annotated[date, typer.Option("--from", parser=day, metavar="DAY", help="Its first day.")],
    last: Annotated[date, typer.Option("--to", parser=day, metavar="DAY", help="Its last day.")],
    made_up: Annotated[
        bool, typer.Option("--made-up", help="To show things with made-up numbers; every page of it says so.")
    ] = False,
) -> None:
    """Begin a campaign of a module's organisation, whose tree was imported. Its texts wait for approval."""
    try:
        found = find(module)
    except WrongModule as wrong:
        refuse(wrong)

    async def work(connection: Connection) -> Campaign:
        now = MachineClock().now()
        made = await begin.begin(connection, name, found, first, last + timedelta(days=1), now, made_up=made_up)
        if found.asked is not None:
            units = {unit.code for unit in await organisations.history_of(connection, module)}
            await begin.ask(connection, made, begin.read_asked("asked.csv", found.asked, set(units)))
        return made

    made = done(work)
    print(f"{made.name} runs from {first} to {last}; no number below {made.k} is told.")
    print(f"Next: python -m campaigns campaign show {name}")


@app.command()
def ask(
    name: Name,
    file: Annotated[Path | None, typer.Argument(help="A CSV: unit;people;target;target_on.")] = None,
    made_up: Annotated[bool, typer.Option("--made-up", help="The module's made-up numbers, to try things.")] = False,
) -> None:
    """Say how many people of each unit's own are asked, and how many are hoped for by which day."""
    if (file is None) is not made_up:
        refuse("One of the two: a FILE, or --made-up for the module's made-up numbers")

    async def work(connection: Connection) -> int:
        campaign = await begin.campaign_named(connection, name)
        content = find(campaign.organisation).made_up_asked or b"" if file is None else content_of(file)
        units = {unit.code for unit in await organisations.history_of(connection, campaign.organisation)}
        asked = begin.read_asked("made_up_asked.csv" if file is None else file.name, content, set(units))
        await begin.ask(connection, campaign, asked)
        return len(asked)

    print(f"{done(work)} units")


@app.command()
def text(
    name: Name,
    danish: Annotated[Path, typer.Argument(help="A file as a module's texts_da.toml.")],
    english: Annotated[Path, typer.Argument(help="A file as a module's texts_en.toml.")],
) -> None:
    """Write the next version of what the campaign says. It is shown once owner and partners have approved it."""
    mistakes: list[str] = []
    da, en = (read_toml(path.name, content_of(path), Words, mistakes) for path in (danish, english))
    if da is not None:
        mistakes += not_our_words(danish.name, da)
    if mistakes or da is None or en is None:
        refuse("\n".join(mistakes))

    async def work(connection: Connection) -> int:
        campaign = await begin.campaign_named(connection, name)
        return await say.write(connection, campaign.id, Texts(da, en), MachineClock().now())

    print(f"version {done(work)}")


@app.command()
def approve(
    name: Name,
    version: Annotated[int, typer.Argument(help="Which version was read.")],
    party: Annotated[str, typer.Option("--as", help="The party that approves it: its code.")],
) -> None:
    """Approve a version for a party, for good."""

    async def work(connection: Connection) -> list[str]:
        campaign = await begin.campaign_named(connection, name)
        await say.approve(connection, campaign.id, version, party, MachineClock().now())
        found = await queries.versions_of(connection, campaign.id)
        return [code for each in found if each.number == version for code in each.missing]

    missing = done(work)
    print(f"version {version} is approved" + (f"; still to approve it: {', '.join(missing)}" if missing else " by all"))


@app.command("make-up-visits")
def make_up_visits(
    name: Name, seed: Annotated[int, typer.Option(help="Other visits, by the same sign-ups.")] = 1
) -> None:
    """Make up the visits that go with what was told of a campaign begun with --made-up. No other campaign gets any."""

    async def work(connection: Connection) -> int:
        found = await begin.campaign_named(connection, name)
        return await visits.make_up_visits(connection, found, day_of(MachineClock().now()), seed)

    print(f"{done(work)} made-up visits")


@app.command()
def show(name: Name) -> None:
    """Show a campaign: its parties, versions, units, people asked, codes."""

    async def work(connection: Connection) -> list[str]:
        campaign = await begin.campaign_named(connection, name)
        return await _shown(connection, campaign, day_of(MachineClock().now()))

    for line in done(work):
        print(line)


async def _shown(connection: Connection, campaign: Campaign, today: date) -> list[str]:
    tree = tree_on(await organisations.history_of(connection, campaign.organisation), today)
    asked = {each.unit: each for each in await queries.asked_of(connection, campaign.id)}
    codes = [code.unit for code in await queries_codes.codes_of(connection, campaign.id) if code.closed_at is None]
    last = campaign.until - timedelta(days=1)
    lines = [
        f"{campaign.name} ({campaign.organisation}), {campaign.since} to {last}; no number below {campaign.k} is told",
        *(["MADE UP: to show things; its numbers are not real"] if campaign.made_up else []),
        *(
            f"  {party.part.value:9} {party.code:10} {party.name_da}"
            for party in await queries.parties_of(connection, campaign.id)
        ),
        *(
            f"  version {version.number}: "
            + (f"waits for {', '.join(version.missing)}" if version.missing else "approved by all")
            for version in await queries.versions_of(connection, campaign.id)
        ),
        f"The units of {today}: people asked (of a unit's own), target, open codes",
    ]
    for root in tree.roots():
        for code in tree.whole(root):
            told = asked.get(code)
            people = "not told" if told is None else f"{told.people}"
            target = f"{told.target} by {told.target_on}" if told is not None and told.target else "–"
            depth = "  " * len(tree.way_to(code))
            lines.append(f"{depth}{code} {tree.units[code].name_da}: {people}, {target}, {codes.count(code)}")
    return lines
