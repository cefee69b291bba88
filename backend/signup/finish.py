"""The last step: the account, all of it at once."""

from collections.abc import Collection
from datetime import datetime

import structlog

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.identity.keys import Keys
from backend.recruitment.credit import credit
from backend.signup import about
from backend.signup.about import About
from backend.signup.consent_texts import VERSION
from backend.signup.prove import already
from backend.signup.session import SignUp, Step
from backend.volunteers.profile import find_account
from backend.volunteers.sign_up import Newcomer, open_account
from backend.volunteers.volunteer import Given, Language, Purpose

log = structlog.get_logger()


async def finish(
    connection: Connection,
    keys: Keys,
    sign_up: SignUp,
    purposes: Collection[Purpose],
    language: Language,
    now: datetime,
) -> SignUp:
    """Make the account, without a device: how it ended, or back to *about you* when that is no longer right.

    Raises 409 `phone-has-account` when the phone got an account, by the app, while this was being written.
    """
    account = await find_account(connection, keys.phone_hash_key, sign_up.phone)
    if account is not None:
        return await already(connection, sign_up, account.volunteer_id)
    person = await about.check(connection, sign_up.said, now)
    if not isinstance(person, About):  # midnight went by, or a municipality
        return SignUp(step=Step.ABOUT, phone=sign_up.phone, said=sign_up.said, join_code=sign_up.join_code)
    newcomer = _newcomer(sign_up, person, purposes, language)
    opened = await open_account(connection, keys.phone_hash_key, newcomer, now)
    credited = await credit(connection, keys, newcomer, opened, sign_up.join_code, now)
    _log_it(opened.volunteer_id, credited)
    return SignUp(
        step=Step.DONE,
        join_code=sign_up.join_code,
        credited=credited,
        alarms=Purpose.ALARMS in purposes,
        location=Purpose.LOCATION in purposes,
    )


def _newcomer(sign_up: SignUp, person: About, purposes: Collection[Purpose], language: Language) -> Newcomer:
    return Newcomer(
        phone=sign_up.phone,
        name=person.name,
        birth_year=person.birth_year,
        has_turned_18=person.has_turned_18,
        training=person.training,
        languages=(language.value,),  # the one certain of; the app asks for the others
        municipality=person.municipality,
        consents=tuple(Given(purpose, VERSION) for purpose in Purpose if purpose in purposes),
    )


def _log_it(volunteer_id: VolunteerId, credited: bool | None) -> None:
    log.info("signed_up_in_a_browser", volunteer=str(volunteer_id), credited=credited)
