"""One's own account: see it, change it, consents, duty."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, UnsetType

from backend.alerts.apply import Contended
from backend.api.contract import WITHDREW, answers
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.mobile.wire import MunicipalityCode, Name, Postcode, SpokenLanguages, Version
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.identity.caller import Caller
from backend.identity.keys import Keys
from backend.locations.availability import forget, make_coarse, set_available
from backend.recruitment.credit import code_of, forget_phone, take_back
from backend.responses.step_back import nothing_rings, step_back
from backend.volunteers import consents, profile
from backend.volunteers.duty import set_duty
from backend.volunteers.name import clean_name
from backend.volunteers.queries import read_person
from backend.volunteers.quiet_week import MOST_SPANS, Span, as_spans, is_quiet, parse_week
from backend.volunteers.volunteer import Given, Purpose, Training
from backend.volunteers.withdraw import ERASED_AFTER

TimeOfWeek = Annotated[
    str,
    Meta(
        pattern=r"^(mon|tue|wed|thu|fri|sat|sun) (([01]\d|2[0-3]):[0-5]\d|24:00)$",
        description="Day and time on a Danish clock, such as mon 22:00",
        examples=["mon 22:00"],
    ),
]


class QuietSpan(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """From one time of the week to another; `to` may lie in the next week."""

    start: TimeOfWeek
    end: Annotated[TimeOfWeek, Meta(examples=["tue 06:00"])]


class Duty(msgspec.Struct, frozen=True):
    """When somebody may be rung: on duty, not snoozed, not in the weekly quiet hours (Europe/Copenhagen)."""

    on_duty: bool
    snoozed_until: Annotated[datetime, Meta(tz=True)] | None
    quiet_week: Annotated[list[QuietSpan], Meta(max_length=MOST_SPANS)]


class ConsentInForce(msgspec.Struct, frozen=True):
    purpose: Purpose
    version: str
    given_at: datetime


class Me(msgspec.Struct, frozen=True):
    """What a volunteer told of themselves. `withdrawn_at`: nobody asks them since; `erased_at`: when all this goes."""

    volunteer_id: UUID
    phone: str
    name: str
    birth_year: int
    training: Training
    languages: list[str]
    municipality: str | None
    join_code: str | None
    coarse_position: bool
    duty: Duty
    consents: list[ConsentInForce]
    signed_up_at: datetime
    withdrawn_at: datetime | None = None
    erased_at: datetime | None = None


class ChangeMe(msgspec.Struct, frozen=True):
    """What is left out stays as it is; `municipality: null` forgets the home municipality."""

    name: Name | UnsetType = UNSET
    training: Training | UnsetType = UNSET
    languages: SpokenLanguages | UnsetType = UNSET
    municipality: MunicipalityCode | UnsetType | None = UNSET
    postcode: Postcode | UnsetType = UNSET
    coarse_position: Annotated[bool, Meta(description="Keep only an area of about a kilometre")] | UnsetType = UNSET


class ConsentChange(msgspec.Struct, frozen=True):
    version: Version
    given: bool


@get("/mobile/v1/me", guards=[volunteer(Limit.PROFILE)])
async def read_me(caller: NamedDependency[Caller], database: NamedDependency[Database]) -> Me:
    """See one's own account"""
    async with database.acting_as(_self(caller), Lane.REST) as connection:
        return await _me(connection, caller)


