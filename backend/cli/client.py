"""`hjerteloeber client`: which dispatch centres' systems are let in, and with which keys and certificates."""

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import client_keys
from backend.cli.client_files import public_key_in, write_private_key
from backend.cli.owner import DatabaseUrl, in_transaction, stop
from backend.foundation.kinds import Kind

if TYPE_CHECKING:
    from backend.foundation.database import Connection, Database
    from backend.foundation.ids import CentreId, ClientKeyId
    from backend.identity.clients import Scope
    from backend.identity.jose import PublicKey

app = typer.Typer(
    help="Dispatch centres' systems and what they log in with.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")


@app.callback()
def client() -> None:
    """Dispatch centres' systems and what they log in with."""


@app.command()
def add(
    database_url: DatabaseUrl,
    centre: Annotated[str, typer.Option(help="Code of the centre it speaks for: `hjerteloeber centre list`.")],
    public_key: Annotated[
        Path | None, typer.Option(help="Its public key, from whoever runs it: PEM or JWK, Ed25519 or P-256.")
    ] = None,
    make_key: Annotated[
        Path | None, typer.Option(help="Make a key for it, and write the private one to this file: for trials.")
    ] = None,
    kind: Annotated[
        Kind | None,
        typer.Option(
            help="What its incidents are; anything but live never rings a citizen.", show_default="the centre's"
        ),
    ] = None,
    client_id: Annotated[str | None, typer.Option("--id", help="Its client id; one is made up otherwise.")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may follow incidents but not open any.")] = False,
) -> None:
    """Let a dispatch centre's system in. With neither key it needs a certificate: `client add-certificate`."""
    from backend.foundation.ids import CentreId
    from backend.foundation.problems import Problem
    from backend.identity.clients import scopes_of
    from backend.regions.queries import centre_now_or_to_come

    if client_id is not None and not _NAME.fullmatch(client_id):
        stop("a client id has 2 to 63 small letters, digits, dots and hyphens")
    name = client_id or _made_up(centre)
    private, key = _key(public_key, make_key)

    async def run(connection: "Connection") -> Kind | None:
        now = datetime.now(UTC)
        found = await centre_now_or_to_come(connection, centre, now)
        if found is None:
            return None
        if found.kind != Kind.LIVE and kind not in (None, found.kind):
            stop(f"{centre} is a centre of kind {found.kind}: so are its systems")
        chosen = kind or Kind(found.kind)
        scopes = scopes_of(chosen, read_only=read_only)
        await let_in(connection, CentreId(found.id), chosen, name, scopes, key, now)
        if make_key is not None:
            write_private_key(make_key, private)
        return chosen

    try:
        made = in_transaction(database_url, run)
    except Problem as refusal:
        stop(refusal.detail)
    if made is None:
        stop(f"there is no dispatch centre {centre}: `hjerteloeber centre add` makes one")
    _tell(name, made, make_key, has_key=key is not None)


def _key(public_key: Path | None, make_key: Path | None) -> "tuple[str, PublicKey | None]":
    """The private key that is to be written, where one is made, and the public one."""
    from backend.identity.client_keys import made_key

    if public_key is not None and make_key is not None:
        stop("give either --public-key or --make-key")
    if public_key is not None:
        return "", public_key_in(public_key)
    return made_key() if make_key is not None else ("", None)


def _tell(name: str, kind: Kind, written: Path | None, *, has_key: bool) -> None:
    typer.echo(f"client id  {name}")
    typer.echo(f"kind       {kind.value}")
    if written is not None:
        typer.echo(f"key        {written}: it is nowhere else, and this machine needs it no more")
    elif not has_key:
        typer.echo(f"It cannot log in yet: `hjerteloeber client add-certificate {name} …` or `add-key`")


async def add_for_centre(
    database: "Database", centre: str, kind: Kind, client_id: str, scopes: "Sequence[Scope]", now: datetime
) -> tuple[str, str] | None:
    """Client id and private key (PEM) of a new client; None when there is no such centre now."""
    from backend.foundation.database import Actor, Role
    from backend.foundation.ids import CentreId
    from backend.identity.client_keys import made_key
    from backend.regions.queries import centre_by_code

    async with database.acting_as(Actor(Role.API)) as connection:
        found = await centre_by_code(connection, centre, now)
    if found is None:
        return None
    private, key = made_key()
    async with database.acting_as(Actor(Role.OWNER, centre_id=found.id)) as connection:
        await let_in(connection, CentreId(found.id), kind, client_id, scopes, key, now)
    return client_id, private


async def let_in(
    connection: "Connection",
    centre: "CentreId",
    kind: Kind,
    client_id: str,
    scopes: "Sequence[Scope]",
    key: "PublicKey | None",
    now: datetime,
) -> "ClientKeyId":
    """The client, journalled as a change of rights."""
    from backend.cli.client_files import journal
    from backend.identity.clients import add_client

    row = await add_client(connection, client_id, key, centre, kind, scopes, now)
    facts = {"change": "client_added", "client": str(row), "kind": kind.value}
    if key is not None:
        facts["key"] = str(key.thumbprint())
    await journal(connection, centre, facts, now)
    return row


def _made_up(centre: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "-", centre.lower()).strip("-") or "centre"
    return f"{code}-{secrets.token_hex(4)}"


client_keys.add_to(app)
