"""Signing in: a code by SMS proves the phone; a phone with an account gets tokens, another may sign up."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, assert_never
from uuid import UUID

import msgspec
import structlog
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from backend.api.contract import answers
from backend.api.guards import anyone, volunteer
from backend.api.limits import Limit
from backend.api.mobile.device_key import DeviceProof, key_of_new_device, key_shown
from backend.api.mobile.tokens import Tokens, tokens_for
from backend.api.mobile.wire import DeviceInHand, Phone
from backend.delivery.code_by_text import NoTextMessages, code_by_text
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem, bad_field, too_many, unauthorised
from backend.foundation.settings import Settings
from backend.identity import codes, refresh
from backend.identity.caller import Caller
from backend.identity.caps import caps_of
from backend.identity.keys import Keys
from backend.identity.phone_hash import seal_phone
from backend.identity.tokens import Audience, issue_access_token
from backend.volunteers import devices
from backend.volunteers.phone import parse_phone
from backend.volunteers.profile import find_account
from backend.volunteers.volunteer import Language, NewDevice

log = structlog.get_logger()

SIGN_IN, REFRESH = "/mobile/v1/sign-in", "/mobile/v1/sign-in/refresh"


class AskForCode(msgspec.Struct, frozen=True):
    phone: Phone
    language: Language = Language.DA


class CodeSent(msgspec.Struct, frozen=True):
    """Says nothing about whether the phone has an account."""

    expires_at: datetime


class SignIn(msgspec.Struct, frozen=True):
    phone: Phone
    code: Annotated[str, Meta(pattern=r"^\d{6}$", examples=["204817"])]
    device: DeviceInHand
    exercise: Annotated[
        bool, Meta(description="To the account this phone has for exercises, which an operator made; never by accident")
    ] = False


class SignInStatus(StrEnum):
    SIGNED_IN = "signed_in"
    NEW = "new"  # the phone is proven and has no account: sign up with `sign_up_token`


class SignedIn(msgspec.Struct, frozen=True):
    """`tokens` of an account, or the token a newcomer signs up with."""

    status: SignInStatus
    tokens: Tokens | None
    sign_up_token: str | None


class Spend(msgspec.Struct, frozen=True):
    refresh_token: Annotated[str, Meta(min_length=1, max_length=200)]


@post(
    "/mobile/v1/sign-in/codes",
    guards=[anyone(Limit.SIGN_IN)],
    status_code=202,
    opt=answers({503: "No text messages go out at present"}),
)
async def ask_for_code(
    request: Request[Any, Any, Any],
    data: JSONBody[AskForCode],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
) -> CodeSent:
    """Have a six-digit code sent to a phone

    The answer, and the work behind it, are the same whether the phone has an account or not. Where far too many codes
    are asked for, some to new numbers are not sent, and the answer is the same: let people ask again after a while.
    """
    phone, now = parse_phone(data.phone), clock.now()
    host = request.client.host if request.client else ""
    async with database.acting_as(Actor(Role.API), Lane.REST) as connection:
        issued = await code_by_text(connection, keys, caps_of(settings), phone, data.language.value, host, now)
        match issued:
            case codes.TooMany(retry_after_s):
                raise too_many("This phone was sent enough codes for now.", retry_after_s)
            case NoTextMessages():
                raise Problem(
                    503, "no-text-messages", "No text messages", "No text messages go out at present. Try again later."
                )
            case codes.Issued():
                return CodeSent(issued.expires_at)
            case _:
                assert_never(issued)


@post(
    SIGN_IN,
    guards=[anyone(Limit.SIGN_IN)],
    status_code=200,
    opt=answers({403: "`exercise`, and the phone is on no operator's list for exercises"}),
)
async def sign_in(
    data: JSONBody[SignIn],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
    device_proof: DeviceProof = None,
) -> SignedIn:
    """Sign in, or learn that the phone is new

    A code is good for five minutes, six tries and one use; any of the codes sent lately will do.
    """
    phone, now = parse_phone(data.phone), clock.now()
    device_key = key_of_new_device(device_proof, settings, SIGN_IN, data.code)
    kind = Kind.EXERCISE if data.exercise else Kind.LIVE

    async def work(connection: Connection) -> tuple[UUID | None, Tokens | None]:
        if (proven := await codes.check(connection, keys, phone, data.code, now)) is None:
            return None, None
        return proven, await _tokens_of_phone(connection, keys, phone, kind, data.device.device(), device_key, now)

    proven, tokens = await database.in_transaction(Actor(Role.API), Lane.REST, work)
    # Refused only now, so that the try has been counted for good.
    if proven is None:
        raise bad_field("/code", "the code sent to this phone in the last five minutes", slug="wrong-code")
    if tokens is not None:
        return SignedIn(SignInStatus.SIGNED_IN, tokens, None)
    if data.exercise:
        raise Problem(
            403, "no-exercise-account", "Not on the list", "This phone is on no operator's list for exercises."
        )
    sealed = {"sealed_phone": seal_phone(keys, phone)}
    sign_up_token, _ = issue_access_token(keys.signing, Audience.SIGN_UP, proven, sealed, now)
    return SignedIn(SignInStatus.NEW, None, sign_up_token)


@post(
    REFRESH,
    guards=[anyone(Limit.REFRESH)],
    status_code=200,
    opt=answers({401: "The refresh token is spent, too old or ended: sign in again; or its proof was used before"}),
)
async def refresh_tokens(
    data: JSONBody[Spend],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
    device_proof: DeviceProof = None,
) -> Tokens:
    """Spend a refresh token for new tokens

    Only with a proof by the key the token is bound to: without one it is refused and stays as it is. Where no answer
    comes, spend the same token again, with another proof. As soon as a token that was given for it is spent, using it
    signs the device out, since one of the two users is a thief.
    """
    now = clock.now()
    shown = key_shown(device_proof, settings, REFRESH, data.refresh_token)

    async def work(connection: Connection) -> tuple[refresh.Granted | refresh.Refused, Kind]:
        outcome = await refresh.rotate(connection, data.refresh_token, now, shown)
        if isinstance(outcome, refresh.Refused):
            return outcome, Kind.LIVE
        return outcome, await devices.seen(connection, outcome.volunteer_id, outcome.device_id, now)

    # A phone that an alarm wakes needs this before it can say yes. It takes the tokens' lock and then the volunteer,
    # since it knows nobody before; whoever signs in or out on another device takes them the other way round.
    outcome, kind = await database.in_transaction(Actor(Role.API), Lane.ANSWERS, work)
    if isinstance(outcome, refresh.Refused):  # only now, so that an ended family stays ended
        log.warning("refresh_refused", why=outcome.value)
        if outcome is refresh.Refused.REPEATED:
            raise unauthorised("This proof was used before: make a new one, and send the same refresh token again.")
        raise unauthorised("The refresh token is no longer good: sign in again.")
    return tokens_for(keys, outcome, kind, now)


@post("/mobile/v1/sign-out", guards=[volunteer(Limit.PROFILE)], status_code=204)
async def sign_out(
    caller: NamedDependency[Caller], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> None:
    """Sign this device out

    Nothing reaches it any more. Signed out on the last device, a volunteer is not rung, not even by SMS.
    """

    async def work(connection: Connection) -> None:
        await devices.sign_out(connection, caller.volunteer_id, caller.device_id, clock.now())

    await database.in_transaction(Actor(Role.API, person_id=caller.volunteer_id), Lane.REST, work)


async def _tokens_of_phone(
    connection: Connection,
    keys: Keys,
    phone: str,
    kind: Kind,
    device: NewDevice,
    device_key: str | None,
    now: datetime,
) -> Tokens | None:
    account = await find_account(connection, keys.phone_hash_key, phone, kind)
    if account is None:
        return None
    device_id = await devices.sign_in(connection, account.volunteer_id, account.kind, device, now)
    granted = await refresh.begin(connection, account.volunteer_id, device_id, now, device_key)
    return tokens_for(keys, granted, account.kind, now)


routes = (ask_for_code, sign_in, refresh_tokens, sign_out)
