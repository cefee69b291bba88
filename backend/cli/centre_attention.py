"""`hjerteloeber centre attention`, `number`, `overflow` and `overflow-end`: how a centre is called, and who helps."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from backend.attention.item import Acknowledges
from backend.cli.owner import DatabaseUrl, in_transaction, stop

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.foundation.ids import CentreId

Code = Annotated[str, typer.Argument(metavar="CENTRE", help="The centre's code.", show_default=False)]
To = Annotated[str, typer.Option("--to", help="Code of the centre that helps.", show_default=False)]
Author = Annotated[str, typer.Option(help="Who decided it: a role, no person.")]

_HOURS = re.compile(r"([01]?\d|2[0-3])-([01]?\d|2[0-3])")
_ALWAYS = "0-0"


def attention(
    centre: Code,
    database_url: DatabaseUrl,
    acknowledges: Annotated[
        Acknowledges | None, typer.Option("--acknowledges", help="Who says that a report was seen; or show it.")
    ] = None,
    nobody_after_s: Annotated[
        int,
        typer.Option("--nobody-after", min=10, max=3600, help="Seconds without anybody on the way until it sounds."),
    ] = 120,
    author: Author = "operator",
) -> None:
    """Say who acknowledges a centre's reports, and after how long it sounds that nobody goes; or show it.

    Whatever is chosen, alarms go out at once: alerting never waits for a click.
    """
    from backend.attention import agreed, look
    from backend.attention.item import Rule
    from backend.foundation.database import Actor, Role

    async def run(connection: "Connection") -> Rule:
        now = datetime.now(UTC)
        whose = await _centre(connection, centre, now)
        if acknowledges is not None:
            lasts = timedelta(seconds=nobody_after_s)
            await agreed.set_rule(connection, Actor(Role.OWNER), whose, acknowledges, lasts, author, now)
        return await look.rule_of(connection, whose, now)

    rule = in_transaction(database_url, run)
    seconds = round(rule.nobody_after.total_seconds())
    typer.echo(f"{centre}: {rule.acknowledges.value} acknowledges; nobody on the way sounds after {seconds} s")


def number(
    centre: Code,
    database_url: DatabaseUrl,
    phone: Annotated[str | None, typer.Argument(metavar="NUMBER", help="As a phone dials it; left out: none.")] = None,
    author: Author = "operator",
) -> None:
    """Set the number that those on the way for a centre are shown, to ring its people; without NUMBER: none."""
    from backend.foundation.database import Actor, Role
    from backend.regions import numbers

    async def run(connection: "Connection") -> None:
        now = datetime.now(UTC)
        whose = await _centre(connection, centre, now)
        await numbers.set_number(connection, Actor(Role.OWNER), whose, phone, author, now)

    try:
        in_transaction(database_url, run)
    except numbers.NoNumber:
        stop(f"{phone!r} is no number a phone can dial, such as +4570123456")
    typer.echo(f"{centre}: those on the way are shown {phone or 'no number'}")


def overflow(
    centre: Code,
    to: To,
    database_url: DatabaseUrl,
    after_s: Annotated[int, typer.Option("--after", min=10, max=3600, help="Seconds until somebody should have.")] = 60,
    lends_for_min: Annotated[int, typer.Option("--for", min=1, max=720, help="Minutes it is lent each time.")] = 60,
    hours: Annotated[str, typer.Option(help="Danish hours, such as 22-6; alike: always.")] = _ALWAYS,
    author: Author = "operator",
) -> None:
    """Agree that a neighbour sees, follows and stands down a centre's incidents when nobody there takes one up.

    Never by default, each time for a while, journalled on both sides. The owner keeps the incident.
    """
    from backend.attention import agreed
    from backend.attention.item import Agreement
    from backend.foundation.database import Actor, Role

    within = _HOURS.fullmatch(hours)
    if within is None:
        stop("--hours are two whole hours of the Danish day, such as 22-6")

    async def run(connection: "Connection") -> None:
        now = datetime.now(UTC)
        whose, whom = await _centre(connection, centre, now), await _centre(connection, to, now)
        if whose == whom:
            stop("a centre cannot be its own neighbour")
        agreement = Agreement(
            whom, timedelta(seconds=after_s), int(within[1]), int(within[2]), timedelta(minutes=lends_for_min)
        )
        await agreed.agree(connection, Actor(Role.OWNER), whose, agreement, author, now)

    in_transaction(database_url, run)
    typer.echo(f"{to} helps {centre} after {after_s} s, for {lends_for_min} min each time, {hours}")


def overflow_end(centre: Code, to: To, database_url: DatabaseUrl, author: Author = "operator") -> None:
    """End an agreement on overflow. What is lent goes on to its end: `hjerteloeber access take-back` ends it now."""
    from backend.attention import agreed
    from backend.foundation.database import Actor, Role

    async def run(connection: "Connection") -> bool:
        now = datetime.now(UTC)
        whose, whom = await _centre(connection, centre, now), await _centre(connection, to, now)
        return await agreed.end_agreement(connection, Actor(Role.OWNER), whose, whom, author, now)

    if not in_transaction(database_url, run):
        stop(f"nothing is agreed between {centre} and {to}")
    typer.echo(f"{to} helps {centre} no more")


async def _centre(connection: "Connection", code: str, now: datetime) -> "CentreId":
    from backend.foundation.database import enter
    from backend.foundation.ids import CentreId
    from backend.regions.queries import centre_now_or_to_come

    found = await centre_now_or_to_come(connection, code, now)
    if found is None:
        stop(f"there is no centre {code}; `hjerteloeber centre list` shows all")
    await enter(connection, found.id)
    return CentreId(found.id)


def add_to(app: typer.Typer) -> None:
    """The commands beside `centre list`."""
    for verb in (attention, number, overflow, overflow_end):
        app.command(verb.__name__.replace("_", "-"))(verb)
