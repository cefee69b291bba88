"""`hjerteloeber client list`, `keys`, `add-key`, `add-certificate`, `disable`, `freeze` and what takes them back."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.client_files import certificate_in, journal, public_key_in
from backend.cli.owner import DatabaseUrl, in_transaction, stop

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.identity.queries_clients import ListedClient

Name = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="`hjerteloeber client list` shows all.")]
By = Annotated[list[str], typer.Option(help="Who decides it. Two different people: give it twice.")]


def list_clients(database_url: DatabaseUrl) -> None:
    """Show every system that was let in, and how it stands."""
    from backend.identity import queries_clients

    for each in in_transaction(database_url, queries_clients.list_clients):
        standing = "disabled" if each.disabled_at else "frozen" if each.frozen_at else "in use"
        shows = f"{each.keys} keys, {each.certificates} certificates"
        typer.echo(f"{each.client_id:<32} {each.kind.value:<10} {standing:<9} {shows:<26} {' '.join(each.scopes)}")


def keys(client_id: Name, database_url: DatabaseUrl) -> None:
    """Show the keys and certificates of a system."""
    from backend.identity import queries_clients

    async def run(connection: "Connection") -> None:
        found = await _named(connection, client_id)
        for each in await queries_clients.keys_of(connection, found.id):
            ends = "" if each.ends_at is None else f", ends {each.ends_at:%Y-%m-%d}"
            typer.echo(f"{each.what:<12} {each.named}  since {each.added_at:%Y-%m-%d}{ends}")

    in_transaction(database_url, run)


def add_key(
    client_id: Name,
    database_url: DatabaseUrl,
    public_key: Annotated[Path, typer.Option(help="The new public key: PEM or JWK, Ed25519 or P-256.")],
) -> None:
    """Let a system sign with a second key. It changes over when it likes; then take the first one away."""
    from backend.identity import clients

    key = public_key_in(public_key)

    async def change(connection: "Connection", found: "ListedClient", now: datetime) -> dict[str, str]:
        return {"change": "client_key_added", "key": await clients.add_key(connection, found.id, key, now)}

    _changed(database_url, client_id, change)
    typer.echo(f"added {key.thumbprint()}")


def remove_key(
    client_id: Name,
    database_url: DatabaseUrl,
    thumbprint: Annotated[str, typer.Argument(help="As `hjerteloeber client keys` shows it.")],
) -> None:
    """Let a system no longer sign with a key. Tokens it has got with it end within 5 minutes."""
    from backend.identity import queries_clients

    async def change(connection: "Connection", found: "ListedClient", _now: datetime) -> dict[str, str]:
        if not await queries_clients.delete_key(connection, found.id, thumbprint):
            stop(f"{client_id} has no such key: `hjerteloeber client keys {client_id}` shows all")
        return {"change": "client_key_removed", "key": thumbprint}

    _changed(database_url, client_id, change)
    typer.echo("removed")


def add_certificate(
    client_id: Name,
    database_url: DatabaseUrl,
    subject: Annotated[
        str | None, typer.Option(help='Any certificate of this subject, such as "CN=cad.example,O=AMK" (RFC 4514).')
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="This one certificate and no other: PEM.")] = None,
) -> None:
    """Let a system show a certificate of an authority in HJERTELOEBER_CLIENT_CA_FILE, in place of a key."""
    from backend.identity import clients

    if (subject is None) == (certificate is None):
        stop("give either --subject or --certificate")
    one = None if certificate is None else certificate_in(certificate).thumbprint

    async def change(connection: "Connection", found: "ListedClient", now: datetime) -> dict[str, str]:
        await clients.add_certificate(connection, found.id, subject, one, now)
        return {"change": "client_certificate_added", "by": "thumbprint" if subject is None else "subject"}

    _changed(database_url, client_id, change)
    typer.echo("added")


def remove_certificate(
    client_id: Name,
    database_url: DatabaseUrl,
    named: Annotated[str, typer.Argument(help="Its subject or thumbprint, as `hjerteloeber client keys` shows it.")],
) -> None:
    """Let a system no longer show a certificate: this is how one is revoked here, at once."""
    from backend.identity import queries_clients

    async def change(connection: "Connection", found: "ListedClient", _now: datetime) -> dict[str, str]:
        if not await queries_clients.delete_certificate(connection, found.id, named):
            stop(f"{client_id} has no such certificate: `hjerteloeber client keys {client_id}` shows all")
        return {"change": "client_certificate_removed"}

    _changed(database_url, client_id, change)
    typer.echo("removed")


def disable(client_id: Name, database_url: DatabaseUrl) -> None:
    """Let a system out for good: its next request is refused."""
    from backend.identity import queries_clients

    async def change(connection: "Connection", _found: "ListedClient", now: datetime) -> dict[str, str]:
        if not await queries_clients.disable_client(connection, client_id, now):
            stop(f"{client_id} is disabled already")
        return {"change": "client_disabled"}

    _changed(database_url, client_id, change)
    typer.echo("disabled")


def freeze(client_id: Name, database_url: DatabaseUrl, by: By) -> None:
    """Refuse whatever a system sends, reports of arrests too, until two people unfreeze it. Takes two people.

    For one that floods us with alarms. Its dispatch centre has to be called at once: it cannot report by it any more.
    """
    from backend.identity import freezing

    _by_two(database_url, client_id, by, freezing.freeze, "frozen already")
    typer.echo(f"frozen: {client_id} is refused from its next request on. Call its dispatch centre now.")


def unfreeze(client_id: Name, database_url: DatabaseUrl, by: By) -> None:
    """Let a frozen system call again. Takes two people."""
    from backend.identity import freezing

    _by_two(database_url, client_id, by, freezing.unfreeze, "not frozen")
    typer.echo(f"{client_id} may call again")


Verb = Callable[["Connection", str, tuple[str, str], datetime], Awaitable[bool]]


def _by_two(database_url: str, client_id: str, by: list[str], verb: Verb, else_: str) -> None:
    from backend.identity.freezing import NotTwoPeople

    if len(by) != 2:
        stop("two different people have to confirm this: --by ONE --by ANOTHER")

    async def run(connection: "Connection") -> None:
        await _named(connection, client_id)
        try:
            if not await verb(connection, client_id, (by[0], by[1]), datetime.now(UTC)):
                stop(f"{client_id} is {else_}, or disabled")
        except NotTwoPeople as one:
            stop(f"{one}: --by ONE --by ANOTHER")

    in_transaction(database_url, run)


Change = Callable[["Connection", "ListedClient", datetime], Awaitable[dict[str, str]]]


def _changed(database_url: str, client_id: str, change: Change) -> None:
    from backend.foundation.problems import Problem

    async def run(connection: "Connection") -> None:
        now = datetime.now(UTC)
        found = await _named(connection, client_id)
        facts = await change(connection, found, now)
        await journal(connection, found.centre_id, facts | {"client": str(found.id)}, now)

    try:
        in_transaction(database_url, run)
    except Problem as refusal:
        stop(refusal.detail)


async def _named(connection: "Connection", client_id: str) -> "ListedClient":
    from backend.identity import queries_clients

    found = [each for each in await queries_clients.list_clients(connection) if each.client_id == client_id]
    return found[0] if found else stop(f"there is no client {client_id}: `hjerteloeber client list` shows all")


def add_to(app: typer.Typer) -> None:
    """The commands beside `client add`."""
    app.command("list")(list_clients)
    for verb in (keys, add_key, remove_key, add_certificate, remove_certificate, disable, freeze, unfreeze):
        # A thumbprint may begin with a dash, and is no option then.
        names_one = {"ignore_unknown_options": verb in (remove_key, remove_certificate)}
        app.command(verb.__name__.replace("_", "-"), context_settings=names_one)(verb)
