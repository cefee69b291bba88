"""An installation as infra/ makes one: its database's log-ins, its keys, its settings."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from backend.demo.embedded_postgres import Server
from backend.identity.data_keys import written

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
COMPOSE: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text())
INSIDE = "/run/hjerteloeber"
ERASURES = "/var/lib/hjerteloeber/erasures"


@dataclass
class Database:
    """New, with the log-ins of infra/postgres/log-ins.sql."""

    superuser: str
    owner: str
    serve: str
    work: str
    campaigns: str


async def make_database(server: Server) -> Database:
    """As the image's entry point does. Roles belong to the whole server, so it has to be one of its own."""
    name = f"infra_{uuid4().hex}"
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    passwords = {each: secrets.token_hex(24) for each in ("owner", "serve", "work", "campaigns")}
    superuser = await asyncpg.connect(
        server.dsn(name), server_settings={f"log_ins.{each}": password for each, password in passwords.items()}
    )
    await superuser.execute((INFRA / "postgres/log-ins.sql").read_text())
    await superuser.close()
    as_them = {each: _as(server.dsn(name), f"hl_{each}", password) for each, password in passwords.items()}
    return Database(server.dsn(name), **as_them)


def _as(dsn: str, user: str, password: str) -> str:
    parts = urlsplit(dsn)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{address}"))


@dataclass
class Installation:
    """The environment of the processes, by the service's name in the compose file."""

    database: Database
    keys: Path
    by_hand: dict[str, str] = field(default_factory=dict)  # what an operator changed

    def environment(self, service: str) -> dict[str, str]:
        """What compose would give it, with the paths of this machine."""
        described = COMPOSE["services"][service]
        found = dict(os.environ)
        for file in described["env_file"]:
            found |= self._file(Path(file).name)
        found |= described["environment"]
        found |= self.by_hand
        at = {INSIDE: str(self.keys), ERASURES: str(self.keys.parent)}
        return {name: _moved(value, at) for name, value in found.items()}

    def _file(self, name: str) -> dict[str, str]:
        if name == "settings.env":
            lines = (INFRA / "settings.env.example").read_text().splitlines()
            return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return {"HJERTELOEBER_DATABASE_URL": getattr(self.database, name.removesuffix(".env"))}


def _moved(value: str, at: dict[str, str]) -> str:
    """A path in the container as the one on this machine."""
    for inside, here in at.items():
        value = value.replace(inside, here)
    return value


def make_keys(folder: Path) -> None:
    """What infra/README.md makes with openssl, and what an operator brings."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in {
        "signing_key.pem": pem,
        "phone_hash_key": os.urandom(32),
        "data_key": written([os.urandom(32)]),
        "sms_gateway_token": secrets.token_urlsafe(32).encode(),
    }.items():
        path = folder / name
        path.touch(0o600)
        path.write_bytes(content)
