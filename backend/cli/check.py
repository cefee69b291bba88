"""`hjerteloeber check`: what is wrong with an installation, and what keeps a production process from starting."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend.foundation.settings import Settings
    from backend.installation.finding import Finding


def check(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON: a list, empty when nothing is wrong.")] = False,
) -> None:
    """Say what is wrong with this installation and what to do. Exit code 1 where something makes it unfit.

    It looks with the settings and the database log-in of `serve` or `work`: run it with each. Production refuses to
    start on an error that somebody made; never on one that came by time alone.
    """
    import msgspec

    from backend.cli.commands import settings
    from backend.installation.finding import Severity

    found = _found(settings())
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        for finding in found:
            typer.echo(f"{finding.severity.value:<8} {finding.name}: {finding.sentence}. {finding.do}")
        typer.echo("nothing to mend" if not found else f"{len(found)} to mend")
    if any(finding.severity is Severity.ERROR for finding in found):
        raise typer.Exit(1)


def refuse_if_unfit(settings: "Settings") -> None:
    """Ends a production process before it begins, with every reason; warns of the rest."""
    if not settings.in_production:
        return
    from backend.installation.check import keep_from_starting

    found = _found(settings)
    reasons = keep_from_starting(settings, found)
    for finding in found:
        kind = "refused" if finding in reasons else finding.severity.value
        typer.echo(f"{kind}: {finding.name}: {finding.sentence}. {finding.do}", err=True)
    if reasons:
        typer.echo("Not started: people rely on this installation. `hjerteloeber check` says the same.", err=True)
        raise typer.Exit(3)


def _found(settings: "Settings") -> "list[Finding]":
    from backend.foundation.clock import MachineClock
    from backend.installation.check import check as look

    return asyncio.run(look(settings, MachineClock()))
