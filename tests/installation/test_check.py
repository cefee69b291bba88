"""`hjerteloeber check` is clean on what infra/ sets up, and finds each thing that could be wrong with it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from backend.demo.folder import MARK, Folder
from backend.foundation.clock import SetClock
from backend.foundation.settings import Settings, read_settings
from backend.identity.queries_clients import Ends
from backend.installation.check import as_far_as_it_goes, check, keep_from_starting
from backend.installation.files import MADE_BY_THE_DEMO, fcm_account, wrong_files
from backend.installation.finding import Finding, Severity, error
from backend.installation.given import wrong_settings
from backend.installation.kept import behind, clients_that_end, clock_off, wrong_database
from tests.installation.cast import Installation

PROGRAM = Path(sys.executable).with_name("hjerteloeber")


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("service", ["api", "api-console", "api-dispatch", "api-positions", "worker"])
def test_the_compose_set_up_is_clean(installation: Installation, service: str) -> None:
    done = run(installation.environment(service), "check")
    assert (done.returncode, done.stdout) == (0, "nothing to mend\n"), done.stderr


def test_as_json_a_clean_installation_is_an_empty_list(installation: Installation) -> None:
    assert run(installation.environment("api"), "check", "--json").stdout == "[]\n"


def test_whoever_forgets_a_thing_is_told_all_of_them_and_what_to_do(installation: Installation) -> None:
    installation.by_hand = {"HJERTELOEBER_DEMO": "true", "HJERTELOEBER_PUBLIC_URL": "http://hjerteloeber.example"}
    done = run(installation.environment("api"), "check", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert {each["name"] for each in found} == {"demo", "no-tls"}
    assert all(each["severity"] == "error" and each["sentence"] and each["do"] for each in found)


@pytest.mark.parametrize("words", [["serve", "--port", "1"], ["work"]])
def test_production_refuses_to_start_on_it(installation: Installation, words: list[str]) -> None:
    installation.by_hand = {"HJERTELOEBER_DATABASE_URL": installation.database.superuser}
    done = run(installation.environment("worker"), *words)
    assert done.returncode == 3
    assert "refused: superuser: " in done.stderr
    assert "Traceback" not in done.stderr


async def test_the_owner_is_no_log_in_for_a_process(installation: Installation) -> None:
    assert await names_in(installation.database.owner) == {"owner"}


async def test_whoever_may_pass_by_row_level_security_is_found(installation: Installation) -> None:
    admin = await asyncpg.connect(installation.database.superuser)
    await admin.execute("ALTER ROLE hl_serve BYPASSRLS")
    assert await names_in(installation.database.serve) == {"bypasses-rls"}
    await admin.execute("ALTER ROLE hl_serve NOBYPASSRLS CREATEROLE")
    assert await names_in(installation.database.serve) == {"makes-roles"}
    await admin.execute("ALTER ROLE hl_serve NOCREATEROLE")
    assert await names_in(installation.database.serve) == set()
    await admin.close()


async def test_a_database_that_does_not_wait_for_its_disk_is_found(installation: Installation) -> None:
    admin = await asyncpg.connect(installation.database.superuser)
    await admin.execute("ALTER ROLE hl_serve SET synchronous_commit = off")
    assert await names_in(installation.database.serve) == {"not-kept"}
    await admin.execute("ALTER ROLE hl_serve RESET synchronous_commit")
    await admin.close()


async def test_a_database_without_our_tables_or_with_old_ones_is_found(installation: Installation) -> None:
    assert {each.name for each in behind({})} == {"unmigrated"}
    parts = urlsplit(installation.database.serve)
    unmigrated = urlunsplit(parts._replace(path="/postgres"))  # the roles are there, as before the first `migrate`
    (found,) = await wrong_database(unmigrated, SetClock(datetime.now(UTC)))
    assert (found.name, found.keeps_from_starting) == ("unmigrated", True)


async def test_a_database_that_is_not_there_is_told_and_keeps_nothing_from_starting(installation: Installation) -> None:
    parts = urlsplit(installation.database.serve)
    elsewhere = installation.database.serve.replace(parts.hostname or "", "127.0.0.9")
    (found,) = await wrong_database(elsewhere, SetClock(datetime.now(UTC)))
    assert (found.name, found.keeps_from_starting) == ("database-away", False)


async def test_what_was_found_before_the_database_failed_is_told_all_the_same(installation: Installation) -> None:
    """Else a superuser would be let start by a table that cannot be read."""
    admin = await asyncpg.connect(installation.database.superuser)
    await admin.execute("ALTER ROLE hl_serve BYPASSRLS")
    await admin.execute("REVOKE SELECT ON foundation.migration FROM hjerteloeber_api")
    assert await names_in(installation.database.serve) == {"bypasses-rls", "database-away"}
    await admin.execute("GRANT SELECT ON foundation.migration TO hjerteloeber_api")
    await admin.execute("ALTER ROLE hl_serve NOBYPASSRLS")
    await admin.close()


async def test_a_database_of_a_version_before_this_one_keeps_production_from_starting(
    installation: Installation,
) -> None:
    """Its missing tables are asked nothing: that would hide what is wrong."""
    admin = await asyncpg.connect(installation.database.superuser)
    await admin.execute("CREATE DATABASE older")
    await admin.close()
    admin = await asyncpg.connect(urlunsplit(urlsplit(installation.database.superuser)._replace(path="/older")))
    await admin.execute(
        """
        CREATE SCHEMA foundation;
        CREATE TABLE foundation.migration (name text, sha256 text);
        GRANT USAGE ON SCHEMA foundation TO hjerteloeber_api;
        GRANT SELECT ON foundation.migration TO hjerteloeber_api;
        """
    )
    await admin.close()
    older = urlunsplit(urlsplit(installation.database.serve)._replace(path="/older"))
    (found,) = await wrong_database(older, SetClock(datetime.now(UTC)))
    assert (found.name, found.keeps_from_starting) == ("unmigrated", True)


async def test_whoever_can_act_as_the_owner_is_found(installation: Installation) -> None:
    """What the operator's commands may see and change is for no process that phones reach."""
    admin = await asyncpg.connect(installation.database.superuser)
    for role in ("hjerteloeber_owner", "hjerteloeber_backfill"):
        await admin.execute(f"GRANT {role} TO hl_serve WITH INHERIT FALSE")
        assert await names_in(installation.database.serve) == {"owner"}, role
        await admin.execute(f"REVOKE {role} FROM hl_serve")
    await admin.close()


