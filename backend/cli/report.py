"""`hjerteloeber report …`: what an operator reads the day after."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop
from backend.foundation.kinds import Kind

if TYPE_CHECKING:
    from backend.delivery.report import Line, Report
    from backend.foundation.database import Connection

app = typer.Typer(
    help="Reports: counts, never a person.", no_args_is_help=True, add_completion=False, rich_markup_mode="markdown"
)


@app.callback()
def reports() -> None:
    """Reports: counts, never a person."""


@app.command()
def delivery(
    database_url: DatabaseUrl,
    day: Annotated[str, typer.Option(help="Danish day, YYYY-MM-DD.", show_default="yesterday")] = "",
    kind: Annotated[Kind, typer.Option(help="Of which alarms.")] = Kind.LIVE,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with FCM's own metric names.")] = False,
) -> None:
    """What became of a day's rings, new places and stand-downs: by channel, platform and app version.

    Groups of fewer than 5 people are left out. What only Google knows is null.
    """
    import msgspec

    from backend.delivery.report import report
    from backend.foundation.clock import COPENHAGEN

    try:
        wanted = date.fromisoformat(day) if day else datetime.now(UTC).astimezone(COPENHAGEN).date() - timedelta(days=1)
    except ValueError:
        stop(f"{day} is no day; write it as 2026-11-21")

    async def run(connection: "Connection") -> "Report":
        return await report(connection, wanted, kind)

    found = in_transaction(database_url, run)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    typer.echo(f"{wanted}, {kind.value}: {len(found.lines)} groups, {found.hidden_groups} too small to be shown")
    for line in found.lines:
        typer.echo(_said(line))


def _said(line: "Line") -> str:
    g = line.group
    who = f"{g.channel} {g.platform or '-'} {g.app_version or '-'}"
    took = "-" if g.latency_ms is None else " / ".join(f"{ms:.0f}" for ms in g.latency_ms)
    said = (
        f"{who}: {g.deliveries} deliveries to {g.people} people: {g.accepted} accepted, {g.rejected} rejected, "
        f"{g.expired} expired, {g.stopped} stopped, {g.not_needed} not needed; {g.received} shown\n"
        f"  {g.attempts} attempts: {g.attempts_accepted} accepted, {g.attempts_rejected} rejected, "
        f"{g.attempts_ambiguous} ambiguous, {g.attempts_not_sent} not sent; p50 / p95 / p99 {took} ms"
    )
    if line.fcm is None:
        return said
    delivered = line.fcm.messageOutcomePercents.delivered
    shown = "unknown" if delivered is None else f"at least {delivered} %"
    return f"{said}\n  countMessagesAccepted {line.fcm.countMessagesAccepted}, delivered {shown}"
