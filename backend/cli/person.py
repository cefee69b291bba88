"""`hjerteloeber person …`: what somebody without the app asks of an operator: a copy, to be left alone, to go."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

from backend.cli.owner import stop

if TYPE_CHECKING:
    from backend.foundation.database import Database
    from backend.foundation.ids import VolunteerId
    from backend.foundation.settings import Settings
    from backend.identity.keys import Keys
    from backend.rights.erasure_list import ErasureList

T = TypeVar("T")

app = typer.Typer(
    help="What a hjerteløber asks of us by another way than the app. Prove first that it is them: a code to their "
    "phone, or in person. Every command is written in the journal with the signs of who did it.\n\n"
    "With the settings of a `serve` process.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

Phone = Annotated[str | None, typer.Option(help="Their phone. Or else --id.", show_default=False)]
Id = Annotated[UUID | None, typer.Option("--id", help="Their id, as a journal has it.", show_default=False)]
By = Annotated[str, typer.Option(help="Your sign in the duty list: initials, no name.", show_default=False)]
_SIGN = re.compile(r"[A-Za-zÆØÅæøå0-9.-]{2,20}")


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Where the copy goes; made anew, readable for you alone.")],
    by: By,
    second: Annotated[str, typer.Option(help="The sign of a second person, who has looked at what is asked for.")],
    phone: Phone = None,
    volunteer: Id = None,
) -> None:
    """Write a copy of everything that is held about somebody into a file: JSON, docs/export.md says what means what.

    The signs are believed. A copy that waits for a second person is asked for at /konsol/godkendelser.
    """
    import msgspec

    from backend.foundation.clock import MachineClock
    from backend.foundation.database import Actor, Lane, Role
    from backend.rights.export import export as export_of

    signs = (_sign(by), _sign(second))
    if signs[0].lower() == signs[1].lower():
        stop("--by and --second are two people: nobody takes a copy of somebody alone")
    if out.exists():
        stop(f"{out} is there already")

    async def run(database: "Database", keys: "Keys", _listing: "ErasureList", volunteer_id: "VolunteerId") -> bytes:
        actor = Actor(Role.API, person_id=volunteer_id)
        async with database.acting_as(actor, Lane.REST) as connection:
            made = await export_of(connection, actor, keys, volunteer_id, MachineClock().now(), by=signs)
        return msgspec.json.format(msgspec.json.encode(made), indent=1)

    text = _for_person(phone, volunteer, run)
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    typer.echo(f"{out}: {len(text):,} bytes. Give it to nobody but them, and delete it then.")


@app.command()
def withdraw(by: By, phone: Phone = None, volunteer: Id = None) -> None:
    """Nobody asks them any more when this ends; erased in seven days unless it is taken back."""
    from backend.foundation.clock import MachineClock
    from backend.rights.on_behalf import withdraw_person

    sign = _sign(by)

    async def run(database: "Database", _keys: "Keys", listing: "ErasureList", volunteer_id: "VolunteerId") -> str:
        done = await withdraw_person(database, listing, volunteer_id, MachineClock(), by=sign)
        return f"{done.erased_at:%Y-%m-%d %H:%M %Z}"

    typer.echo(f"withdrawn; erased on {_for_person(phone, volunteer, run)}")


@app.command("take-back")
def take_back(by: By, phone: Phone = None, volunteer: Id = None) -> None:
    """Take a withdrawal back: they are asked again, from the next position their phone tells."""
    from backend.foundation.clock import MachineClock
    from backend.rights.on_behalf import take_back_for

    sign = _sign(by)

    async def run(database: "Database", _keys: "Keys", listing: "ErasureList", volunteer_id: "VolunteerId") -> None:
        await take_back_for(database, listing, volunteer_id, MachineClock(), by=sign)

    _for_person(phone, volunteer, run)
    typer.echo("taken back")


@app.command()
def erase(
    by: By,
    phone: Phone = None,
    volunteer: Id = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase somebody in every room, at once and for good; a mission is given up, and others are asked."""
    from backend.foundation.clock import MachineClock
    from backend.rights.on_behalf import erase_person

    sign = _sign(by)
    if not yes:
        typer.confirm("This cannot be undone. Erase them?", abort=True)

    async def run(database: "Database", keys: "Keys", listing: "ErasureList", volunteer_id: "VolunteerId") -> None:
        await erase_person(database, listing, keys, volunteer_id, MachineClock(), by=sign)

    _for_person(phone, volunteer, run)
    typer.echo("erased")


def _sign(text: str) -> str:
    if not _SIGN.fullmatch(text.strip()):
        stop("a sign is two to twenty letters and digits, as in the duty list")
    return text.strip()


def _for_person(
    phone: str | None,
    volunteer: UUID | None,
    run: "Callable[[Database, Keys, ErasureList, VolunteerId], Awaitable[T]]",
) -> T:
    from backend.cli.commands import settings
    from backend.foundation.problems import Problem

    if (phone is None) == (volunteer is None):
        stop("say who: --phone or --id")
    try:
        return asyncio.run(_run(settings(), phone, volunteer, run))
    except Problem as refusal:
        stop("there is nobody of that id" if refusal.status == 401 else refusal.detail)
    except OSError as away:
        stop(f"the database cannot be used ({type(away).__name__})")


async def _run(
    found: "Settings",
    phone: str | None,
    volunteer: UUID | None,
    run: "Callable[[Database, Keys, ErasureList, VolunteerId], Awaitable[T]]",
) -> T:
    from backend.foundation.database import Lane, open_database
    from backend.foundation.ids import VolunteerId
    from backend.identity.keys import load_keys, load_ring
    from backend.rights.erasure_list import erasure_list

    keys = load_keys(found)
    database = await open_database(found.database_url, {Lane.REST: 1}, carries=load_ring(found))
    try:
        who = VolunteerId(volunteer) if volunteer is not None else await _of_phone(database, keys, str(phone))
        return await run(database, keys, erasure_list(found.erasures_folder), who)
    finally:
        await database.close()


async def _of_phone(database: "Database", keys: "Keys", phone: str) -> "VolunteerId":
    from backend.foundation.database import Actor, Lane, Role
    from backend.volunteers.phone import parse_phone
    from backend.volunteers.profile import find_account

    number = parse_phone(phone)
    async with database.acting_as(Actor(Role.API), Lane.REST) as connection:
        account = await find_account(connection, keys.phone_hash_key, number)
    if account is None:
        stop("no account has this phone")
    return account.volunteer_id
