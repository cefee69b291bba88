"""The commands. Each imports what it needs when it runs, so that `--help` is quick."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from backend.public.store import Connection, MachineClock
from campaigns.cli import campaign, codes, managers, tokens
from campaigns.cli.working import content_of, day, done, refuse, settings
from campaigns.danish_day import day_of

app = typer.Typer(
    name="campaigns",
    help="Recruits hjerteløbere through organisations, whose managers see numbers and never a person.\n\n"
    "A campaign from nothing: `migrate`, `import-tree MODULE`, `campaign new`, `campaign ask`, `campaign approve`, "
    "`codes add`, `poster CODE`. Then `serve` shows its pages.\n\n"
    "Numbers: `managers allow` lets somebody see them, `tokens make` a programme, `digest` mails them every week.\n\n"
    "Settings are the environment variables CAMPAIGNS_*; docs/operators.md explains each.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(campaign.app, name="campaign")
app.add_typer(codes.app, name="codes")
app.add_typer(managers.app, name="managers")
app.add_typer(tokens.app, name="tokens")
app.command()(codes.poster)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8300,
    processes: Annotated[int, typer.Option(help="Worker processes that share the port.", min=1)] = 1,
) -> None:
    """Serve the landing pages (`/`, `/c/CAMPAIGN`, `/k/CODE`), `/tal` for managers, `/api/v1` for programmes.

    It logs no address of anybody, and needs none.
    """
    settings()  # all mistakes now, in one message, rather than in each process
    from campaigns.cli.server import serve as run

    run("campaigns.app:app", host, port, processes)


@app.command()
def migrate() -> None:
    """Bring the database up to date, the backend's part first. The log-in has to be the database's owner's."""
    from backend.public.store import migrate as apply

    try:
        applied = asyncio.run(apply(settings().database_url, "campaigns.migrations"))
    except asyncpg.PostgresError as fault:
        refuse(f"The database refused ({fault}): with its owner's log-in in CAMPAIGNS_DATABASE_URL it would not")
    except OSError as fault:
        refuse(f"The database cannot be reached ({fault}): see CAMPAIGNS_DATABASE_URL")
    for name in applied:
        print(f"applied {name}")
    if not applied:
        print("every migration is applied")


@app.command()
def modules() -> None:
    """List the installed modules, and what is wrong with one that cannot be used."""
    from campaigns.modules.find import WrongModule, find, packages

    for name, package in packages().items():
        try:
            print(f"{name:20} {find(name).facts.name_da} ({package})")
        except WrongModule as wrong:
            print(f"{name:20} {wrong}")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What the module is called: small letters, digits and hyphens.")],
    into: Annotated[Path, typer.Option(help="The folder it is laid out in.")] = Path(),
) -> None:
    """Lay out a module of your own: a folder of files to fill in, installed with pip."""
    from campaigns.modules.lay_out import CannotLayOut, lay_out

    try:
        folder = lay_out(name, into)
    except CannotLayOut as why:
        refuse(why)
    print(f"{folder} is laid out. Fill in its files, then: pip install {folder}; python -m campaigns modules")


@app.command()
def openapi(
    write: Annotated[bool, typer.Option("--write", help="Write the file; without it it is only compared.")] = False,
    folder: Annotated[Path, typer.Option(help="Where it is.")] = Path("openapi"),
) -> None:
    """Compare openapi/campaigns.json with this version's routes, or write it anew (--write)."""
    from campaigns.api.document import NAME, text
    from campaigns.api.document import write as write_it

    path = folder / NAME
    if write:
        print(f"wrote {write_it(folder)}")
    elif not path.is_file() or path.read_text("utf-8") != text():
        refuse(f"{path} is not as this version serves it: with --write it will be")
    else:
        print(f"{path} is as this version serves it")


@app.command("import-tree")
def import_tree(
    module: Annotated[str, typer.Argument(help="Whose units they are: a module (`modules` lists them).")],
    file: Annotated[Path | None, typer.Argument(help="A CSV; left out: the module's own.")] = None,
    since: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=day,
            metavar="DAY",
            help="For a list without days: it holds from this day on, and until then what was imported before.",
        ),
    ] = None,
    made_up: Annotated[bool, typer.Option("--made-up", help="With the module's made-up units, to try things.")] = False,
) -> None:
    """Make an organisation's tree what a file says. All mistakes at once, nothing half-written; again without harm."""
    from campaigns.modules.find import WrongModule, find
    from campaigns.organisation import keep
    from campaigns.organisation.read import read_tree, together

    try:
        found = find(module)
    except WrongModule as wrong:
        refuse(wrong)
    files = [("tree.csv", found.tree)] if file is None else [(file.name, content_of(file))]
    if made_up:
        files.append(("made_up.csv", found.made_up or b""))
    listed = together([read_tree(name, content, since) for name, content in files])

    async def work(connection: Connection) -> tuple[keep.Imported, list[str]]:
        imported = await keep.import_tree(connection, module, listed, since)
        return imported, await codes.left_behind(connection, module)

    imported, left = done(work)
    for line in [*imported.changes, *left]:
        print(line)
    print(f"{imported.units} units; {len(imported.changes)} changes")


@app.command("import-inhabitants")
def import_inhabitants(
    file: Annotated[Path, typer.Argument(help="A CSV: code;year;people. A municipality’s or region’s code, as 0101.")],
) -> None:
    """Say how many people live in each municipality, so that numbers can be told per 100,000. Again without harm."""
    from campaigns.areas import look_up

    async def work(connection: Connection) -> int:
        return await look_up.import_inhabitants(connection, file.name, content_of(file), day_of(MachineClock().now()))

    print(f"{done(work)} numbers of inhabitants")


@app.command()
def digest(
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: look every quarter of an hour, until stopped.")
    ] = False,
) -> None:
    """Send the weekly mail to the managers who want it and have not had it. Again without harm: once is enough."""
    found = settings()
    if not found.smtp_url:
        refuse("CAMPAIGNS_SMTP_URL is missing: the mail server, as smtp://mail.example:587")
    from campaigns.cli.mailing import send_and_tell

    try:
        asyncio.run(send_and_tell(found, watch=watch))
    except asyncpg.PostgresError as fault:
        refuse(f"The database refused ({fault}): was `python -m campaigns migrate` run, with its owner's log-in?")
    except OSError as fault:
        refuse(f"The database cannot be reached ({fault}): see CAMPAIGNS_DATABASE_URL")
