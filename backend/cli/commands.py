"""The commands every installation has; each imports what it needs when it runs, so that `--help` is quick."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import (
    access,
    bench,
    centre,
    channel,
    client,
    drill,
    erasures,
    import_tiles,
    imports,
    journal,
    keys,
    person,
    policy,
    report,
    staff,
    synthetic,
    webhook,
)
from backend.cli.check import check, refuse_if_unfit
from backend.cli.conform import conform
from backend.cli.demo import demo
from backend.cli.exposed import exposed
from backend.cli.people import play_people
from backend.cli.story import story
from backend.foundation.settings import Serves

if TYPE_CHECKING:
    from backend.foundation.settings import Settings

app = typer.Typer(
    name="hjerteloeber",
    help="Alerts hjerteløbere near a suspected cardiac arrest.\n\n"
    "Newcomers: `hjerteloeber demo` shows everything at work, `hjerteloeber story` one arrest from start to end.\n\n"
    "Operators: `migrate`, then `serve` and `work` as processes of their own, as many as are needed. Settings are the "
    "environment variables HJERTELOEBER_*; docs/operators.md explains each.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

app.command()(demo)
app.command()(story)
app.command()(conform)
app.command()(exposed)
app.command()(check)
app.command("test-centre")(play_people)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    processes: Annotated[int, typer.Option(help="Worker processes that share the port.", min=1)] = 1,
    behind: Annotated[
        str,
        typer.Option(
            metavar="ADDRESSES",
            help="Addresses or networks of reverse proxies, parted by commas, whose X-Forwarded-For is believed: "
            "limits by network count the phone's address, not the proxy's. Left out: HJERTELOEBER_TRUSTED_PROXIES.",
        ),
    ] = "",
    only: Annotated[
        Serves | None,
        typer.Option(
            help="For whom this process is; the others' routes are not there. Give dispatch centres one of their own. "
            "Left out: HJERTELOEBER_ONLY, or all.",
        ),
    ] = None,
) -> None:
    """Serve the API: phones, dispatch centres, health, documentation at /docs."""
    if only is not None:
        os.environ["HJERTELOEBER_ONLY"] = only.value
    if behind:
        os.environ["HJERTELOEBER_TRUSTED_PROXIES"] = behind
    refuse_if_unfit(settings())  # all mistakes now, in one message, rather than in each process
    from backend.cli.server import serve as run

    run("backend.app.asgi:app", host, port, processes)


@app.command()
def work() -> None:
    """Do the work behind the API: send, settle, ring timers, keep house. Run as many as are needed."""
    import uvloop

    from backend.foundation.telemetry import start_logging
    from backend.worker.run import run

    found = settings()
    refuse_if_unfit(found)
    start_logging(found.log_format, "worker")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `serve` has it: half the time a push
        runner.run(run(found))


@app.command()
def migrate() -> None:
    """Bring the database up to date and load what ships with this version. Safe to repeat, safe in parallel."""
    from backend.cli.migrating import bring_up_to_date
    from backend.identity.keys import load_ring

    found = settings()
    for line in asyncio.run(bring_up_to_date(found.database_url, load_ring(found))):
        typer.echo(line)
    if found.erasures_folder is not None:
        erasures.apply_or_say_so(found)


@app.command()
def openapi(
    write: Annotated[bool, typer.Option("--write", help="Write the files; without it they are only compared.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the files are.")] = Path("openapi"),
) -> None:
    """Compare openapi/*.json with this version's routes, or write them anew (--write)."""
    from backend.app.openapi.files import different, write_files

    if write:
        for path in write_files(folder):
            typer.echo(f"wrote {path}")
        return
    if stale := different(folder):
        typer.echo(
            f"not as this version serves it: {', '.join(str(path) for path in stale)}; run with --write", err=True
        )
        raise typer.Exit(1)
    typer.echo("openapi/ is as this version serves it")


imports.app.command()(import_tiles.tiles)
app.add_typer(imports.app, name="import")
app.add_typer(centre.app, name="centre")
app.add_typer(access.app, name="access")
app.add_typer(client.app, name="client")
app.add_typer(policy.app, name="policy")
app.add_typer(channel.app, name="channel")
app.add_typer(webhook.app, name="webhook")
app.add_typer(report.app, name="report")
app.add_typer(journal.app, name="journal")
app.add_typer(staff.app, name="staff")
app.add_typer(drill.app, name="drill")
app.add_typer(keys.app, name="keys")
app.add_typer(person.app, name="person")
app.add_typer(erasures.app, name="erasures")
app.add_typer(synthetic.app, name="synthetic")
app.add_typer(bench.app, name="bench")


def settings() -> "Settings":
    """The settings from the environment; every mistake in them ends the command with one message."""
    from backend.foundation.settings import WrongSettings, read_settings
    from backend.identity.keys import load_keys

    try:
        found = read_settings(os.environ)
        load_keys(found)
    except WrongSettings as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(2) from None
    return found
