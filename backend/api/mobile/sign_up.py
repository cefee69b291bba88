"""Signing up: an account for a phone that was just proven."""

from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from backend.api.contract import answers
from backend.api.guards import sign_up as newcomer
from backend.api.mobile.device_key import DeviceProof, bearer_of, key_of_new_device
from backend.api.mobile.tokens import Tokens, tokens_for
from backend.api.mobile.wire import DeviceInHand, GivenConsent, MunicipalityCode, Name, Postcode, SpokenLanguages
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.problems import unauthorised
from backend.foundation.settings import Settings
from backend.identity import refresh
from backend.identity.caller import Caller
from backend.identity.keys import Keys
from backend.identity.phone_hash import open_phone
from backend.recruitment.credit import credit
from backend.volunteers.name import clean_name
from backend.volunteers.sign_up import Newcomer, sign_up
from backend.volunteers.volunteer import Training

VOLUNTEERS = "/mobile/v1/volunteers"


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """Consents are separate: leaving one out refuses it. Without `alarms` nobody is rung."""

    name: Name
    birth_year: int
    has_turned_18: Annotated[bool, Meta(description="Needed in the year somebody turns 18")] = False
    training: Training
    languages: SpokenLanguages
    municipality: MunicipalityCode | None = None
    postcode: Postcode | None = None
    join_code: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    consents: Annotated[list[GivenConsent], Meta(max_length=10)]
    device: DeviceInHand


class SignedUp(msgspec.Struct, frozen=True):
    """`credited`: whether the join code is counted, which needs the consent `campaign_credit`; null without a code."""

    tokens: Tokens
    credited: bool | None


@post(
    VOLUNTEERS,
    guards=[newcomer()],
    status_code=201,
    opt=answers({409: "The phone has an account already"}),
)
async def sign_up_volunteer(
    request: Request[Any, Any, Any],
    data: JSONBody[SignUp],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
    device_proof: DeviceProof = None,
) -> SignedUp:
    """Sign up as a hjerteløber

    With the token that signing in gave for a phone without an account. Volunteers are 18 or older.
    """
    if caller.sealed_phone is None:
        raise unauthorised("The access token is not one of ours.")
    now = clock.now()
    device_key = key_of_new_device(device_proof, settings, VOLUNTEERS, bearer_of(request))
    person = Newcomer(
        phone=open_phone(keys, caller.sealed_phone),
        name=clean_name(data.name),
        birth_year=data.birth_year,
        has_turned_18=data.has_turned_18,
        training=data.training,
        languages=tuple(dict.fromkeys(data.languages)),
        municipality=data.municipality,
        postcode=data.postcode,
        consents=tuple(each.given() for each in data.consents),
    )
    async with database.acting_as(Actor(Role.API), Lane.REST) as connection:
        done = await sign_up(connection, keys.phone_hash_key, person, data.device.device(), now)
        credited = await credit(connection, keys, person, done, data.join_code, now)
        granted = await refresh.begin(connection, done.volunteer_id, done.device_id, now, device_key)
    return SignedUp(tokens_for(keys, granted, done.kind, now), credited)


routes = (sign_up_volunteer,)
