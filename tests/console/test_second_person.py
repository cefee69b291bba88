"""What one alone may not do waits for a second person, who is another one, and happens exactly once."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.console.carry_out import carry_out
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Role
from backend.foundation.ids import CentreId
from backend.identity import approvals
from backend.identity.approval import (
    MOVES,
    RULES,
    Approval,
    ApprovalId,
    ApprovalKind,
    Decider,
    State,
    WhyNot,
    why_not,
)
from backend.identity.queries_staff import withdraw_role
from backend.identity.staff import MAY, Staff, StaffRole
from backend.selection.policies import in_force
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, Browser, Office, hidden_in, text_of
from tests.console.conftest import NewBrowser

PAGE = "/konsol/godkendelser"
OTHER_POLICY = "dk-tight"


@pytest.fixture
async def policy(office: Office) -> str:
    """One that is not in force, and that this version serves."""
    from backend.selection.policies import DEFAULT, shipped
    from backend.selection.policy import not_served_yet, read_policy

    return next(
        str(each["name"]) for each in shipped() if each["name"] != DEFAULT and not not_served_yet(read_policy(each))
    )


async def asks(browser: Browser, policy: str) -> Any:
    page = await browser.opens(PAGE)
    return await browser.fills_in(page, f"{PAGE}/regel", what=policy)


async def waiting(browser: Browser) -> str:
    """The address of the one request that waits; other forms of the page have words for addresses."""
    (found,) = re.findall(rf'action="({PAGE}/[0-9a-f-]{{36}})"', (await browser.opens(PAGE)).text)
    return str(found)


async def answers(browser: Browser, address: str, answer: str) -> Any:
    return await browser.fills_in(await browser.opens(PAGE), address, svar=answer)


async def now_in_force(office: Office, centre: CentreId = HOVEDSTADEN) -> str:
    async with office.database.acting_as(Actor(Role.API, centre)) as c:
        return (await in_force(c, centre, None, office.clock.now())).name


async def test_a_policy_is_in_force_once_another_person_said_yes(
    office: Office, doctor: Browser, manager: Browser, policy: str
) -> None:
    before = await now_in_force(office)
    assert (await asks(doctor, policy)).status_code == 200
    assert await now_in_force(office) == before
    shown = text_of(await manager.opens(PAGE))
    assert f"Skift alarmeringsregel: {policy}" in shown
    assert "Bedt om af Dorte" in shown
    office.clock.advance(timedelta(minutes=1))
    done = await answers(manager, await waiting(manager), "approved")
    assert "Godkendt og udført" in done.text
    assert await now_in_force(office) == policy
    assert await now_in_force(office, NORDJYLLAND) == before, "at the centre it was asked for, and nowhere else"
    (asked,) = await office.journal("second_person_asked")
    (decided,) = await office.journal("second_person_decided")
    assert asked["person_id"] != decided["person_id"]
    assert decided["facts"]["state"] == "approved"
    assert decided["facts"]["facts"] == {"policy": policy}
    (changed,) = await office.journal("policy_changed")
    assert changed["person_id"] == decided["person_id"]


async def test_whoever_asks_is_not_the_second_person(office: Office, doctor: Browser, policy: str) -> None:
    before = await now_in_force(office)
    await asks(doctor, policy)
    assert "en anden skal sige ja" in (await doctor.opens(PAGE)).text
    refused = await answers(doctor, await waiting(doctor), "approved")
    assert refused.status_code == 403
    assert "kan ikke selv godkende det" in refused.text
    assert await now_in_force(office) == before


async def test_nor_the_same_person_in_another_browser_or_role(
    office: Office, doctor: Browser, new_browser: NewBrowser, policy: str
) -> None:
    await asks(doctor, policy)
    address, other = await waiting(doctor), new_browser()
    await other.sits_down(await office.grants("Dorte", StaffRole.DRIFTSANSVARLIG))
    assert (await answers(other, address, "approved")).status_code == 403


async def test_nor_whoever_may_not_or_works_elsewhere(
    office: Office, doctor: Browser, new_browser: NewBrowser, policy: str
) -> None:
    await asks(doctor, policy)
    address = await waiting(doctor)
    visitator, elsewhere = new_browser(), new_browser()
    await visitator.sits_down(await office.grants("Vera", StaffRole.VISITATOR))
    assert (await answers(visitator, address, "approved")).status_code == 403
    await elsewhere.sits_down(await office.grants("Else", StaffRole.AMK_LAEGE, centre=NORDJYLLAND), NORDJYLLAND)
    word = hidden_in(await elsewhere.opens("/konsol"), "/konsol/log-ud")
    assert (await elsewhere.sends(address, word | {"svar": "approved"})).status_code == 404


async def test_a_no_a_withdrawal_and_time_end_it(
    office: Office, doctor: Browser, manager: Browser, policy: str, clock: SetClock
) -> None:
    before = await now_in_force(office)
    for who, answer, says in ((manager, "refused", "Afvist"), (doctor, "taken_back", "Trukket tilbage")):
        await asks(doctor, policy)
        address = await waiting(who)
        page = await who.opens(PAGE)
        assert says in (await who.fills_in(page, address, svar=answer)).text
        word = hidden_in(await manager.opens("/konsol"), "/konsol/log-ud")
        late = await manager.sends(address, word | {"svar": "approved"})
        assert (late.status_code, "Der er allerede svaret" in late.text) == (409, True)
    await asks(doctor, policy)
    async with office.database.acting_as(Actor(Role.WORKER)) as c:
        assert await approvals.run_out(c, clock.now()) == 0
        assert await approvals.run_out(c, clock.now() + RULES[ApprovalKind.POLICY_CHANGE].waits) == 1
    assert await now_in_force(office) == before


async def test_two_who_say_yes_at_once_do_it_once(office: Office, doctor: Browser, policy: str) -> None:
    """In two transactions side by side: the test client's calls would come one after the other."""
    await asks(doctor, policy)
    approval_id = ApprovalId(UUID((await waiting(doctor)).rpartition("/")[2]))
    people = [await office.grants(name, StaffRole.DRIFTSANSVARLIG) for name in ("Mads", "Oda")]
    both, now = asyncio.Barrier(2), office.clock.now()

    async def says_yes(staff: Staff) -> Approval | WhyNot:
        actor = Actor(Role.API, HOVEDSTADEN, staff.id)
        who = Decider(staff.id, MAY[StaffRole.DRIFTSANSVARLIG], is_vouched_for=True)
        async with office.database.acting_as(actor) as c:
            await both.wait()
            found = await approvals.approve(c, actor, approval_id, who, now)
            if isinstance(found, Approval):
                await carry_out(c, actor, found, now)
                await asyncio.sleep(0.2)  # the other one has come as far as the row meanwhile
        return found

    found = await asyncio.gather(*(says_yes(staff) for staff in people))
    assert [each for each in found if isinstance(each, WhyNot)] == [WhyNot.DECIDED]
    assert len(await office.journal("policy_changed")) == 1
    assert await now_in_force(office) == policy


