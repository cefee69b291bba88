"""What sign-in answers with: pages of a few lines, redirects, cookies."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

import asyncpg
import structlog
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.response import Response

from backend.public.openid import NotVouched
from campaigns.landing.files import fingerprint
from campaigns.settings import Settings
from campaigns.signing_in.trouble import TOLD, CannotSignIn, NotSignedIn, Told, Trouble, told_of, why_of
from campaigns.signing_in.way import HOME, OnTheWay

AnyRequest = Request[Any, Any, Any]
COOKIE, WAY_COOKIE = "tal", "tal-vej"
WAY_LASTS_S = 600
"""To sign in at the provider, with a second factor that has to be found first."""
SIGN_IN = f"{HOME}/log-ind"
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
log = structlog.get_logger()


def sign_in_address(til: str) -> str:
    return SIGN_IN + ("" if til == HOME else f"?{urlencode({'til': til})}")


def led_to(address: str, *cookies: Cookie) -> Response[str]:
    return Response(
        "", media_type="text/html", status_code=303, headers=HEADERS | {"Location": address}, cookies=cookies
    )


def page(told: Told, *cookies: Cookie, onward: str = "") -> Response[str]:
    """`onward`: where the page goes on by itself, at once."""
    text = _pages().get_template("told.html").render(told=told, onward=onward, sign_in=SIGN_IN, home=HOME)
    return Response(text, media_type="text/html", status_code=told.status, headers=HEADERS, cookies=cookies)


def trouble(request: AnyRequest, error: Exception) -> Response[str]:
    """Whatever was raised, as a page or the way to sign in; in the log stands a reason, and never whose."""
    match error:
        case NotSignedIn():
            return led_to(sign_in_address(error.til if request.method == "GET" else HOME))
        case CannotSignIn() | NotVouched():
            return refused(why_of(error))
        case HTTPException() if error.status_code < 500:
            return page(told_of(error.status_code))
        case _ if isinstance(error, AWAY):
            return refused(Trouble.STORE_AWAY)
        case _:
            log.error("a_page_failed", kind=type(error).__name__)
            return page(told_of(500))


def refused(why: Trouble, *cookies: Cookie) -> Response[str]:
    log.info("not_signed_in", why=why.value)
    return page(TOLD[why], *cookies)


def session_cookie(settings: Settings, secret: str) -> Cookie:
    """Gone with the browser's window; the server ends it earlier."""
    return _cookie(settings, COOKIE, secret)


def way_cookie(settings: Settings, way: OnTheWay) -> Cookie:
    return _cookie(settings, WAY_COOKIE, way.cookie(), WAY_LASTS_S)


def without(settings: Settings, name: str) -> Cookie:
    return _cookie(settings, name, "", 0)


def _cookie(settings: Settings, name: str, value: str, max_age: int | None = None) -> Cookie:
    return Cookie(
        name,
        value=value,
        path=HOME,
        max_age=max_age,
        httponly=True,
        secure=settings.public_url.startswith("https://"),
        samesite="lax",
    )


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("campaigns.signing_in", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.globals["fingerprint"] = fingerprint
    return pages
