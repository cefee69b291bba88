"""What the database itself shows of those who work: one's own, one's centre's colleagues; nothing to anybody else."""

from typing import Any
from uuid import uuid4

import pytest

from backend.foundation.database import Actor, Role
from backend.identity import approvals
from backend.identity.approval import ApprovalKind
from backend.identity.staff import Staff, StaffRole
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, Browser, Office

COUNTS = {
    "staff": "SELECT count(*) FROM identity.staff",
    "roles": "SELECT count(*) FROM identity.staff_role",
    "seats": "SELECT count(*) FROM identity.seat",
    "sessions": "SELECT count(*) FROM identity.staff_session",
    "requests": "SELECT count(*) FROM identity.approval",
}


@pytest.fixture
async def anna(office: Office, browser: Browser) -> Staff:
    """At a seat in Hovedstaden, signed in, with a request that waits."""
    staff = await office.grants("Anna", StaffRole.AMK_LAEGE)
    envelope = await office.has_a_seat()
    await browser.sits_down(staff, seat=envelope.seat_id)
    actor = Actor(Role.API, HOVEDSTADEN, staff.id)
    async with office.database.acting_as(actor) as c:
        facts = {"policy": "dk-2026"}
        kind = ApprovalKind.POLICY_CHANGE
        await approvals.ask(c, actor, kind, HOVEDSTADEN, facts, staff.id, office.clock.now())
    return staff


async def seen_by(office: Office, actor: Actor) -> dict[str, Any]:
    async with office.database.acting_as(actor) as c:
        return {what: await c.fetchval(sql) for what, sql in COUNTS.items()}


async def test_colleagues_see_each_other_and_what_waits_at_their_centre(office: Office, anna: Staff) -> None:
    bo = await office.grants("Bo", StaffRole.VISITATOR)
    seen = await seen_by(office, Actor(Role.API, HOVEDSTADEN, bo.id))
    assert seen == {"staff": 2, "roles": 2, "seats": 1, "sessions": 1, "requests": 1}


async def test_another_centre_s_people_see_nothing_of_them(office: Office, anna: Staff) -> None:
    ib = await office.grants("Ib", StaffRole.VAGTHAVENDE, centre=NORDJYLLAND)
    seen = await seen_by(office, Actor(Role.API, NORDJYLLAND, ib.id))
    assert seen == {"staff": 1, "roles": 1, "seats": 0, "sessions": 0, "requests": 0}


@pytest.mark.parametrize(
    "actor",
    [
        Actor(Role.API),
        Actor(Role.API, person_id=uuid4()),
        Actor(Role.API, NORDJYLLAND),
        Actor(Role.API, NORDJYLLAND, uuid4()),
    ],
    ids=["nobody", "a volunteer", "a dispatch system elsewhere", "a volunteer in an alarm elsewhere"],
)
async def test_nor_does_anybody_else(office: Office, anna: Staff, actor: Actor) -> None:
    assert set((await seen_by(office, actor)).values()) == {0}


async def test_a_dispatch_system_or_a_volunteer_of_the_same_centre_sees_no_name_of_anybody_at_work(
    office: Office, anna: Staff
) -> None:
    for actor in (Actor(Role.API, HOVEDSTADEN), Actor(Role.API, HOVEDSTADEN, uuid4())):
        assert (await seen_by(office, actor))["staff"] == 0


async def test_nobody_signs_themselves_a_role_or_another_s_account(office: Office, anna: Staff) -> None:
    import asyncpg

    actor = Actor(Role.API, HOVEDSTADEN, anna.id)
    forbidden = (
        """
        INSERT INTO identity.staff_role (id, staff_id, role, since)
        SELECT id, id, 'revisor', now() FROM identity.staff
        """,
        "UPDATE identity.staff_role SET role = 'driftsansvarlig'",
        "UPDATE identity.staff SET email = 'x@amk.example'",
        "UPDATE identity.staff_session SET expires_at = now() + interval '9 years'",
        "UPDATE identity.approval SET facts = '{}'",
    )
    for statement in forbidden:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with office.database.acting_as(actor) as c:
                await c.execute(statement)
    bo = await office.grants("Bo", StaffRole.VISITATOR)
    async with office.database.acting_as(actor) as c:
        assert (
            await c.execute("UPDATE identity.staff SET subject = 'x', issuer = 'y' WHERE id = $1", bo.id) == "UPDATE 0"
        )


async def test_one_person_cannot_decide_their_own_request_even_past_the_code(office: Office, anna: Staff) -> None:
    import asyncpg

    with pytest.raises(asyncpg.CheckViolationError):
        async with office.database.acting_as(Actor(Role.API, HOVEDSTADEN, anna.id)) as c:
            await c.execute(
                "UPDATE identity.approval SET state = 'approved', decided_by = asked_by, decided_at = now()"
            )
