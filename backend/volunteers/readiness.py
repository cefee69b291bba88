"""What keeps somebody from being rung, in words they understand."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.volunteers.quiet_week import Minutes, is_quiet, quiet_until
from backend.volunteers.volunteer import Permission, Permissions


class Check(StrEnum):
    """One thing each, in the order somebody would put them right."""

    CONSENT_ALARMS = "consent_alarms"
    CONSENT_LOCATION = "consent_location"
    ON_DUTY = "on_duty"
    NOT_SNOOZED = "not_snoozed"
    NOT_QUIET_HOURS = "not_quiet_hours"
    POSITION = "position"
    ADDRESS = "address"
    NOTIFICATIONS = "notifications"
    LOCATION_PERMISSION = "location_permission"
    APP_VERSION = "app_version"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers follow from. `position_seen_at`: the last report or "still here"."""

    consents_to_alarms: bool
    consents_to_location: bool
    on_duty: bool
    snoozed_until: datetime | None
    quiet_week: Sequence[Minutes]
    position_seen_at: datetime | None
    has_fixed_place: bool
    has_push: bool
    has_any_address: bool
    permissions: Permissions
    app_version: str
    oldest_app_version: str
    max_position_age: timedelta


class Finding(msgspec.Struct, frozen=True):
    """One check's answer in Danish and English. `blocking`: while it is not ok, no alarm rings."""

    check: Check
    ok: bool
    blocking: bool
    words_da: str
    words_en: str


def findings(facts: Facts, now: datetime) -> list[Finding]:
    """Every check, in order."""
    return [check(facts, now) for check in _CHECKS]


def is_ready(found: Sequence[Finding]) -> bool:
    return all(finding.ok for finding in found if finding.blocking)


def is_older(version: str, than: str) -> bool:
    """Compare app versions by their numbers: 1.9 is older than 1.10, and 1.2 is 1.2.0."""
    return _numbers(version) < _numbers(than)


def _numbers(version: str) -> list[int]:
    numbers = [int(part) for part in version.split(".")]
    return numbers + [0] * (4 - len(numbers))


def _found(check: Check, ok: bool, good: tuple[str, str], bad: tuple[str, str], blocking: bool = True) -> Finding:
    words_da, words_en = good if ok else bad
    return Finding(check, ok, blocking, words_da, words_en)


def _consent_alarms(facts: Facts, _now: datetime) -> Finding:
    return _found(
        Check.CONSENT_ALARMS,
        facts.consents_to_alarms,
        ("Du har sagt ja til at modtage alarmer.", "You have agreed to receive alarms."),
        ("Du har ikke sagt ja til at modtage alarmer.", "You have not agreed to receive alarms."),
    )


def _consent_location(facts: Facts, _now: datetime) -> Finding:
    return _found(
        Check.CONSENT_LOCATION,
        facts.consents_to_location,
        ("Du har sagt ja til, at vi bruger din position.", "You have agreed that we use your position."),
        (
            "Du har ikke sagt ja til, at vi bruger din position, så vi ved ikke, om du er i nærheden.",
            "You have not agreed that we use your position, so we do not know whether you are near.",
        ),
    )


def _on_duty(facts: Facts, _now: datetime) -> Finding:
    return _found(
        Check.ON_DUTY,
        facts.on_duty,
        ("Du er slået til som hjerteløber.", "You are switched on as a hjerteløber."),
        ("Du har slået alarmer fra. Slå dem til igen for at blive alarmeret.", "You have switched alarms off."),
    )


def _not_snoozed(facts: Facts, now: datetime) -> Finding:
    until = facts.snoozed_until if facts.snoozed_until and facts.snoozed_until > now else None
    return _found(
        Check.NOT_SNOOZED,
        until is None,
        ("Alarmer er ikke sat på pause.", "Alarms are not snoozed."),
        (f"Alarmer er på pause til {_when_da(until)}.", f"Alarms are snoozed until {_when_en(until)}."),
    )


