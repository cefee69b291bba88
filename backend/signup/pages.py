"""The pages to the account, one after the other.

Each form that is taken leads on by a redirect; each that is not is shown again, with what was typed.
"""

from datetime import datetime, timedelta

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from backend.delivery.code_by_text import price_for
from backend.foundation.clock import COPENHAGEN, Clock
from backend.foundation.database import Connection, Database, Lane
from backend.foundation.problems import Problem
from backend.foundation.settings import Settings
from backend.identity.caps import caps_of
from backend.identity.codes import WhyNot
from backend.identity.keys import Keys
from backend.recruitment import credit
from backend.recruitment.campaign import Standing
from backend.recruitment.credit import standing_of
from backend.regions import queries as regions
from backend.signup import about, session
from backend.signup.about import About, Field, Mistake
from backend.signup.ask import NoCode, Sent, WhyNone, ask_for_code
from backend.signup.consent_texts import TEXTS, purposes_for
from backend.signup.finish import finish
from backend.signup.prove import digits_of, prove
from backend.signup.session import Said, SignUp, Step
from backend.signup.steps import ABOUT, API, CODE, CONSENTS, PAGE_OF, WELCOME, find, keep
from backend.signup.visit import COOKIE, COOKIE_PATH, AnyRequest, Visit, form_of, go, show, visit_of, words_in
from backend.volunteers.phone import parse_phone, readable

LONGEST_PHONE_KEPT = 40