@patch("/mobile/v1/me", guards=[volunteer(Limit.PROFILE)], opt=answers(WITHDREW))
async def change_me(
    data: JSONBody[ChangeMe],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Me:
    """Change one's own account"""
    wanted = profile.Change(
        name=clean_name(data.name) if isinstance(data.name, str) else None,
        training=data.training or None,
        languages=list(dict.fromkeys(data.languages)) if data.languages else None,
        municipality=data.municipality or None,
        postcode=data.postcode or None,
        no_home=data.municipality is None,
        coarse_position=None if isinstance(data.coarse_position, UnsetType) else data.coarse_position,
    )
    async with database.acting_as(_self(caller), Lane.REST) as connection:
        await profile.change(connection, caller.volunteer_id, wanted, clock.now())
        if wanted.coarse_position:
            await make_coarse(connection, caller.volunteer_id)
        return await _me(connection, caller)


@put("/mobile/v1/me/consents/{purpose:str}", guards=[volunteer(Limit.PROFILE)], opt=answers(WITHDREW))
async def change_consent(
    purpose: FromPath[Purpose],
    data: JSONBody[ConsentChange],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> list[ConsentInForce]:
    """Give a consent, or take it back

    Without `alarms` nobody is rung; without `location` every position, home and work are forgotten; without
    `campaign_credit` the join code is.
    """
    now, volunteer_id = clock.now(), caller.volunteer_id

    async def work(connection: Connection) -> list[ConsentInForce]:
        if data.given:
            await consents.give(connection, volunteer_id, Given(purpose, data.version), now)
        else:
            if purpose is Purpose.ALARMS:
                await step_back(connection, _self(caller), volunteer_id, now)
            await consents.withdraw(connection, volunteer_id, purpose, now)
            if purpose is Purpose.ALARMS:
                await nothing_rings(connection, volunteer_id)
            if purpose is Purpose.LOCATION:
                await forget(connection, volunteer_id)
            if purpose is Purpose.CAMPAIGN_CREDIT:
                await take_back(connection, volunteer_id)
                person = await read_person(connection, volunteer_id)
                if person is not None:
                    await forget_phone(connection, keys, person.phone)
        if purpose is Purpose.ALARMS:
            await _tell_locations(connection, caller)
        return await _consents(connection, caller)

    return await database.in_transaction(_self(caller), Lane.REST, work, again_on=(Contended,))


@put("/mobile/v1/me/duty", guards=[volunteer(Limit.PROFILE)], opt=answers(WITHDREW))
async def change_duty(
    data: JSONBody[Duty],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Duty:
    """Say when one may be rung

    What rings now is declined by going off duty, by a snooze and by quiet hours that have begun; a mission goes on.
    """
    week = parse_week([Span(span.start, span.end) for span in data.quiet_week])

    async def work(connection: Connection) -> Duty:
        now, volunteer_id = clock.now(), caller.volunteer_id
        snoozes = data.snoozed_until is not None and data.snoozed_until > now
        away = not data.on_duty or snoozes or is_quiet(week, now)
        if away:
            await step_back(connection, _self(caller), volunteer_id, now)
        await set_duty(connection, volunteer_id, data.on_duty, data.snoozed_until, week, now)
        if away:
            await nothing_rings(connection, volunteer_id)
        await _tell_locations(connection, caller)
        return (await _me(connection, caller)).duty

    return await database.in_transaction(_self(caller), Lane.REST, work, again_on=(Contended,))


def _self(caller: Caller) -> Actor:
    return Actor(Role.API, person_id=caller.volunteer_id)


async def _tell_locations(connection: Connection, caller: Caller) -> None:
    available = await consents.is_available(connection, caller.volunteer_id)
    await set_available(connection, caller.volunteer_id, available)


async def _consents(connection: Connection, caller: Caller) -> list[ConsentInForce]:
    found = await consents.in_force(connection, caller.volunteer_id)
    return [ConsentInForce(each.purpose, each.version, each.given_at) for each in found]


async def _me(connection: Connection, caller: Caller) -> Me:
    me, person = await profile.read(connection, caller.volunteer_id)
    return Me(
        volunteer_id=me.id,
        phone=person.phone,
        name=person.name,
        birth_year=person.birth_year,
        training=me.training,
        languages=me.languages,
        municipality=me.municipality,
        join_code=await code_of(connection, caller.volunteer_id),
        coarse_position=me.coarse_position,
        duty=Duty(me.on_duty, me.snoozed_until, [QuietSpan(each.start, each.end) for each in as_spans(me.quiet_week)]),
        consents=await _consents(connection, caller),
        signed_up_at=me.created_at,
        withdrawn_at=me.withdrawn_at,
        erased_at=None if me.withdrawn_at is None else me.withdrawn_at + ERASED_AFTER,
    )


routes = (read_me, change_me, change_consent, change_duty)
