"""Working on the database as its owner, from the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from backend.foundation.database import Connection

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


def in_transaction(database_url: str, run: Callable[["Connection"], Awaitable[T]]) -> T:
    """Do `run` in one transaction as the database's owner; what goes wrong with the database becomes one sentence."""
    import asyncpg

    from backend.foundation.database import prepare_connection

    async def connected() -> T:
        connection = await asyncpg.connect(database_url)
        try:
            await prepare_connection(connection)
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
