"""`hjerteloeber centre …`: the dispatch centres that report incidents here."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import centre_attention
from backend.cli.owner import DatabaseUrl, in_transaction, stop
from backend.foundation.kinds import Kind
from backend.regions.area import Level

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.foundation.ids import CentreId
    from backend.regions.queries import Centre
    from backend.regions.queries_feeds import Watched

app = typer.Typer(
    help="Dispatch centres (AMK-vagtcentraler): who may report incidents here.\n\n"
    "Five ship with the project. A centre's system logs in with what `hjerteloeber client add` gives it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")


@app.command("list")
def show(database_url: DatabaseUrl) -> None:
    """Show the centres of today and those to come."""
    from backend.foundation.clock import COPENHAGEN
    from backend.regions.queries import centres

    now = datetime.now(UTC)

    async def run(connection: "Connection") -> "list[Centre]":
        return await centres(connection, now)

    for centre in in_transaction(database_url, run):
        begins = f", from {centre.valid_from.astimezone(COPENHAGEN):%Y-%m-%d}" if centre.valid_from > now else ""
        typer.echo(f"{centre.code:<20} {centre.kind:<10} {centre.name}{begins}")


@app.command()
def add(
    code: Annotated[str, typer.Argument(help="Short and lasting, such as amk-hovedstaden.", show_default=False)],
    name: Annotated[str, typer.Argument(help="As people say it.", show_default=False)],
    database_url: DatabaseUrl,
    kind: Annotated[Kind, typer.Option(help="Anything but live never rings a citizen.")] = Kind.LIVE,
    regions: Annotated[
        list[str] | None, typer.Option("--region", help="Code of a region it answers for; may be repeated.")
    ] = None,
    municipalities: Annotated[
        list[str] | None, typer.Option("--municipality", help="Code of a municipality it answers for; may be repeated.")
    ] = None,
    starts: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Danish day of its beginning.", show_default="today"),
    ] = None,
) -> None:
    """Make a dispatch centre.

    Only one centre answers for an area at a time. A centre may report incidents anywhere, whatever it answers for.
    """
    from backend.foundation.clock import COPENHAGEN, copenhagen_midnight
    from backend.regions.centres import AreaTaken, CodeTaken, add_centre

    if not _CODE.fullmatch(code):
        stop("a centre's code has 2 to 41 small letters, digits and hyphens")
    day = starts or datetime.now(COPENHAGEN)
    begins = copenhagen_midnight(day.year, day.month, day.day)
    answers_for = [
        *((Level.REGION, region) for region in regions or ()),
        *((Level.MUNICIPALITY, municipality) for municipality in municipalities or ()),
    ]

    async def run(connection: "Connection") -> "CentreId":
        return await add_centre(connection, code, name, kind, answers_for, begins)

    try:
        made = in_transaction(database_url, run)
    except CodeTaken:
        stop(f"there is a centre {code} already; `hjerteloeber centre list` shows all")
    except AreaTaken as taken:
        stop(f"another centre answers for {taken.code}")
    typer.echo(f"made {code} ({made}); let its system in with: hjerteloeber client add --centre {code}")


@app.command("by-hand")
def by_hand(
    code: Annotated[str, typer.Argument(help="The centre's code.", show_default=False)],
    database_url: DatabaseUrl,
    an_hour: Annotated[int, typer.Option(min=0, help="Live alarms one person raises alone within an hour.")],
    uncertain_m: Annotated[int, typer.Option(min=0, help="How uncertain a place may be, in metres.")],
    author: Annotated[str, typer.Option(help="Who decided it: a role, no person.")] = "operator",
) -> None:
    """Say how far one person goes alone when raising alarms by hand.

    Beyond that the alarm goes out all the same, and a second person is called who may stop it. From now on; the journal
    keeps it. Where nothing was said it is 3 an hour and 500 m.
    """
    from backend.foundation.database import Actor, Role
    from backend.foundation.ids import CentreId
    from backend.incidents.by_hand import set_limit
    from backend.incidents.raised import Limit
    from backend.regions.queries import centre_now_or_to_come

    now = datetime.now(UTC)

    async def run(connection: "Connection") -> bool:
        found = await centre_now_or_to_come(connection, code, now)
        if found is None:
            return False
        centre_id = CentreId(found.id)
        actor = Actor(Role.OWNER, centre_id)
        await set_limit(connection, actor, centre_id, Limit(an_hour, uncertain_m), author, now)
        return True

    if not in_transaction(database_url, run):
        stop(f"there is no centre {code}; `hjerteloeber centre list` shows all")
    typer.echo(f"{code}: beyond {an_hour} alarms an hour or {uncertain_m} m a second person is called")


@app.command()
def feeds(database_url: DatabaseUrl) -> None:
    """Show when each dispatch system was last heard from, and how far its clock is off."""
    from backend.foundation.clock import COPENHAGEN
    from backend.regions.feeds import is_silent
    from backend.regions.queries_feeds import watched

    now = datetime.now(UTC)

    async def run(connection: "Connection") -> "list[Watched]":
        return await watched(connection, now)

    for feed in in_transaction(database_url, run):
        state = "SILENT" if is_silent(feed.heard_at, now) else "heard"
        at = f"{feed.heard_at.astimezone(COPENHAGEN):%Y-%m-%d %H:%M:%S %Z}"
        ahead_s = round(feed.clock_ahead_s, 1) + 0.0  # no minus before a nought
        typer.echo(f"{feed.code:<20} {feed.kind.value:<10} {state:<7} {at}  clock {ahead_s:+.1f} s")


@app.command("forget-feed")
def forget_feed(
    code: Annotated[str, typer.Argument(help="The centre's code.", show_default=False)],
    database_url: DatabaseUrl,
    kind: Annotated[Kind, typer.Option(help="Of which kind its reports were.")] = Kind.LIVE,
) -> None:
    """Stop watching a dispatch system that was taken out of use. Its next heartbeat brings it back."""
    from backend.regions.queries_feeds import forget

    async def run(connection: "Connection") -> bool:
        return await forget(connection, code, kind, datetime.now(UTC))

    if not in_transaction(database_url, run):
        stop(f"no heartbeat of kind {kind.value} ever came from {code}")
    typer.echo(f"{code} is not watched for heartbeats of kind {kind.value} any more")


centre_attention.add_to(app)
