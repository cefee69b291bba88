"""Raising an alarm by hand: as a dispatch system's report does, by whoever sits at the console.

What a second person may have to look at is written down beside the alarm and after it: nothing of that keeps it back.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
import structlog
from msgspec import Meta

from backend.alerts import alarm
from backend.api.dispatch_centre.act import OverrideReason
from backend.api.dispatch_centre.place import AccuracyM, AddressSent, Line, Short, Wgs84
from backend.api.dispatch_centre.preview import AskPreview, Previewed, preview_for
from backend.api.dispatch_centre.report import Report, report_for
from backend.console.acting import caller_at
from backend.console.who import Here
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection, Database, Lane, enter
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.ids import IncidentId
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.caller import Caller
from backend.incidents import by_hand, keys, queries
from backend.incidents.incident import Asking, Circumstance, Incident, PrecisionClass
from backend.incidents.raised import Above
from backend.regions.find import Borders
from backend.selection.policies import in_force
from backend.selection.policy import read_policy
from backend.selection.preview import Band

_LETTERS = "ABCDEFGHJKLMNPRSTUVXYZ23456789"
"""None that is taken for another when it is read aloud."""
Key = Annotated[str, Meta(min_length=8, max_length=60)]
ASKS_WITHIN_S = 1.5
WRITES_WITHIN_S = 0.5
"""Together less than the report gives what goes with it: else both would be undone for the slowness of one."""
FORESEES_WITHIN_S = 2.0
"""Whoever has no scripts reads this before they can send: after so long they are shown what is known without it."""
_log = structlog.get_logger()


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place that was chosen, in degrees."""

    lat: float
    lon: float
    accuracy_m: AccuracyM | None = None
    text: Line | None = None
    dar_id: UUID | None = None
    floor: Short | None = None
    door: Short | None = None
    door_code: Short | None = None


class ByHand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is sent. `key`: made once for the page; the same again is one alarm. `override`: ask although excluded."""

    key: Key
    where: Where
    case_number: Annotated[str, Meta(min_length=1, max_length=64)]
    circumstances: Annotated[list[Circumstance], Meta(max_length=20)] = []
    override: OverrideReason | None = None


class Foresee(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody is about to send."""

    where: Where
    case_number: Annotated[str, Meta(min_length=1, max_length=64)]


class Foreseen(msgspec.Struct, frozen=True):
    """What will happen, in bands. `would_be_asked` null: it was not looked up now; the alarm needs none.

    `excludes`: the circumstances with which nobody is asked; `out_of_hours`: nobody is at this time of day.
    `above`: why a second person will be called.
    """

    would_be_asked: Band | None
    nearest_within_m: int | None
    reach_m: int
    policy: str
    excludes: list[str]
    out_of_hours: bool
    above: list[Above]


class Raised(msgspec.Struct, frozen=True):
    """It is out. `asking` as a dispatch system is told; `above`: why a second person is called."""

    id: UUID
    kind: Kind
    case_number: str
    asking: Asking
    asked: int
    above: list[Above]


class _Answered(msgspec.Struct, frozen=True):
    """Of what a dispatch system would be answered."""

    kind: Kind
    case_number: str
    asking: Asking
    asked: int


def new_key() -> str:
    """Of one page: pressed twice, or sent again after a lost answer, it is one alarm."""
    return secrets.token_urlsafe(18)


def case_for(key: str) -> str:
    """A case number where the page's was cleared: the same one, however often the page is sent."""
    drawn = hashlib.sha256(key.encode()).digest()
    return "K-" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in drawn[:7])


