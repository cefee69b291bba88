"""A person's copy of everything, from every room."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation import journal
from backend.foundation.database import Actor, Connection, enter
from backend.foundation.ids import CentreId, VolunteerId
from backend.foundation.journal import Event, Fact, Happening
from backend.foundation.kinds import Kind
from backend.foundation.problems import unauthorised
from backend.identity.keys import Keys
from backend.identity.phone_hash import keyed_hash
from backend.locations.cells import centre_of
from backend.recruitment import credit
from backend.rights import queries_export as queries
from backend.rights.person_export import Account, Identity, KeptPlace, PersonExport
from backend.volunteers.profile import person_of
from backend.volunteers.volunteer import Person


async def export(
    connection: Connection,
    actor: Actor,
    keys: Keys,
    volunteer_id: VolunteerId,
    now: datetime,
    by: Sequence[str] = (),
) -> PersonExport:
    """Everything that is held about this person, and a line in the journal that it was given out, and `by` whom.

    The transaction acts for them. It enters their alarms' centres one after another, so call it last. Raises 401 for
    somebody who is not there, 503 `unreadable` where this process lacks the key to name and phone.
    """
    account = await queries.account(connection, volunteer_id)
    if account is None:
        raise unauthorised("This account is no longer there: sign up again.")
    facts: dict[str, Fact] = {"volunteer": str(volunteer_id), "by": list(by)}
    await journal.write_outside_incidents(connection, actor, Happening(Event.EXPORTED, facts), now)
    person = await person_of(connection, volunteer_id)
    alerts = await queries.alerts(connection, volunteer_id)
    alert_ids = [alert.alert_id for alert in alerts]
    messages = await queries.messages(connection, volunteer_id, alert_ids)
    copy = PersonExport(
        made_at=now,
        account=account,
        identity=None if person is None else Identity(person.phone, person.name, person.birth_year),
        consents=await queries.consents(connection, volunteer_id),
        devices=await queries.devices(connection, volunteer_id),
        addresses=await queries.addresses(connection, volunteer_id),
        log_ins=await queries.log_ins(connection, volunteer_id),
        codes_sent=[] if person is None else await queries.codes_sent(connection, _phone_hash(keys, person, account)),
        places=[_with_degrees(place) for place in await queries.places(connection, volunteer_id)],
        exact_place=await queries.exact_place(connection, volunteer_id),
        engaged=await queries.engaged(connection, volunteer_id),
        fetches=await queries.fetches(connection, volunteer_id),
        alerts=alerts,
        told=await queries.told(connection, alert_ids),
        words=await queries.words(connection, alert_ids),
        messages=messages,
        looked_at=await queries.looked_at(connection, volunteer_id),
        campaign=await queries.campaign(connection, volunteer_id),
        campaign_proven=[]
        if person is None
        else await queries.campaign_proven(connection, credit.phone_key(keys, person.phone)),
        journal=await queries.written_outside(connection, volunteer_id),
        views=[],
    )
    return await _with_what_centres_wrote(connection, volunteer_id, copy)


async def _with_what_centres_wrote(
    connection: Connection, volunteer_id: VolunteerId, copy: PersonExport
) -> PersonExport:
    """What stands at the centres of their alarms: from here on the transaction sees more than the person does."""
    written, views = list(copy.journal), list(copy.views)
    for alert in copy.alerts:
        await enter(connection, CentreId(alert.centre_id))
        written += await queries.written_of_alert(connection, volunteer_id, alert.incident_id, alert.alert_id)
        views += await queries.views_of_incident(connection, volunteer_id, alert.incident_id)
    return msgspec.structs.replace(copy, journal=sorted(written, key=lambda each: each.at), views=views)


def _phone_hash(keys: Keys, person: Person, account: Account) -> bytes:
    return keyed_hash(keys.phone_hash_key, person.phone, Kind(account.kind))


def _with_degrees(place: KeptPlace) -> KeptPlace:
    lat, lon = centre_of(place.cell)
    return msgspec.structs.replace(place, lat=lat, lon=lon)