async def test_what_cannot_be_done_is_not_said_yes_to_either(office: Office, doctor: Browser, manager: Browser) -> None:
    staff = await office.grants("Dorte", StaffRole.AMK_LAEGE)
    actor = Actor(Role.API, HOVEDSTADEN, staff.id)
    async with office.database.acting_as(actor) as c:
        facts = {"policy": "no such policy"}
        kind = ApprovalKind.POLICY_CHANGE
        await approvals.ask(c, actor, kind, HOVEDSTADEN, facts, staff.id, office.clock.now())
    address = await waiting(manager)
    answer = await answers(manager, address, "approved")
    assert answer.status_code == 409
    assert "reglen »no such policy« findes ikke længere" in answer.text
    assert await waiting(manager) == address, "it still waits"
    assert await office.journal("second_person_decided") == []


async def test_whoever_came_in_by_an_envelope_is_neither_the_first_person_nor_the_second(
    office: Office, doctor: Browser, new_browser: NewBrowser, policy: str
) -> None:
    """Who sits there says so themselves: the doctor who asks could open it and be her own colleague."""
    before = await now_in_force(office)
    envelope = await office.has_a_seat()
    await office.grants("Mads", StaffRole.DRIFTSANSVARLIG)
    await office.has_a_system("amk-system")
    seat = new_browser()
    await seat.is_seat(envelope)
    await seat.logs_in_sealed(envelope, "mads@amk.example")
    await asks(doctor, policy)
    address = await waiting(doctor)
    word = hidden_in(await seat.opens("/konsol"), "/konsol/log-ud")
    for answer in ("approved", "refused"):
        refused = await seat.sends(address, word | {"svar": answer})
        assert refused.status_code == 403
        assert "ingen har bekræftet, hvem du er" in refused.text
    assert ">Godkend<" not in (await seat.opens(PAGE)).text
    for form in ({"what": policy}, {"kind": "freeze_client", "what": "amk-system"}):
        path = f"{PAGE}/{'system' if 'kind' in form else 'regel'}"
        assert (await seat.sends(path, word | form)).status_code == 403
    assert len(await office.journal("second_person_asked")) == 1, "the doctor's"
    assert await now_in_force(office) == before