async def test_a_database_that_was_made_read_only_is_told_and_keeps_nothing_from_starting(
    installation: Installation,
) -> None:
    """Of several addresses the primary is looked at; where there is none, whoever answers is."""
    admin = await asyncpg.connect(installation.database.superuser)
    await admin.execute("ALTER ROLE hl_serve SET default_transaction_read_only = on")
    (found,) = await wrong_database(installation.database.serve, SetClock(datetime.now(UTC)))
    await admin.execute("ALTER ROLE hl_serve RESET default_transaction_read_only")
    await admin.close()
    assert (found.name, found.keeps_from_starting) == ("standby", False)


def test_a_bug_of_the_check_is_told_and_ends_no_alarms() -> None:
    def look() -> Iterator[Finding]:
        yield error("demo", "This is a demo", "Leave it out.")
        raise RuntimeError

    first, second = as_far_as_it_goes(look())
    assert (first.name, first.keeps_from_starting) == ("demo", True)
    assert (second.name, second.keeps_from_starting) == ("check-broken", False)


async def test_a_log_in_without_a_role_of_ours_is_found(installation: Installation) -> None:
    assert await names_in(installation.database.campaigns) == {"no-role"}


async def test_every_channel_off_is_told_and_keeps_nothing_from_starting(installation: Installation) -> None:
    admin = await asyncpg.connect(installation.database.superuser)
    await admin.execute("UPDATE delivery.channel_switch SET enabled = false")
    (found,) = await wrong_database(installation.database.serve, SetClock(datetime.now(UTC)))
    await admin.execute("UPDATE delivery.channel_switch SET enabled = true")
    await admin.close()
    assert (found.name, found.keeps_from_starting) == ("channels-off", False)