def new_case(now: datetime) -> str:
    """A case number where nobody gave one: *K-281505-7QF*, day, time and three letters, to be read aloud."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(3))
    return f"K-{now.astimezone(COPENHAGEN):%d%H%M}-{drawn}"


async def raise_alarm(
    database: Database, here: Here, kind: Kind, sent: ByHand, borders: Borders, now: datetime
) -> Raised:
    """Open an incident and ask, at once. Sent again it is the same one. Raises a 422 for an impossible place."""
    caller, accuracy_m = caller_at(here, kind), sent.where.accuracy_m
    report = Report(
        case_number=sent.case_number,
        position=Wgs84(sent.where.lat, sent.where.lon),
        accuracy_m=accuracy_m,
        address=_address(sent.where),
        circumstances=sent.circumstances,
        again=True,  # whoever sends by hand means it, however short ago the case ended
    )

    above: list[Above] = []  # of an alarm that is sent again: the board says it

    async def asks_all_the_same(connection: Connection, incident: Incident, reason: OverrideReason) -> None:
        await alarm.override_exclusion(connection, here.actor, incident, reason.value, now)

    async def writes_down(connection: Connection, incident_id: IncidentId) -> None:
        written = await queries.lock(connection, incident_id)
        assert written is not None
        above[:] = await by_hand.write_down(connection, here.actor, written, here.staff.id, accuracy_m, now)

    async def besides(connection: Connection, incident_id: IncidentId) -> None:
        incident = await queries.lock(connection, incident_id)
        assert incident is not None
        if incident.opened_at != now:
            return  # a case that was under way already: the report has revised it
        # First, and each alone: a fault in the row that calls a second person must not keep an alarm from being asked.
        if sent.override is not None and incident.exclusions:
            asks = partial(asks_all_the_same, connection, incident, sent.override)
            await without_harm(connection, asks, "asking in spite of what excludes", ASKS_WITHIN_S)
        writes = partial(writes_down, connection, incident_id)
        await without_harm(connection, writes, "writing down whose hand it was", WRITES_WITHIN_S)

    digest = keys.digest(msgspec.json.encode((kind, sent)))
    # Another place under the page's old key is another alarm, and never refused.
    key = f"{sent.key} {digest.hex()[:16]}"
    body, _, incident_id = await report_for(database, caller, report, key, digest, borders, now, besides)
    answered = msgspec.json.decode(body, type=_Answered)
    return Raised(incident_id, answered.kind, answered.case_number, answered.asking, answered.asked, above)


async def foresee(
    database: Database, here: Here, kind: Kind, asked: Foresee, borders: Borders, now: datetime
) -> Foreseen:
    """What sending would do, in bands; written down as a look. Raises a 422 problem for an impossible place."""
    caller = caller_at(here, kind)
    above: list[Above] | Fault
    async with database.acting_as(here.actor, Lane.REST) as connection:
        await enter(connection, caller.centre_id)  # where the alarm would be: the session's may have moved there
        policy = read_policy((await in_force(connection, caller.centre_id, None, now)).fields)
        counts = partial(
            by_hand.foreseen, connection, caller.centre_id, kind, here.staff.id, asked.where.accuracy_m, now
        )
        above = await without_harm(connection, counts, "foreseeing a second person", FORESEES_WITHIN_S)
    found = await _previewed(database, caller, asked, borders, now)
    hours = policy.hours
    return Foreseen(
        None if found is None else found.would_be_asked,
        None if found is None else found.nearest_within_m,
        policy.reach_m,
        policy.name,
        list(policy.excludes),
        hours is not None and not hours.from_hour <= now.astimezone(COPENHAGEN).hour < hours.to_hour,
        [] if isinstance(above, Fault) else above,
    )


async def _previewed(
    database: Database, caller: Caller, asked: Foresee, borders: Borders, now: datetime
) -> Previewed | None:
    """None where there were enough, it takes too long or goes wrong: no alarm waits for it. Raises a 422 problem."""
    preview = AskPreview(asked.case_number, Wgs84(asked.where.lat, asked.where.lon))
    try:
        async with asyncio.timeout(FORESEES_WITHIN_S):
            return await preview_for(database, caller, preview, borders, now)
    except Problem as refused:
        if refused.status != 429:
            raise
    except Exception:  # noqa: BLE001 - whatever it is, the page must lead on to sending
        _log.exception("nothing foreseen")
    return None


def _address(where: Where) -> AddressSent | None:
    """None for a point alone: of a case that is under way, what is known of the door stays known."""
    if where.text is None and where.floor is None and where.door is None and where.door_code is None:
        return None
    return AddressSent(
        text=where.text,
        dar_id=where.dar_id,
        floor=where.floor,
        door=where.door,
        door_code=where.door_code,
        precision_class=_precision(where),
    )


def _precision(where: Where) -> PrecisionClass | None:
    """In the register's own steps, by what was chosen."""
    if where.text is None:
        return None
    if where.accuracy_m is not None:
        return PrecisionClass.AREA
    return PrecisionClass.DOOR if where.door else PrecisionClass.ENTRANCE


def where_of(form: dict[str, str]) -> dict[str, Any]:
    """The fields of a place as a form has them: what was left empty is not there."""
    return {name: form[name] for name in Where.__struct_fields__ if form.get(name)}
