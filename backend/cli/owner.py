"""Working on the database as its owner, from the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.identity.data_keys import KeyRing

T = TypeVar("T")
ErasuresFolder = Annotated[
    str | None,
    typer.Option(
        "--erasures-folder",
        envvar="HJERTELOEBER_ERASURES_FOLDER",
        help="Where the list of erasures is kept, outside the database.",
        show_default=False,
    ),
]
DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database-url",
        envvar="HJERTELOEBER_DATABASE_URL",
        help="The database, as its owner: postgresql://user@host/name",
        show_default=False,
    ),
]


DataKeyFile = Annotated[
    Path,
    typer.Option(
        "--data-key-file",
        envvar="HJERTELOEBER_DATA_KEY_FILE",
        exists=True,
        dir_okay=False,
        help="The service's own: names, phones and addresses are sealed with it.",
        show_default=False,
    ),
]


def ring_in(data_key_file: Path) -> "KeyRing":
    """The keys in the file; a mistake in it ends the command with one sentence."""
    from backend.foundation.settings import WrongSettings
    from backend.identity.keys import ring_in as read

    try:
        return read(data_key_file.read_bytes())
    except WrongSettings as wrong:
        stop(str(wrong))


def in_transaction(database_url: str, run: Callable[["Connection"], Awaitable[T]], ring: "KeyRing | None" = None) -> T:
    """Do `run` in one transaction as the database's owner; what goes wrong with the database becomes one sentence.

    `ring`: for what seals or opens somebody's name or phone.
    """
    import asyncpg

    from backend.foundation.database import connect
    from backend.identity.data_keys import Unreadable

    async def connected() -> T:
        connection = await connect(database_url, ring)
        try:
            async with connection.transaction():
                return await run(connection)
        finally:
            await connection.close()

    try:
        return asyncio.run(connected())
    except asyncpg.UndefinedTableError:
        stop("the database has no tables of ours yet: run `hjerteloeber migrate` first")
    except asyncpg.InsufficientPrivilegeError:
        stop("this database user may not write here: use the owner's address in --database-url")
    except Unreadable as why:
        stop(f"somebody's name or phone cannot be read ({why}): is this the service's HJERTELOEBER_DATA_KEY_FILE?")
    except _no_such_database() as error:
        stop(f"the database cannot be used ({type(error).__name__}): check --database-url")


def _no_such_database() -> tuple[type[Exception], ...]:
    """What a wrong address looks like; anything else from the database is a fault of ours and is shown as one."""
    import asyncpg

    return (
        OSError,
        asyncpg.InterfaceError,
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.InvalidCatalogNameError,
        asyncpg.InvalidAuthorizationSpecificationError,
    )


def stop(sentence: str) -> NoReturn:
    """End the command with one sentence about what to do."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
