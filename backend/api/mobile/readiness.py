"""Would I be rung now? And what every app has to know before it asks anything else."""

from datetime import timedelta

import msgspec
from litestar import get
from litestar.di import NamedDependency

from backend.api.guards import anyone, volunteer
from backend.api.limits import Limit
from backend.api.mobile import queries
from backend.delivery.message import Channel
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.settings import Settings
from backend.identity.caller import Caller
from backend.volunteers.devices import signed_out
from backend.volunteers.readiness import Check, Facts, findings, is_ready

# Every policy has its own limit; this is the default policy's (DOMAIN §2), and that after which a position is deleted.
MAX_POSITION_AGE = timedelta(hours=72)

# Ours: with one report in ten minutes somebody walking is known to about 800 m, and a phone's battery lasts the day;
# twelve chances to be heard of before a position is deleted after 72 h.
REPORT_EVERY = timedelta(minutes=10)
STILL_HERE_EVERY = timedelta(hours=6)


class ReadinessCheck(msgspec.Struct, frozen=True):
    """`blocking`: while this is not ok, no alarm rings on any of one's phones."""

    check: Check
    ok: bool
    blocking: bool
    words_da: str
    words_en: str


class Readiness(msgspec.Struct, frozen=True):
    """`ready`: every blocking check is ok."""

    ready: bool
    checks: list[ReadinessCheck]


class Config(msgspec.Struct, frozen=True):
    """An app older than `oldest_app_version` asks to be updated. Intervals in seconds; `channels` in use now."""

    oldest_app_version: str
    report_every_s: int
    still_here_every_s: int
    channels: list[Channel]


@get("/mobile/v1/readiness", guards=[volunteer(Limit.PROFILE)])
async def read_readiness(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Readiness:
    """What keeps me from being rung

    In words to be shown as they are, in Danish and English.
    """
    async with database.acting_as(Actor(Role.API, person_id=caller.volunteer_id), Lane.REST) as connection:
        row = await queries.readiness(connection, caller.volunteer_id, caller.device_id)
    if row is None:
        raise signed_out()
    found = findings(_facts(row, settings), clock.now())
    checks = [ReadinessCheck(each.check, each.ok, each.blocking, each.words_da, each.words_en) for each in found]
    return Readiness(is_ready(found), checks)


@get("/mobile/v1/config", guards=[anyone(Limit.OPEN)])
async def read_config(database: NamedDependency[Database], settings: NamedDependency[Settings]) -> Config:
    """What every app has to know"""
    async with database.acting_as(Actor(Role.API), Lane.REST) as connection:
        channels = await _channels(connection, settings)
    return Config(
        settings.oldest_app_version,
        int(REPORT_EVERY.total_seconds()),
        int(STILL_HERE_EVERY.total_seconds()),
        channels,
    )


async def _channels(connection: Connection, settings: Settings) -> list[Channel]:
    """Switched on by the operator, and set up at all."""
    set_up = {
        Channel.FCM: settings.fcm_service_account_file is not None,
        Channel.SMS: settings.sms_gateway_url is not None,
        Channel.IN_APP: True,
    }
    enabled = await queries.enabled_channels(connection)
    return [channel for channel in Channel if set_up[channel] and channel.value in enabled]


def _facts(row: queries.ReadinessRow, settings: Settings) -> Facts:
    return Facts(
        consents_to_alarms=row.consents_to_alarms,
        consents_to_location=row.consents_to_location,
        on_duty=row.on_duty,
        snoozed_until=row.snoozed_until,
        quiet_week=list(zip(row.quiet_from, row.quiet_to, strict=True)),
        position_seen_at=row.position_seen_at,
        has_fixed_place=row.has_fixed_place,
        has_push=row.has_push,
        has_any_address=row.has_any_address,
        permissions=row.permissions,
        app_version=row.app_version,
        oldest_app_version=settings.oldest_app_version,
        max_position_age=MAX_POSITION_AGE,
    )


routes = (read_readiness, read_config)
