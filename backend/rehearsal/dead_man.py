"""The dead man's signal: a watcher outside hears of every round that went well, and alarms when it hears nothing.

It must stand outside: a watcher that falls with us is silent for the wrong reason.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

LIMIT_S = 5.0


class WrongUrl(Exception):
    """Says what is wrong, without the URL: whoever knows it can keep the watcher quiet."""


def checked(url: str, service_url: str) -> str:
    """`url` itself; raises WrongUrl for what is no https address outside this service."""
    try:
        parts, host = urlsplit(url), urlsplit(url).hostname or ""
    except ValueError:
        raise WrongUrl("the dead man's URL is no URL") from None
    if not host or parts.username is not None or parts.fragment:
        raise WrongUrl("the dead man's URL needs a host, and neither a log-in nor a fragment")
    if is_loopback(host):  # a rehearsal of the rehearsal
        return url
    if parts.scheme != "https":
        raise WrongUrl("the dead man's URL begins with https: anybody on the way could answer for it otherwise")
    if host == (urlsplit(service_url).hostname or ""):
        raise WrongUrl("the dead man's URL points at this service itself: a watcher stands outside")
    return url


async def signal(session: aiohttp.ClientSession, url: str) -> str | None:
    """One sign of life; None when it was taken, else what was the matter. Never raises for the watcher or the way."""
    try:
        async with session.get(url, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=LIMIT_S)) as answer:
            return None if 200 <= answer.status < 300 else f"status {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
        return type(trouble).__name__


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
