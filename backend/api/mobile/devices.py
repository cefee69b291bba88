"""What the app says of itself and its phone."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.mobile.wire import AppVersion
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.identity.caller import Caller
from backend.volunteers import devices
from backend.volunteers.volunteer import (
    Language,
    NewDevice,
    Permission,
    Permissions,
    Platform,
    Push,
    PushKind,
)


class PushAddress(msgspec.Struct, frozen=True):
    """Where a push to this app goes; for `webpush` the subscription as JSON text."""

    kind: PushKind
    value: Annotated[str, Meta(min_length=1, max_length=2048, pattern=r"^[ -~]+$")]


class PhonePermissions(msgspec.Struct, frozen=True):
    """What the phone's owner lets the app do."""

    notifications: Permission = Permission.UNKNOWN
    location_always: Permission = Permission.UNKNOWN
    critical_alerts: Permission = Permission.UNKNOWN
    battery_unrestricted: Permission = Permission.UNKNOWN


class ThisDevice(msgspec.Struct, frozen=True):
    """`push` takes the place of the one told before; null: no push reaches this app."""

    platform: Platform
    app_version: AppVersion
    language: Language
    push: PushAddress | None
    permissions: PhonePermissions


class DeviceKept(msgspec.Struct, frozen=True):
    device_id: UUID


@put("/mobile/v1/me/device", guards=[volunteer(Limit.PROFILE)], status_code=200)
async def describe_device(
    data: JSONBody[ThisDevice],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> DeviceKept:
    """Tell the app's version, language, push address and permissions

    At every start of the app, and whenever one of them changes.
    """
    permissions = Permissions(
        data.permissions.notifications,
        data.permissions.location_always,
        data.permissions.critical_alerts,
        data.permissions.battery_unrestricted,
    )
    async with database.acting_as(Actor(Role.API, person_id=caller.volunteer_id), Lane.REST) as connection:
        await devices.describe(
            connection,
            caller.volunteer_id,
            caller.kind,
            caller.device_id,
            NewDevice(data.platform, data.app_version, data.language),
            Push(data.push.kind, data.push.value) if data.push else None,
            permissions,
            clock.now(),
        )
    return DeviceKept(caller.device_id)


routes = (describe_device,)
