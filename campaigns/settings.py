"""Every setting of the campaigns' process: read once at start, all mistakes reported in one message."""

from collections.abc import Mapping

import msgspec

from backend.public.openid import is_issuer, parts_of

PREFIX = "CAMPAIGNS_"
SMTP_AS = "an address as smtp://user:password@mail.example:587 (encrypted once the server offers it) or smtps://…:465"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Field names are the environment variables' names in lower case, without the prefix `CAMPAIGNS_`.

    `docs/operators.md` explains each; a test keeps the two alike.
    """

    database_url: str
    public_url: str = "http://127.0.0.1:8300"  # where people reach the landing pages: short links begin with it
    sign_up_url: str = "http://127.0.0.1:8000"  # where the sign-up pages are: *Tilmeld* leads there
    oidc_issuer: str = ""  # who signs managers in; none: nobody does, and there is nothing under /tal
    oidc_client_id: str = ""
    oidc_client_secret: str = ""  # none: a public client, which PKCE alone protects
    smtp_url: str = ""  # where the weekly mail is handed in; none: there is no mail
    mail_from: str = ""
    oidc_email: str = "verified"  # or `trusted`: an address is theirs also where the provider does not say so

    def __repr__(self) -> str:
        return "Settings(…)"


class WrongSettings(Exception):
    """Says everything that is wrong with the settings at once."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; raises WrongSettings naming every missing, unknown and unusable one."""
    mine = {key.removeprefix(PREFIX).lower(): value for key, value in environment.items() if key.startswith(PREFIX)}
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    mistakes = [f"{PREFIX}{name.upper()} is not a setting" for name in sorted(mine.keys() - fields.keys())]
    for name, field in fields.items():
        if name not in mine:
            if field.required:
                mistakes.append(f"{PREFIX}{name.upper()} is missing")
        elif wrong := _wrong(name, mine[name]):
            mistakes.append(f"{PREFIX}{name.upper()}: {wrong}")
    if mine.get("oidc_issuer") and not mine.get("oidc_client_id"):
        mistakes.append(f"{PREFIX}OIDC_CLIENT_ID is missing: what this site is called at {PREFIX}OIDC_ISSUER")
    if mine.get("smtp_url") and not mine.get("mail_from"):
        mistakes.append(f"{PREFIX}MAIL_FROM is missing: whom the weekly mail is from, as tal@hjerteloeber.example")
    if mistakes:
        raise WrongSettings("The settings cannot be used:\n  " + "\n  ".join(mistakes))
    return Settings(**{name: value.rstrip("/") if _is_address(name) else value for name, value in mine.items()})


def _is_address(name: str) -> bool:
    return name.endswith(("_url", "_issuer"))


def _wrong(name: str, value: str) -> str | None:
    if name == "mail_from":
        fits = "@" in value.strip("@<> ") and value.isprintable()
        return None if fits or not value else "an address as Hjerteløber <tal@hjerteloeber.example>"
    if name == "oidc_email":
        return None if value in ("verified", "trusted") else "`verified` or `trusted`"
    if name == "oidc_issuer":
        return _wrong_issuer(value) if value else None
    return _wrong_address(name, value) if _is_address(name) else None


def _wrong_issuer(address: str) -> str | None:
    told = "an address as https://login.example/realms/fmn, which its own description names as `issuer`"
    return None if is_issuer(address) else told


def _is_mail_server(address: str) -> bool:
    parts = parts_of(address)
    if parts is None:
        return False
    whole = parts.scheme in ("smtp", "smtps") and parts.hostname and not (parts.path.strip("/") or parts.query)
    return bool(whole) and (parts.username is None) is (parts.password is None)


def _wrong_address(name: str, address: str) -> str | None:
    if name == "database_url":
        return None if address.startswith(("postgresql://", "postgres://")) else "an address as postgresql://…"
    if name == "smtp_url":
        return None if not address or _is_mail_server(address) else SMTP_AS
    parts = parts_of(address)
    # It goes into a policy and onto posters: an origin and nothing more.
    whole = parts and parts.scheme in ("http", "https") and parts.hostname
    more = parts and (parts.path.strip("/") or parts.query or parts.fragment)
    if not whole or more or any(letter in address for letter in " ;,'\""):
        return "an address as https://hjerteloeber.example, without a path"
    return None