def _not_quiet_hours(facts: Facts, now: datetime) -> Finding:
    until = quiet_until(facts.quiet_week, now)
    return _found(
        Check.NOT_QUIET_HOURS,
        not is_quiet(facts.quiet_week, now),
        ("Det er ikke din stille tid nu.", "It is not in your quiet hours now."),
        (f"Det er din stille tid {_till(until)}.", f"It is in your quiet hours {_till_en(until)}."),
    )


def _position(facts: Facts, now: datetime) -> Finding:
    seen = facts.position_seen_at
    fresh = seen is not None and now - seen <= facts.max_position_age
    hours = round(facts.max_position_age.total_seconds() / 3600)
    if fresh:
        good = ("Vi ved, hvor du cirka er.", "We know roughly where you are.")
    else:
        good = (
            "Vi kender ikke din position nu og bruger dit hjem eller arbejde.",
            "We do not know your position now and use your home or work.",
        )
    if seen is None:
        bad = (
            "Vi kender ikke din position. Åbn appen, og giv den adgang til placering.",
            "We do not know your position. Open the app and let it use your location.",
        )
    else:
        bad = (
            f"Din position er mere end {hours} timer gammel. Åbn appen.",
            f"Your position is more than {hours} hours old. Open the app.",
        )
    return _found(Check.POSITION, fresh or facts.has_fixed_place, good, bad)


def _address(facts: Facts, _now: datetime) -> Finding:
    if facts.has_push:
        good = ("Vi kan sende alarmer til din telefon.", "We can send alarms to your phone.")
    else:
        good = (
            "Vi kan nå dig på sms eller i den åbne app, men ikke med push.",
            "We can reach you by text message or in the open app, but not by push.",
        )
    return _found(
        Check.ADDRESS,
        facts.has_any_address,
        good,
        ("Vi har ingen måde at nå dig på. Log ind igen.", "We have no way of reaching you. Sign in again."),
    )


def _notifications(facts: Facts, _now: datetime) -> Finding:
    # Not blocking: the text message rings although the app may not.
    return _found(
        Check.NOTIFICATIONS,
        facts.permissions.notifications is not Permission.DENIED,
        ("Appen må vise notifikationer.", "The app may show notifications."),
        (
            "Appen må ikke vise notifikationer. Slå dem til i telefonens indstillinger.",
            "The app may not show notifications. Switch them on in the phone's settings.",
        ),
        blocking=False,
    )


def _location_permission(facts: Facts, _now: datetime) -> Finding:
    # Not blocking: the last position known counts until it is too old, which is a check of its own.
    return _found(
        Check.LOCATION_PERMISSION,
        facts.permissions.location_always is not Permission.DENIED,
        ("Appen må bruge din placering.", "The app may use your location."),
        (
            "Appen må ikke altid bruge din placering. Slå det til i telefonens indstillinger.",
            "The app may not always use your location. Switch it on in the phone's settings.",
        ),
        blocking=False,
    )


def _app_version(facts: Facts, _now: datetime) -> Finding:
    return _found(
        Check.APP_VERSION,
        not is_older(facts.app_version, facts.oldest_app_version),
        ("Appen er ny nok.", "The app is new enough."),
        (
            "Appen er for gammel til at modtage alarmer sikkert. Opdatér den.",
            "The app is too old to receive alarms safely. Update it.",
        ),
        blocking=False,
    )


_CHECKS: tuple[Callable[[Facts, datetime], Finding], ...] = (
    _consent_alarms,
    _consent_location,
    _on_duty,
    _not_snoozed,
    _not_quiet_hours,
    _position,
    _address,
    _notifications,
    _location_permission,
    _app_version,
)


def _when_da(moment: datetime | None) -> str:
    return f"{moment.astimezone(COPENHAGEN):%d.%m.%Y kl. %H.%M}" if moment else ""


def _when_en(moment: datetime | None) -> str:
    return f"{moment.astimezone(COPENHAGEN):%d/%m/%Y %H:%M}" if moment else ""


def _till(moment: datetime | None) -> str:
    return f"til {_when_da(moment)}" if moment else "hele ugen"


def _till_en(moment: datetime | None) -> str:
    return f"until {_when_en(moment)}" if moment else "all week"
