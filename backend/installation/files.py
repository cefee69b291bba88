"""What is wrong with the files an installation names: keys others can read or that are no secret, what ends soon."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509

from backend.foundation.settings import PREFIX, Settings
from backend.installation.finding import Finding, error, gone_bad, warning

MADE_BY_THE_DEMO = b"hjerteloeber demo"
"""Stands in every key the demo makes, so that none is taken for a real one."""

ENDS_SOON = timedelta(days=30)
LEAST_DIFFERENT_BYTES = 8
"""32 random ones have 30 on average, and written in hexadecimal hardly ever fewer than 13."""
MADE_BY_US = frozenset({"signing_key_file", "phone_hash_key_file", "old_phone_hash_key_file", "data_key_file"})
"""The other secrets were given to us, and how random those are is whose they are to say."""
NO_SECRETS = frozenset({"client_ca_file"})
_BEGIN = b"-----BEGIN CERTIFICATE-----"


def files_of(settings: Settings) -> dict[str, Path]:
    """Every file the settings name, by the setting's name."""
    values = msgspec.structs.asdict(settings)
    return {name: value for name, value in values.items() if name.endswith("_file") and isinstance(value, Path)}


def wrong_files(settings: Settings, now: datetime) -> Iterator[Finding]:
    contents: dict[str, bytes] = {}
    for name, path in files_of(settings).items():
        try:
            contents[name] = path.read_bytes()
        except OSError:
            yield error(
                "file-unreadable", f"{_said(name)} names a file that cannot be read", "Let this process read it."
            )
            continue
        if name not in NO_SECRETS:
            yield from _readable_by_others(name, path)
            yield from _no_secret(name, contents[name])
        yield from _ends(name, contents[name], now)
    yield from _the_same({name: content for name, content in contents.items() if name not in NO_SECRETS})


def _readable_by_others(name: str, path: Path) -> Iterator[Finding]:
    mode = path.stat().st_mode
    if mode & stat.S_IROTH:
        yield error(
            "key-readable", f"Everybody on this machine can read the file of {_said(name)}", "chmod o= it, or 600."
        )
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield error("key-writable", f"Others can change the file of {_said(name)}", "chmod go-w it, or 600.")
    folder = path.parent
    if os.access(folder, os.X_OK) and folder.stat().st_mode & stat.S_IWOTH and not folder.stat().st_mode & stat.S_ISVTX:
        yield error("key-replaceable", f"Everybody can replace the file of {_said(name)}", "chmod o-w its folder.")


def _no_secret(name: str, content: bytes) -> Iterator[Finding]:
    if MADE_BY_THE_DEMO in content:
        yield error("key-of-the-demo", f"The demo made the key of {_said(name)}", "Make one: infra/README.md says how.")
    elif name in MADE_BY_US and len(set(content)) < LEAST_DIFFERENT_BYTES:
        yield error("key-not-random", f"The file of {_said(name)} holds nothing random", "openssl rand 32 makes a key.")


def _the_same(contents: Mapping[str, bytes]) -> Iterator[Finding]:
    by_digest: dict[bytes, list[str]] = {}
    for name, content in contents.items():
        by_digest.setdefault(hashlib.sha256(content.strip()).digest(), []).append(name)
    for names in by_digest.values():
        if len(names) > 1:
            yield error(
                "key-used-twice",
                f"{' and '.join(_said(name) for name in names)} hold the same secret",
                "Make one for each: who learns one must not know the other.",
            )


def _ends(name: str, content: bytes, now: datetime) -> Iterator[Finding]:
    if _BEGIN not in content:
        return
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError:
        yield error("certificate-unreadable", f"A certificate in {_said(name)} cannot be read", "Write the file anew.")
        return
    first_to_end = min(certificate.not_valid_after_utc for certificate in certificates)
    if first_to_end <= now:
        yield gone_bad(
            "certificate-over", f"A certificate in {_said(name)} ended on {first_to_end:%Y-%m-%d}", "Renew it."
        )
    elif first_to_end - now < ENDS_SOON:
        yield warning(
            "certificate-ends", f"A certificate in {_said(name)} ends on {first_to_end:%Y-%m-%d}", "Renew it before."
        )


def _said(name: str) -> str:
    return PREFIX + name.upper()


def fcm_account(settings: Settings) -> Iterator[Finding]:
    """The push provider's account is one: a file of another kind is noticed now, not with the first alarm."""
    path = settings.fcm_service_account_file
    if path is None:
        return
    try:
        account = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, ValueError, msgspec.MsgspecError):
        account = {}
    if not {"client_email", "private_key", "token_uri"} <= account.keys():
        yield error(
            "fcm-account-unusable",
            f"{_said('fcm_service_account_file')} holds no service account",
            "Take the JSON file that the Firebase console gives.",
        )
