"""What every command needs: settings, the database, a day; and how a refusal is told."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeVar

import asyncpg
import typer

from backend.public.store import Connection, open_store
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.say import NotTheirs
from campaigns.modules.find import WrongModule
from campaigns.organisation.keep import Wrong
from campaigns.organisation.read import parse_code, parse_day
from campaigns.organisation.unit import UnitCode
from campaigns.settings import Settings, WrongSettings, read_settings

T = TypeVar("T")
REFUSALS = (CannotBe, NotTheirs, Wrong, WrongModule, WrongSettings)


def refuse(why: object) -> NoReturn:
    """End with a sentence, or several, and exit code 1."""
    typer.echo(str(why), err=True)
    raise typer.Exit(1)


def settings() -> Settings:
    try:
        return read_settings(os.environ)
    except WrongSettings as wrong:
        refuse(wrong)


def done(work: Callable[[Connection], Awaitable[T]]) -> T:
    """What `work` gave, done in one transaction; a refusal is told, and nothing of it kept."""
    address = settings().database_url

    async def run() -> T:
        store = await open_store(address)
        try:
            async with store.transaction() as connection:
                return await work(connection)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except REFUSALS as refused:
        refuse(refused)
    except asyncpg.PostgresError as fault:
        refuse(f"The database refused ({fault}): was `python -m campaigns migrate` run, with its owner's log-in?")
    except OSError as fault:
        refuse(f"The database cannot be reached ({fault}): see CAMPAIGNS_DATABASE_URL")


def day(text: str) -> date:
    """For an option's parser."""
    found = parse_day(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no day: as 2027-01-31 or 31-01-2027")
    return found


def content_of(path: Path) -> bytes:
    """What a file holds."""
    try:
        return path.read_bytes()
    except OSError as fault:
        refuse(f"{path} cannot be read: {fault.strerror}")


def unit_typed(unit: str, campaign: str) -> UnitCode | None:
    """An optional unit's code as somebody typed it."""
    code = parse_code(unit)
    if unit and code is None:
        refuse(f"{unit!r} is no unit's code: `python -m campaigns campaign show {campaign}` lists them")
    return code