async def names_in(dsn: str) -> set[str]:
    return {finding.name for finding in await wrong_database(dsn, SetClock(datetime.now(UTC)))}


def test_a_clock_that_is_off_is_told_and_keeps_nothing_from_starting() -> None:
    now = datetime.now(UTC)
    assert list(clock_off(now, now + timedelta(milliseconds=240))) == []
    (found,) = clock_off(now, now + timedelta(milliseconds=260))
    assert (found.name, found.keeps_from_starting) == ("clock", False)


async def test_what_came_by_time_alone_never_keeps_production_from_starting(installation: Installation) -> None:
    """Certificates over, clock off, database away: none of it ends the alarms at the next restart."""
    certificate(installation.keys / "client_ca.pem", datetime.now(UTC) - timedelta(days=1))
    settings = msgspec.structs.replace(
        read_settings(installation.environment("api")),
        fcm_service_account_file=None,
        database_url="postgresql://nobody@127.0.0.1:1/none",
    )
    found = await check(settings, SetClock(datetime.now(UTC) + timedelta(days=400)))
    found += wrong_certificate(installation.keys / "client_ca.pem", settings)
    assert {each.name for each in found} == {"database-away", "certificate-over"}
    assert all(each.severity is Severity.ERROR for each in found)
    assert keep_from_starting(settings, found) == []


def wrong_certificate(path: Path, settings: Settings) -> list[Finding]:
    named = msgspec.structs.replace(settings, sms_gateway_token_file=path)
    return [each for each in wrong_files(named, datetime.now(UTC)) if each.name.startswith("certificate")]


def certificate(path: Path, until: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=90))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    path.touch(0o600)
    path.write_bytes(made.public_bytes(Encoding.PEM))


@pytest.mark.parametrize(("days", "name"), [(-1, "certificate-over"), (29, "certificate-ends"), (31, None)])
def test_a_certificate_near_its_end_is_told_in_time(installation: Installation, days: int, name: str | None) -> None:
    path = installation.keys / "ca.pem"
    certificate(path, datetime.now(UTC) + timedelta(days=days))
    found = wrong_certificate(path, read_settings(installation.environment("api")))
    assert [each.name for each in found] == ([name] if name else [])


@pytest.mark.parametrize(
    ("days", "name"), [(-1, "client-certificate-over"), (29, "client-certificate-ends"), (31, None)]
)
def test_a_dispatch_system_s_certificate_near_its_end_is_told_and_keeps_nothing_from_starting(
    days: int, name: str | None
) -> None:
    now = datetime.now(UTC)
    found = list(clients_that_end([Ends("amk-test", now + timedelta(days=days))], now))
    assert [each.name for each in found] == ([name] if name else [])
    assert not any(each.keeps_from_starting for each in found)


def _readable(keys: Path) -> None:
    (keys / "phone_hash_key").chmod(0o644)


def _writable(keys: Path) -> None:
    (keys / "phone_hash_key").chmod(0o620)


def _replaceable(keys: Path) -> None:
    keys.chmod(0o777)


def _twice(keys: Path) -> None:
    shutil.copy(keys / "phone_hash_key", keys / "sms_gateway_token")


def _not_random(keys: Path) -> None:
    (keys / "phone_hash_key").write_bytes(b"hemmeligt" * 8)


def _of_the_demo(keys: Path) -> None:
    demo = Folder(keys / "demo")
    demo.prepare()
    shutil.copy(demo.phone_hash_key, keys / "phone_hash_key")


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        (_readable, {"key-readable"}),
        (_writable, {"key-writable"}),
        (_replaceable, {"key-replaceable"}),
        (_twice, {"key-used-twice"}),
        (_not_random, {"key-not-random"}),
        (_of_the_demo, {"key-of-the-demo"}),
    ],
)
def test_a_key_that_is_no_secret_is_found(
    installation: Installation, spoil: Callable[[Path], None], names: set[str]
) -> None:
    spoil(installation.keys)
    found = list(wrong_files(read_settings(installation.environment("api")), datetime.now(UTC)))
    assert {each.name for each in found} == names
    assert all(each.keeps_from_starting for each in found)
    quoted = (installation.keys / "sms_gateway_token").read_bytes().decode(errors="replace").strip()
    assert not any(quoted in each.sentence + each.do for each in found)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("phone_hash_key", b"0123456789abcdef0123456789abcd00\n"),
        ("sms_gateway_token", b"5f0d2c1a7b3e4f0d2c1a7b3e4f0d2c1a"),
        ("sms_gateway_token", b"20261128-000117\n"),
        ("sms_gateway_token", b"0d5f3c1e-5b0e-4c55-9a6e-5f4c6a0d1b7e"),
    ],
)
def test_a_key_in_hexadecimal_and_whatever_token_was_given_are_no_reason_not_to_start(
    installation: Installation, name: str, content: bytes
) -> None:
    (installation.keys / name).write_bytes(content)
    assert list(wrong_files(read_settings(installation.environment("api")), datetime.now(UTC))) == []


