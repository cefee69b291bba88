"""One call of a browser: what its address and cookie say, the form it sends, and the pages it is answered with."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request
from litestar.response import Response

from backend.foundation.problems import Problem, forbidden
from backend.signup.files import fingerprint
from backend.signup.words import Words
from backend.signup.words_da import DANISH
from backend.signup.words_en import ENGLISH
from backend.volunteers.volunteer import Language

COOKIE = "tilmelding"
COOKIE_PATH = "/tilmelding"
LONGEST_JOIN_CODE = 64  # as the app may send
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
AnyRequest = Request[Any, Any, Any]


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """How the page was asked for. Language and join code stand in every address, so that no click loses them."""

    path: str
    language: Language
    join_code: str | None
    code_unusable: bool
    token: str | None

    def at(self, path: str, *, language: Language | None = None, **more: str) -> str:
        """The address of another page on the same way."""
        spoken = language or self.language
        query = more | ({"code": self.join_code} if self.join_code else {})
        if spoken is not Language.DA:
            query["lang"] = spoken.value
        return f"{path}?{urlencode(query)}" if query else path

    def __repr__(self) -> str:
        return f"Visit({self.path})"


def visit_of(request: AnyRequest) -> Visit:
    """What is odd in an address is left out, never refused: whoever holds the link did not write it."""
    given = request.query_params.get("code", "").strip()
    usable = given.isprintable() and len(given) <= LONGEST_JOIN_CODE
    return Visit(
        path=request.url.path,
        language=Language.EN if request.query_params.get("lang") == Language.EN else Language.DA,
        join_code=given if given and usable else None,
        code_unusable=not usable,
        token=request.cookies.get(COOKIE),
    )


async def form_of(request: AnyRequest) -> dict[str, str]:
    """The form's fields, each once. Raises 415 for anything but a form, 403 for one that another site sent."""
    # A form of another site comes without the cookie (SameSite) and, from any browser of today, with this header.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise forbidden("The form was sent from another site.")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Problem(415, "wrong-media-type", "Not a form", "Send an ordinary form.")
    return {str(name): str(value) for name, value in (await request.form()).items()}


def words_in(language: Language) -> Words:
    return ENGLISH if language is Language.EN else DANISH


def show(
    visit: Visit, template: str, status: int = 200, retry_after_s: int | None = None, **values: Any
) -> Response[str]:
    """A page. `values` is what the template asks for."""
    text = _pages().get_template(template).render(w=words_in(visit.language), visit=visit, **values)
    waits = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return Response(text, media_type="text/html", status_code=status, headers=HEADERS | waits)


def go(address: str) -> Response[str]:
    """To another page: after every form that was taken, so that reloading sends nothing again."""
    return Response("", media_type="text/html", status_code=303, headers=HEADERS | {"Location": address})


def trouble(request: AnyRequest, status: int, headers: dict[str, str]) -> Response[str]:
    """The page for a refusal that has no better one: by its status alone, so it repeats nothing."""
    visit = visit_of(request)
    told = words_in(visit.language).trouble
    heading, why = told.get(status, told[400])
    response = show(visit, "trouble.html", status, heading=heading, why=why)
    response.headers.update({name: value for name, value in headers.items() if name in ("Retry-After", "Allow")})
    return response


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("backend.signup", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.globals["fingerprint"] = fingerprint
    return pages
