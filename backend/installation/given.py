"""What is wrong with the settings themselves."""

import os
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

from backend.edge.proxies import networks_of
from backend.foundation.settings import LOOPBACK, PREFIX, Settings, WrongSettings
from backend.installation.finding import Finding, error, gone_bad, warning

DISK_ANSWERS_WITHIN_S = 2.0


def wrong_settings(settings: Settings) -> Iterator[Finding]:
    yield from _demo(settings)
    yield from _address(settings)
    yield from _proxies(settings)
    yield from _channels(settings)
    yield from _list_of_erasures(settings)


def _list_of_erasures(settings: Settings) -> Iterator[Finding]:
    if settings.erasures_folder is None:
        yield error(
            "no-list-of-erasures",
            "Who was erased is written down nowhere outside the database: a restored backup would bring them back",
            f"Name a folder of another disk in {PREFIX}ERASURES_FOLDER.",
        )
    elif not _can_be_used(settings.erasures_folder):
        # A disk that is mounted late at night must not end the alarms.
        yield gone_bad(
            "list-of-erasures-unusable",
            f"This process cannot write in {PREFIX}ERASURES_FOLDER: nobody can be erased for good",
            "Make the folder, and let this process read and write in it.",
        )


def _can_be_used(folder: str) -> bool:
    """Whether it is said in time that this process may read and write there: a disk may hang, and alarms come first."""
    said: list[bool] = []
    asking = threading.Thread(target=lambda: said.append(os.access(folder, os.R_OK | os.W_OK | os.X_OK)), daemon=True)
    asking.start()
    asking.join(DISK_ANSWERS_WITHIN_S)
    return said == [True]


def _demo(settings: Settings) -> Iterator[Finding]:
    if settings.demo:
        yield error("demo", "This is a demo: limits are wide open", f"Leave {PREFIX}DEMO out.")
    if settings.webhook_loopback:
        yield error(
            "webhook-loopback",
            "Webhooks may call this very machine: whoever may add one reaches what listens on loopback",
            f"Leave {PREFIX}WEBHOOK_LOOPBACK out.",
        )
    if settings.production is False:
        yield error(
            "not-production",
            "This installation says that nobody relies on it",
            f"Set {PREFIX}PRODUCTION=true, or leave it out.",
        )


def _address(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.public_url)
    if parts.hostname in LOOPBACK or parts.hostname is None:
        yield error(
            "no-public-address",
            "The public address is this machine's own: no phone can follow a link to it",
            f"Set {PREFIX}PUBLIC_URL to the address phones use.",
        )
    elif parts.scheme != "https":
        yield error(
            "no-tls",
            "The public address is not https: tokens and addresses would travel in the clear",
            f"Put TLS in front and https:// into {PREFIX}PUBLIC_URL; infra/ has a proxy.",
        )
    for name, url in _others(settings):
        if url and urlsplit(url).scheme != "https":
            yield error("provider-without-tls", f"{PREFIX}{name} is not https", "Give its https address.")


def _others(settings: Settings) -> Iterator[tuple[str, str | None]]:
    yield "FCM_URL", settings.fcm_url if settings.fcm_service_account_file else None
    yield "SMS_GATEWAY_URL", settings.sms_gateway_url
    yield "STAFF_OIDC_ISSUER", settings.staff_oidc_issuer
    for url in settings.dispatch_urls.split():
        yield "DISPATCH_URLS", url


def _proxies(settings: Settings) -> Iterator[Finding]:
    try:
        believed = networks_of(settings.trusted_proxies or "")
    except WrongSettings as wrong:
        yield error("proxies-unusable", str(wrong), f"Mend {PREFIX}TRUSTED_PROXIES.")
        return
    if not believed:
        yield warning(
            "no-proxy-believed",
            "No proxy is believed: everybody who comes through it is counted as one caller",
            f"Name its address in {PREFIX}TRUSTED_PROXIES.",
        )
    if any(not network.is_private for network in believed):
        yield warning(
            "proxy-far-away",
            "A believed proxy has a public address: whoever gets that address can say who calls",
            f"Name single addresses in {PREFIX}TRUSTED_PROXIES, best of an own network.",
        )


def _channels(settings: Settings) -> Iterator[Finding]:
    sms = settings.sms_gateway_url is not None and settings.sms_gateway_token_file is not None
    if settings.fcm_service_account_file is None and not sms:
        yield warning(
            "no-channel",
            "Neither push nor SMS is set up: only open apps ring, and nobody can sign in",
            f"Set {PREFIX}FCM_SERVICE_ACCOUNT_FILE, or {PREFIX}SMS_GATEWAY_URL and _TOKEN_FILE.",
        )
    if settings.sms_gateway_url is not None and settings.sms_gateway_token_file is None:
        yield error("sms-without-token", "The SMS gateway has no token", f"Set {PREFIX}SMS_GATEWAY_TOKEN_FILE.")
