"""`hjerteloeber exposed`: who saw what, for a breach."""

import csv
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.rights.exposed import Exposure


class Form(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def exposed(
    database_url: DatabaseUrl,
    since: Annotated[str, typer.Option(help="From this moment: 2026-11-28 or 2026-11-28T14:30, Danish time.")],
    by: Annotated[str, typer.Option(help="Your sign in the duty list; it stands in the journal.")],
    until: Annotated[str | None, typer.Option(help="Before this moment.", show_default="now")] = None,
    centre: Annotated[str | None, typer.Option(help="Code of one dispatch centre.", show_default="all")] = None,
    caller: Annotated[UUID | None, typer.Option(help="Id of one client, member of staff or volunteer.")] = None,
    form: Annotated[Form, typer.Option("--as", help="A table of callers, or every line as JSON or CSV.")] = Form.TABLE,
) -> None:
    """Who saw which patient's address, whose position, and who got a copy of what: ids, times and counts.

    *shown*: written down as it was shown. *opened*: from then on somebody could see it. What was seen stands in no
    list: incidents and people by id. `docs/da/databrud.md` says what to do with it within 72 hours.
    """
    from backend.foundation.database import Actor, Role
    from backend.regions.queries import centre_by_code
    from backend.rights.list_exposed import list_exposed

    now = datetime.now(UTC)
    begins, ends = _moment(since), now if until is None else _moment(until)
    if begins >= ends:
        stop("--since is before --until")

    async def run(connection: "Connection") -> "Exposure":
        found = None if centre is None else await centre_by_code(connection, centre, now)
        if centre is not None and found is None:
            stop(f"there is no dispatch centre {centre}: `hjerteloeber centre list` shows all")
        centre_id = None if found is None else found.id
        return await list_exposed(connection, Actor(Role.OWNER), begins, ends, centre_id, caller, by, now)

    _tell(in_transaction(database_url, run), form)


def _moment(text: str) -> datetime:
    from backend.foundation.clock import COPENHAGEN

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stop(f"{text} is no moment; write it as 2026-11-28T14:30")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=COPENHAGEN)


def _tell(found: "Exposure", form: Form) -> None:
    import msgspec

    from backend.rights.exposed import Seen, tally

    match form:
        case Form.JSON:
            typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
        case Form.CSV:
            writer = csv.writer(sys.stdout)
            names = [field.name for field in msgspec.structs.fields(Seen)]
            writer.writerow(names)
            for each in found.seen:
                row = msgspec.to_builtins(each)
                writer.writerow([row[name] for name in names])
        case Form.TABLE:
            for one in found.callers:
                typer.echo(
                    f"{one.times:>6} × {one.what:<11}{one.viewer:<11}{one.viewer_id or '-':<38}"
                    f"{one.incidents} incidents, {len(one.people)} people, "
                    f"{one.first:%Y-%m-%d %H:%M}–{one.last:%Y-%m-%d %H:%M} UTC"
                )
            counts = ", ".join(f"{number} {what}" for what, number in sorted(tally(found).items()))
            typer.echo(f"{len(found.seen)} lines by {len(found.callers)} callers: {counts or 'nothing was seen'}")
