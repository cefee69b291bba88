"""Every setting of a process: read once at start, each with its unit, all mistakes reported in one message.

What medical staff may change is not a setting but a dated row.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

PREFIX = "HJERTELOEBER_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_STYLE = re.compile(r"(https://[a-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:\d{1,5})?/[!-~]*")
_PRICES = re.compile(r"[1-9]\d{0,6}=\d{1,5}( [1-9]\d{0,6}=\d{1,5})*")


class Serves(StrEnum):
    """For whom an API process is: the routes of the others are not there."""

    ALL = "all"
    DISPATCH = "dispatch"  # dispatch centres' systems: a process that no phone can touch
    MOBILE = "mobile"  # phones, the page behind a text message
    POSITIONS = "positions"  # only where phones say where they are: what comes in by the thousand
    CONSOLE = "console"  # only the pages of those who work
    SIGN_UP = "sign_up"  # only the pages somebody signs up on: what a minute of television sends


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Field names are the environment variables' names in lower case, without the prefix `HJERTELOEBER_`.

    `docs/operators.md` explains each; a test keeps the two alike.
    """

    database_url: str
    signing_key_file: Path  # Ed25519 private key, PEM: signs access tokens
    phone_hash_key_file: Path  # 32 random bytes or more: keys the look-up hash of phone numbers and codes
    old_phone_hash_key_file: Path | None = None  # the one before, until `keys rotate` has hashed every phone anew
    data_key_file: Path  # a line each, 32 random bytes in base64: wraps data keys; first wraps, all unwrap
    public_url: str = "http://127.0.0.1:8000"  # where phones and browsers reach this service; SMS links begin with it
    dispatch_urls: str = ""  # where else dispatch systems reach this service, parted by spaces: proofs name the address
    client_ca_file: Path | None = None  # PEM: whose client certificates are believed; none: nobody's
    live_alarms_an_hour: int = 30  # of one dispatch system; more are flagged and page the operator, and go out
    fcm_service_account_file: Path | None = None  # none: the channel is off
    fcm_url: str = "https://fcm.googleapis.com"
    sms_gateway_url: str | None = None  # none: the channel is off
    sms_gateway_token_file: Path | None = None
    sms_sender: str = "Hjerteloeb"
    app_url: str | None = None  # https, where the app is to be had; none: the sign-up pages say that there is none yet
    code_prices_ore: str = "45=35"  # where codes by text message are sent, by country prefix, and what one costs in øre
    code_ore_an_hour: int = 175_000  # what codes may cost in any hour, in øre
    code_ore_a_day: int = 1_000_000  # the same in any 24 hours
    codes_an_hour_of_a_network: int = 300  # sent to new numbers and not answered, of one /24 or /64
    erasures_folder: str | None = None  # path: the list of who was erased, outside the database; none: none is kept
    map_folder: str | None = None  # path: where `import tiles` puts the streets of the console's map; none: no streets
    map_style_url: str | None = (
        None  # https, a MapLibre style whose tiles the map asks for streets; none: it asks nobody
    )
    routing_url: str | None = None  # the operator's own OSRM, its table up to the profile; none: straight lines
    staff_oidc_issuer: str = ""  # who signs staff in; none: nobody does, and only seats' sealed log-ins work
    staff_oidc_client_id: str = ""
    staff_oidc_client_secret_file: Path | None = None  # none: a public client, which PKCE alone protects
    staff_oidc_email: str = "verified"  # or `trusted`: an address is theirs also where the provider does not say so
    staff_session_hours: int = 12  # hours: a shift, 8 to 12; a session outlasts it while an alarm is under way
    oldest_app_version: str = "1.0.0"
    log_format: str = "json"  # json or text
    worker_metrics_port: int | None = None  # where a worker shows its own figures, on loopback; none: it does not
    send_slots: int = 128  # so many may be under way in a worker at each provider of live alarms, so many of all else
    only: Serves = Serves.ALL  # `serve --only` sets it
    # The synthetic alarm's own process reads these; the others know them so that all can share one environment.
    synthetic_file: str | None = None  # path: its log-ins, made by `synthetic prepare`, rewritten as tokens are spent
    synthetic_metrics_port: int | None = None  # where it shows its figures, on loopback; none: it does not
    dead_man_url: str | None = None  # https, outside: called after every synthetic alarm that came through
    demo: bool = False  # serves /demo/phone; never in production
    production: bool | None = None  # none: whatever is no demo and has a public address elsewhere than on loopback
    trusted_proxies: str | None = (
        None  # addresses and networks of reverse proxies that are believed; `serve --behind` sets it
    )
    webhook_ports: str | None = None  # ports a webhook may have beside 443, parted by commas
    webhook_loopback: bool = False  # webhooks may call this very machine; for tests and the demo only
    hosts: str | None = None  # more names this service is called by, parted by commas, beside the one in public_url

    @property
    def in_production(self) -> bool:
        """Whether people rely on this installation: it refuses to start with what makes it unsafe, and is strict."""
        if self.production is not None:
            return self.production
        return not self.demo and urlsplit(self.public_url).hostname not in LOOPBACK


