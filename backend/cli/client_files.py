"""Keys and certificates of dispatch systems as files, and changes of theirs in the journal."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backend.cli.owner import stop

if TYPE_CHECKING:
    from uuid import UUID

    from backend.foundation.database import Connection
    from backend.identity.certificates import Presented
    from backend.identity.jose import PublicKey


def public_key_in(path: Path) -> "PublicKey":
    """Ends the command where the file holds none."""
    from backend.identity.client_keys import read_public_key
    from backend.identity.jose import Unbelievable

    try:
        return read_public_key(path.read_bytes())
    except OSError as trouble:
        stop(f"{path} cannot be read: {trouble.strerror}")
    except Unbelievable as why:
        stop(f"{path}: {why}")


def certificate_in(path: Path) -> "Presented":
    """Ends the command where the file holds none."""
    from cryptography import x509

    from backend.identity.certificates import presented

    try:
        return presented(x509.load_pem_x509_certificate(path.read_bytes()))
    except OSError as trouble:
        stop(f"{path} cannot be read: {trouble.strerror}")
    except ValueError:
        stop(f"{path}: this is no certificate as PEM")


def write_private_key(path: Path, pem: str) -> None:
    """Readable by its owner only. Ends the command where the file is there already: a key is not overwritten."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(pem)
    except FileExistsError:
        stop(f"{path} is there already: a key is never overwritten")
    except OSError as trouble:
        stop(f"{path} cannot be written: {trouble.strerror}")


async def journal(connection: "Connection", centre: "UUID", facts: Mapping[str, str], now: datetime) -> None:
    """A change of who may call for a centre."""
    from backend.foundation.database import Actor, Role
    from backend.foundation.journal import Event, Happening, write_outside_incidents

    actor = Actor(Role.OWNER, centre_id=centre)
    await write_outside_incidents(connection, actor, Happening(Event.RIGHT_CHANGED, {**facts}), now)
