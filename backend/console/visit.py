"""One call of a browser: its cookies, its language, the form it sends, and the pages it is answered with."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers.base import BaseRouteHandler
from litestar.response import Response

from backend.console.frame import THEME_COOKIE, frame, theme_of
from backend.console.words import Words
from backend.console.words_da import DANISH
from backend.console.words_en import ENGLISH
from backend.foundation.problems import Problem, bad_field, forbidden
from backend.foundation.settings import Settings
from backend.identity.staff_session import form_word

HOME, SIGN_IN, ONWARD, BACK = "/konsol", "/konsol/log-ind", "/konsol/videre", "/konsol/tilbage"
SIGN_OUT, CONFIRM, CENTRE, PIN = "/konsol/log-ud", "/konsol/bekraeft", "/konsol/vagtcentral", "/konsol/pinkode"
SEAT, CHANGE, SEALED = "/konsol/plads", "/konsol/skift", "/konsol/noed"
APPROVALS, INCIDENTS = "/konsol/godkendelser", "/konsol/haendelser"

COOKIE, WAY_COOKIE, SEAT_COOKIE = "__Host-konsol", "__Host-konsol-vej", "__Host-konsol-plads"
LANGUAGE_COOKIE = "__Host-konsol-sprog"
LASTS_A_YEAR_S = 365 * 24 * 3600
SEAT_LASTS_S = 400 * 24 * 3600
"""As long as browsers keep a cookie; it is set anew whenever somebody signs in there."""
FORM_WORD = "ord"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
AnyRequest = Request[Any, Any, Any]
AnyConnection = ASGIConnection[Any, Any, Any, Any]
_HARMLESS = ("GET", "HEAD", "OPTIONS")


def must_come_from_here(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """A guard: a form or a script of another site changes nothing. Raises 403.

    A browser says where a form comes from; one that says nothing says no. `Origin` is compared with what people reach
    this service by, since behind a proxy it knows no better. From a page that sends no referrer, as ours do, browsers
    send a form with the origin `null`: then what counts is whether they call it the same.
    """
    if connection.scope.get("method", "GET") in _HARMLESS:
        return
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    ours = (public_address(connection.app.state.settings), *(("null",) if site == "same-origin" else ()))
    if (site is None and origin is None) or site not in (None, "same-origin") or origin not in (None, *ours):
        raise forbidden("The form was sent from another site.")


def public_address(settings: Settings) -> str:
    """What people reach this service by, as a browser says it; a slash at the end is often written along."""
    return settings.public_url.rstrip("/")


async def form_of(request: AnyRequest, secret: str | None) -> dict[str, str]:
    """The form's fields, each once. Raises 415 for anything but a form, 403 for one without the word of `secret`.

    `secret`: of the session, or of the seat where nobody is signed in; None where neither is known yet.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Problem(415, "wrong-media-type", "Not a form", "Send an ordinary form.")
    form = {str(name): str(value) for name, value in (await request.form()).items()}
    if any("\0" in value for value in form.values()):
        raise bad_field("", "text without the character U+0000")  # which PostgreSQL cannot keep, nor compare
    if secret is not None and form.get(FORM_WORD) != form_word(secret):
        raise forbidden("The form is not of this session.")
    return form


def words_of(request: AnyRequest) -> Words:
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return ENGLISH if chosen == "en" else DANISH


def show(request: AnyRequest, template: str, status: int = 200, *cookies: Cookie, **values: Any) -> Response[str]:
    """A page; `values` is what the template asks for. Who is signed in stands in the header of every one."""
    here = request.scope.get("user")
    words = words_of(request)
    always = {
        "w": words,
        "here": here,
        "path": request.url.path if request.method == "GET" else HOME,  # a link leads to what can be opened
        "word": form_word(here.token) if here is not None else "",
    }
    text = _pages().get_template(template).render(frame(request, words, HOME) | always | values)
    kept = [*cookies, *_remembered(request, words)]
    return Response(text, media_type="text/html", status_code=status, headers=HEADERS, cookies=kept)


def _remembered(request: AnyRequest, words: Words) -> list[Cookie]:
    chosen = {"lang": (LANGUAGE_COOKIE, words.code), "tema": (THEME_COOKIE, theme_of(request))}
    return [cookie(*kept, LASTS_A_YEAR_S) for name, kept in chosen.items() if name in request.query_params]


def told(request: AnyRequest, status: int, heading: str, why: str, *cookies: Cookie, again: str = "") -> Response[str]:
    """A page of two sentences. `again`: where trying once more begins."""
    return show(request, "told.html", status, *cookies, heading=heading, why=why, again=again, onward="")


def go(address: str, *cookies: Cookie) -> Response[str]:
    """To another page: after every form that was taken, so that reloading sends nothing again."""
    return Response(
        "", media_type="text/html", status_code=303, headers=HEADERS | {"Location": address}, cookies=cookies
    )


def trouble(request: AnyRequest, status: int, headers: dict[str, str]) -> Response[str]:
    """The page for a refusal that has no better one: by its status alone, so it repeats nothing."""
    said = words_of(request).trouble
    heading, why = said.get(status, said[400])
    response = told(request, status, heading, why, again=HOME)
    response.headers.update({name: value for name, value in headers.items() if name in ("Retry-After", "Allow")})
    return response


def cookie(name: str, value: str, max_age: int | None = None) -> Cookie:
    """`__Host-`: this host's alone, over TLS alone; browsers count loopback as such. No script reads it.

    Lax and not Strict: whoever comes back from the provider is led here by another site.
    """
    return Cookie(name, value=value, path="/", max_age=max_age, httponly=True, secure=True, samesite="lax")


def seat_cookie(browser: str) -> Cookie:
    """By which a browser is known as a seat's."""
    return cookie(SEAT_COOKIE, browser, SEAT_LASTS_S)


def without(name: str) -> Cookie:
    return cookie(name, "", 0)


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("backend.console", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