async def test_a_yes_takes_a_fresh_proof_since_a_colleague_s_screen_is_not_the_colleague(
    office: Office, doctor: Browser, new_browser: NewBrowser, policy: str
) -> None:
    before, left_alone = await now_in_force(office), new_browser()
    await left_alone.sits_down(await office.grants("Mads", StaffRole.DRIFTSANSVARLIG))
    await asks(doctor, policy)
    answer = await answers(left_alone, await waiting(left_alone), "approved")
    assert answer.headers["location"] == "/konsol/bekraeft?til=%2Fkonsol%2Fgodkendelser"
    assert await now_in_force(office) == before
    assert "Afvist" in (await answers(left_alone, await waiting(left_alone), "refused")).text, "a no does no harm"


async def test_whoever_has_no_role_left_at_the_centre_sees_no_more_of_what_waits_there(
    office: Office, doctor: Browser, new_browser: NewBrowser, policy: str
) -> None:
    await asks(doctor, policy)
    staff, browser = await office.grants("Mads", StaffRole.DRIFTSANSVARLIG), new_browser()
    await office.grants("Mads", StaffRole.REVISOR, centre=NORDJYLLAND)
    await browser.sits_down(staff)
    assert policy in text_of(await browser.opens(PAGE))
    async with office.database.acting_as(Actor(Role.OWNER)) as c:
        await withdraw_role(c, staff.id, StaffRole.DRIFTSANSVARLIG, HOVEDSTADEN, office.clock.now())
    shown = text_of(await browser.opens(PAGE))
    assert "Intet venter" in shown
    assert "Dorte" not in shown


async def test_a_policy_that_no_database_could_name_is_refused(doctor: Browser) -> None:
    assert (await asks(doctor, "dk\0")).status_code == 422


async def test_two_people_freeze_a_dispatch_system_and_let_it_in_again(
    office: Office, doctor: Browser, manager: Browser, new_browser: NewBrowser
) -> None:
    await office.has_a_system("amk-system")
    await office.has_a_system("nord-system", NORDJYLLAND)
    for kind in (ApprovalKind.FREEZE_CLIENT, ApprovalKind.UNFREEZE_CLIENT):
        word = hidden_in(await doctor.opens("/konsol"), "/konsol/log-ud")
        foreign = await doctor.sends(f"{PAGE}/system", word | {"kind": kind, "what": "nord-system"})
        assert foreign.status_code == 422
        assert (await doctor.sends(f"{PAGE}/system", word | {"kind": kind, "what": "amk-system"})).status_code == 200
        frozen = kind is ApprovalKind.FREEZE_CLIENT
        assert await office.is_frozen("amk-system") is not frozen, "one alone changes nothing"
        assert (await answers(doctor, await waiting(doctor), "approved")).status_code == 403
        assert (await answers(manager, await waiting(manager), "approved")).status_code == 200
        assert await office.is_frozen("amk-system") is frozen
    changes = [each["facts"] for each in await office.journal("right_changed")]
    assert [each["change"] for each in changes] == ["client_frozen", "client_unfrozen"]
    assert len(set(changes[0]["confirmed_by"])) == 2


@pytest.mark.parametrize("kind", list(ApprovalKind))
async def test_each_kind_has_a_rule_and_somebody_to_say_yes(office: Office, kind: ApprovalKind) -> None:
    staff = await office.grants("Dorte", StaffRole.AMK_LAEGE)
    able = [role for role in StaffRole if RULES[kind].ask in MAY[role]]
    assert able
    asked = await _asked(office, staff, kind)
    now = office.clock.now()
    assert why_not(asked, Decider(staff.id, MAY[able[0]], is_vouched_for=True), now) is WhyNot.SAME_PERSON
    second = (await office.grants("Mads", *able)).id
    able_one = Decider(second, MAY[able[0]], is_vouched_for=True)
    assert why_not(asked, able_one, now) is None
    assert why_not(asked, Decider(second, frozenset(), is_vouched_for=True), now) is WhyNot.NOT_ALLOWED
    assert why_not(asked, Decider(second, MAY[able[0]], is_vouched_for=False), now) is WhyNot.NOT_VOUCHED_FOR
    assert why_not(asked, able_one, now + RULES[kind].waits) is WhyNot.RAN_OUT


async def _asked(office: Office, staff: Staff, kind: ApprovalKind) -> Any:
    actor = Actor(Role.API, HOVEDSTADEN, staff.id)
    async with office.database.acting_as(actor) as c:
        return await approvals.ask(c, actor, kind, HOVEDSTADEN, {}, staff.id, office.clock.now())


def test_nothing_that_was_decided_is_decided_again() -> None:
    assert {state: moves for state, moves in MOVES.items() if moves} == {State.WAITING: MOVES[State.WAITING]}
    assert set(MOVES) == set(State)