@get(WELCOME)
async def welcome_page(
    request: AnyRequest, database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Response[str]:
    """What a hjerteløber does, and the phone number to begin with"""
    visit, now = visit_of(request), clock.now()
    if visit.join_code is not None:
        async with database.acting_as(API, Lane.REST) as connection:
            standing = await standing_of(connection, visit.join_code, now)
        if standing is not Standing.OPEN:
            visit = msgspec.structs.replace(visit, code_unusable=True)
    return show(visit, "welcome.html", phone="", wrong=None, held=None)


@post(WELCOME)
async def begin(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Have a code sent, and begin"""
    visit, form, now = visit_of(request), await form_of(request), clock.now()
    typed = form.get("phone", "")[:LONGEST_PHONE_KEPT]
    try:
        phone = parse_phone(typed)
        price_for(caps_of(settings), phone)
    except Problem:
        return show(visit, "welcome.html", 422, phone=typed, wrong=words_in(visit.language).not_a_phone, held=None)
    async with database.acting_as(API, Lane.REST) as connection:
        asked = await _ask(connection, keys, settings, request, visit, phone, now)
        if isinstance(asked, NoCode):
            held = _in_words(visit, asked, now)
            return show(visit, "welcome.html", _status(asked), asked.retry_after_s, phone=typed, wrong=None, held=held)
        if visit.token is not None:
            await session.forget(connection, visit.token)
        if visit.join_code is not None and asked is Sent.NOW:
            await credit.begun(connection, visit.join_code, now)
        begun = SignUp(step=Step.CODE, phone=phone, join_code=visit.join_code)
        token = await session.begin(connection, keys, begun, now)
    response = go(visit.at(CODE))
    # Gone with the browser's window; strictly necessary, so nobody has to agree to it.
    secure = settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, token, path=COOKIE_PATH, httponly=True, samesite="lax", secure=secure)
    return response


@get(CODE)
async def code_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Where the code is entered"""
    visit, now = visit_of(request), clock.now()
    async with database.acting_as(API, Lane.REST) as connection:
        found = await find(connection, keys, visit, now, Step.CODE)
    if isinstance(found, Response):
        return found
    return _code(visit, found, None, sent_again="ny" in request.query_params)


@post(CODE)
async def prove_phone(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Prove the phone, or have another code sent"""
    visit, form, now = visit_of(request), await form_of(request), clock.now()
    words = words_in(visit.language)
    async with database.acting_as(API, Lane.REST) as connection:
        found = await find(connection, keys, visit, now, Step.CODE)
        if isinstance(found, Response):
            return found
        if "again" in form:
            asked = await _ask(connection, keys, settings, request, visit, found.phone, now)
            if isinstance(asked, NoCode):
                held = _in_words(visit, asked, now)
                return _code(visit, found, None, _status(asked), held=held, retry_after_s=asked.retry_after_s)
            await keep(connection, keys, visit, found, now)
            return go(visit.at(CODE, ny="1"))
        digits = digits_of(form.get("code", ""))
        if digits is None:
            return _code(visit, found, words.not_six_digits, 422)
        after = await prove(connection, keys, found, digits, now)
        if isinstance(after, WhyNot):
            return _code(visit, found, words.wrong_code[after], 422)
        await keep(connection, keys, visit, after, now)
    return go(visit.at(PAGE_OF[after.step]))


@get(ABOUT)
async def about_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Where somebody says who they are"""
    visit, now = visit_of(request), clock.now()
    async with database.acting_as(API, Lane.REST) as connection:
        found = await find(connection, keys, visit, now, Step.ABOUT, Step.CONSENTS)
        if isinstance(found, Response):
            return found
        return await _about(connection, visit, found.said, {}, now)


@post(ABOUT)
async def tell_about(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Say who one is"""
    visit, form, now = visit_of(request), await form_of(request), clock.now()
    said = about.said_in(form)
    async with database.acting_as(API, Lane.REST) as connection:
        found = await find(connection, keys, visit, now, Step.ABOUT, Step.CONSENTS)
        if isinstance(found, Response):
            return found
        person = await about.check(connection, said, now)
        step = Step.CONSENTS if isinstance(person, About) else Step.ABOUT
        # Kept right or wrong: the other language, the back button and reloading show what was typed.
        after = SignUp(step=step, phone=found.phone, said=said, join_code=found.join_code)
        await keep(connection, keys, visit, after, now)
        if not isinstance(person, About):
            return await _about(connection, visit, said, person, now, 422)
    return go(visit.at(CONSENTS))


@get(CONSENTS)
async def consents_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """What somebody may say yes to"""
    visit = visit_of(request)
    async with database.acting_as(API, Lane.REST) as connection:
        found = await find(connection, keys, visit, clock.now(), Step.CONSENTS)
    if isinstance(found, Response):
        return found
    boxes = [(purpose, TEXTS[visit.language][purpose]) for purpose in purposes_for(found.join_code)]
    return show(visit, "consents.html", boxes=boxes)


@post(CONSENTS)
async def sign_up(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Make the account"""
    visit, form, now = visit_of(request), await form_of(request), clock.now()

    async def work(connection: Connection) -> Response[str]:
        found = await find(connection, keys, visit, now, Step.CONSENTS)
        if isinstance(found, Response):
            return found
        purposes = [purpose for purpose in purposes_for(found.join_code) if purpose.value in form]
        after = await finish(connection, keys, found, purposes, visit.language, now)
        await keep(connection, keys, visit, after, now)
        return go(visit.at(PAGE_OF[after.step]))

    # Where the app makes the account in this very moment it is found the second time.
    return await database.in_transaction(API, Lane.REST, work, again_on=(Problem,))


routes = (
    welcome_page,
    begin,
    code_page,
    prove_phone,
    about_page,
    tell_about,
    consents_page,
    sign_up,
)


async def _ask(
    connection: Connection,
    keys: Keys,
    settings: Settings,
    request: AnyRequest,
    visit: Visit,
    phone: str,
    now: datetime,
) -> NoCode | Sent:
    host = request.client.host if request.client else ""
    return await ask_for_code(connection, keys, caps_of(settings), phone, visit.language, host, now)


def _status(refused: NoCode) -> int:
    return 503 if refused.why is WhyNone.NO_TEXT_MESSAGES else 429


def _in_words(visit: Visit, refused: NoCode, now: datetime) -> str:
    again = (now + timedelta(seconds=refused.retry_after_s)).astimezone(COPENHAGEN)
    return words_in(visit.language).no_code_sent[refused.why].format(f"{again:%H.%M}")


def _code(
    visit: Visit,
    found: SignUp,
    wrong: str | None,
    status: int = 200,
    *,
    held: str | None = None,
    retry_after_s: int | None = None,
    sent_again: bool = False,
) -> Response[str]:
    phone = readable(found.phone)
    return show(visit, "code.html", status, retry_after_s, phone=phone, wrong=wrong, held=held, sent_again=sent_again)


async def _about(
    connection: Connection, visit: Visit, said: Said, wrong: dict[Field, Mistake], now: datetime, status: int = 200
) -> Response[str]:
    """With the municipalities of today, and a field for the postcode where postcodes are known."""
    words = words_in(visit.language)
    return show(
        visit,
        "about.html",
        status,
        said=said,
        wrong={field.value: words.wrong[mistake] for field, mistake in wrong.items()},
        confirms=about.may_have_to_confirm(said, now),
        municipalities=await regions.municipalities(connection, now),
        knows_postcodes=await regions.has_postcodes(connection),
    )