def test_an_account_that_is_no_text_is_found(installation: Installation) -> None:
    path = installation.keys / "fcm"
    path.touch(0o600)
    path.write_bytes(b'{"client_email": "\xff\xfe"}')
    settings = msgspec.structs.replace(read_settings(installation.environment("api")), fcm_service_account_file=path)
    assert [each.name for each in fcm_account(settings)] == ["fcm-account-unusable"]


def test_the_demo_marks_what_it_makes(tmp_path: Path) -> None:
    assert MARK == MADE_BY_THE_DEMO
    folder = Folder(tmp_path)
    folder.prepare()
    assert MARK in folder.signing_key.read_bytes()
    assert MARK in folder.phone_hash_key.read_bytes()
    assert MARK in folder.data_key.read_bytes()


def _settings(**more: object) -> Settings:
    fine: dict[str, object] = {
        "database_url": "",
        "signing_key_file": Path(),
        "phone_hash_key_file": Path(),
        "data_key_file": Path(),
        "erasures_folder": ".",
        "public_url": "https://hjerteloeber.example",
        "sms_gateway_url": "https://sms.example",
        "sms_gateway_token_file": Path(),
        "trusted_proxies": "172.30.77.2",
    }
    return Settings(**(fine | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "name", "refuses"),
    [
        ({}, None, False),
        ({"demo": True, "production": True}, "demo", True),
        ({"webhook_loopback": True}, "webhook-loopback", True),
        ({"production": False}, "not-production", False),
        ({"public_url": "http://hjerteloeber.example"}, "no-tls", True),
        ({"public_url": "http://127.0.0.1:8000", "production": True}, "no-public-address", True),
        ({"sms_gateway_url": "http://sms.example"}, "provider-without-tls", True),
        ({"sms_gateway_token_file": None}, "sms-without-token", True),
        ({"sms_gateway_url": None, "sms_gateway_token_file": None}, "no-channel", False),
        ({"trusted_proxies": None}, "no-proxy-believed", False),
        ({"trusted_proxies": "*"}, "proxies-unusable", True),
        ({"trusted_proxies": "8.8.8.8"}, "proxy-far-away", False),
        ({"erasures_folder": None}, "no-list-of-erasures", True),
        ({"erasures_folder": "/nowhere/at/all"}, "list-of-erasures-unusable", False),
        ({"staff_oidc_issuer": "http://login.example"}, "provider-without-tls", True),
    ],
)
def test_a_setting_that_makes_it_unsafe_is_found(more: dict[str, object], name: str | None, refuses: bool) -> None:
    settings = _settings(**more)
    found = list(wrong_settings(settings))
    names = {each.name for each in found}
    assert name in names if name else not names
    assert bool(keep_from_starting(settings, found)) is refuses


def test_there_is_a_sentence_in_the_docs_for_every_finding() -> None:
    """docs/operators.md has a row for each name a finding can have."""
    root = Path(__file__).parents[2]
    sources = "".join(path.read_text() for path in (root / "backend/installation").glob("*.py"))

    names = set(re.findall(r'(?:error|warning|gone_bad)\(\s*"([a-z-]+)"', sources))
    assert len(names) > 20
    operators = (root / "docs/operators.md").read_text()
    assert {name for name in names if f"| `{name}` |" not in operators} == set()