def dispatch_addresses(settings: Settings) -> tuple[str, ...]:
    """Every address dispatch systems may have sent a request to, the public one first, without a slash at the end."""
    return tuple(dict.fromkeys(url.rstrip("/") for url in (settings.public_url, *settings.dispatch_urls.split())))


class WrongSettings(Exception):
    """Says everything that is wrong with the settings at once."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; raises WrongSettings naming every missing, unknown and unusable one."""
    mine = {key.removeprefix(PREFIX).lower(): value for key, value in environment.items() if key.startswith(PREFIX)}
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    mistakes = [f"{PREFIX}{name.upper()} is not a setting" for name in sorted(mine.keys() - fields.keys())]
    values: dict[str, object] = {}
    for name, field in fields.items():
        if name not in mine:
            if field.required:
                mistakes.append(f"{PREFIX}{name.upper()} is missing")
            continue
        try:
            values[name] = _read(mine[name], field.type)
        except msgspec.ValidationError as wrong:
            mistakes.append(f"{PREFIX}{name.upper()}: {wrong}")
    for name, value in values.items():
        if isinstance(value, Path) and not value.is_file():
            mistakes.append(f"{PREFIX}{name.upper()} names a file that is not there")
    mistakes += _odd(values)
    mistakes += _odd_of_staff(values)
    if mistakes:
        raise WrongSettings("The settings cannot be used:\n  " + "\n  ".join(mistakes))
    return msgspec.convert(values, Settings)


def _odd(values: Mapping[str, object]) -> Iterator[str]:
    """What has the right type and still cannot be meant."""
    if not _PRICES.fullmatch(str(values.get("code_prices_ore", "45=35"))):
        yield f"{PREFIX}CODE_PRICES_ORE is country prefixes with a price in øre, such as 45=35 46=60"
    if not str(values.get("app_url", "https://")).startswith("https://"):
        yield f"{PREFIX}APP_URL begins with https://"
    if (style := values.get("map_style_url")) is not None and not _STYLE.fullmatch(str(style)):
        yield f"{PREFIX}MAP_STYLE_URL begins with https:// and a host, as https://tiles.example/style.json"
    if (routing := values.get("routing_url")) is not None and not _is_safe_to_tell(str(routing)):
        yield f"{PREFIX}ROUTING_URL begins with https://, or http:// on loopback: it is told where hjerteløbere are"
    if values.get("log_format", "json") not in ("json", "text"):
        yield f"{PREFIX}LOG_FORMAT is json or text"


def _is_safe_to_tell(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _odd_of_staff(values: Mapping[str, object]) -> Iterator[str]:
    issuer = str(values.get("staff_oidc_issuer", ""))
    if issuer and not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        yield f"{PREFIX}STAFF_OIDC_ISSUER begins with https://, as https://login.example/realms/amk"
    if issuer and not values.get("staff_oidc_client_id"):
        yield f"{PREFIX}STAFF_OIDC_CLIENT_ID is missing: what this service is called at the issuer"
    if values.get("staff_oidc_email", "verified") not in ("verified", "trusted"):
        yield f"{PREFIX}STAFF_OIDC_EMAIL is verified or trusted"
    if values.get("staff_session_hours", 12) not in range(8, 13):
        yield f"{PREFIX}STAFF_SESSION_HOURS is a shift: 8 to 12"


def _read(text: str, wanted: object) -> object:
    if wanted in (Path, Path | None):
        return Path(text)
    return msgspec.convert(text, wanted, strict=False)
