"""What a centre decides of itself: asked for by one and approved by another, the neighbour sees it."""

from datetime import timedelta
from typing import Any

import pytest

from backend.attention.item import Acknowledges
from backend.attention.look import agreements_of, rule_of
from backend.console.visit import APPROVALS
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Role
from backend.foundation.ids import CentreId, in_order
from backend.identity.staff import StaffRole
from backend.incidents.queries_by_hand import limit_of
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, Browser, Office, text_of
from tests.console.conftest import NewBrowser

CENTRE = "/konsol/drift/centralen"
OVERFLOW = f"{CENTRE}/nabohjaelp"
TYPED = "?to=amk-nordjylland&after_s=90&from_hour=22&to_hour=6&lends_for_min=30"


async def asks(browser: Browser, what: str, typed: str) -> str:
    """Somebody sees first what would happen, and asks for it; gives what they saw."""
    page = await browser.opens(f"{CENTRE}/{what}{typed}")
    assert page.status_code == 200, text_of(page)
    assert (await browser.fills_in(page, f"{CENTRE}/{what}")).status_code == 200
    return text_of(page)


async def says(browser: Browser, answer: str = "approved") -> Any:
    page = await browser.opens(APPROVALS)
    address = page.text.partition(f'action="{APPROVALS}/')[2].partition('"')[0]
    return await browser.fills_in(page, f"{APPROVALS}/{address}", svar=answer)


async def helps(office: Office, centre: CentreId = HOVEDSTADEN) -> list[tuple[CentreId, float, int, int, float]]:
    """As a worker reads it."""
    async with office.database.acting_as(Actor(Role.WORKER, centre)) as c:
        found = await agreements_of(c, centre, office.clock.now())
    return [(a.to, a.after.total_seconds(), a.from_hour, a.to_hour, a.lends_for.total_seconds()) for a in found]


async def test_help_is_agreed_on_by_two_said_in_plain_words_and_seen_by_the_neighbour(
    office: Office, doctor: Browser, manager: Browser, new_browser: NewBrowser
) -> None:
    assert "ingen anden central får adgang" in text_of(await doctor.opens(CENTRE)), "never by default"

    seen = await asks(doctor, "nabohjaelp", TYPED)

    means = "Hvis ingen har kvitteret efter 90 s, får AMK-vagtcentralen, Region Nordjylland adgang"
    assert f"{means} til centralens hændelser i 30 min." in seen
    assert "kan se, følge og aflyse dem, intet andet. Det gælder kl. 22–6." in seen
    assert await helps(office) == [], "one alone agrees on nothing"
    assert (await says(doctor)).status_code == 403, "nor approves of what they asked for: there is only taking back"
    assert means in text_of(await manager.opens(APPROVALS)), "the second person reads what would happen"
    assert (await says(manager)).status_code == 200
    assert await helps(office) == [(NORDJYLLAND, 90, 22, 6, 1800)]
    (changed,) = await office.journal("right_changed")
    assert (changed["facts"]["change"], changed["centre_id"]) == ("overflow_agreed", HOVEDSTADEN)
    assert changed["facts"]["author"].startswith("approval ")
    assert means in text_of(await doctor.opens(CENTRE))
    neighbour = new_browser()
    await neighbour.sits_down(await office.grants("Nora", StaffRole.AMK_LAEGE, centre=NORDJYLLAND), NORDJYLLAND)
    theirs = text_of(await neighbour.opens(CENTRE))
    assert "Hvis ingen hos AMK-vagtcentralen, Region Hovedstaden har kvitteret efter 90 s, får I adgang" in theirs
    assert "ingen anden central får adgang" in theirs, "it is no agreement of theirs"


async def test_an_agreement_is_ended_by_two_and_stays_to_be_read(
    office: Office, doctor: Browser, manager: Browser, clock: SetClock
) -> None:
    await asks(doctor, "nabohjaelp", TYPED)
    await says(manager)
    clock.advance(timedelta(minutes=1))
    await asks(doctor, "nabohjaelp", TYPED.replace("90", "45"))
    await says(manager)
    assert [each[1] for each in await helps(office)] == [45]
    clock.advance(timedelta(minutes=1))
    await asks(doctor, "nabohjaelp-slut", "?to=amk-nordjylland")
    assert len(await helps(office)) == 1
    await says(manager)
    assert await helps(office) == []
    text = text_of(await doctor.opens(CENTRE))
    assert "efter 90 s, i 30 min" in text
    assert "efter 45 s, i 30 min" in text
    await asks(doctor, "nabohjaelp-slut", "?to=amk-nordjylland")
    assert (await says(manager)).status_code == 409, "nothing is agreed any more"


async def test_who_acknowledges_and_the_limit_by_hand_hold_once_another_one_has_said_yes(
    office: Office, doctor: Browser, manager: Browser
) -> None:
    seen = await asks(doctor, "kvittering", "?acknowledges=console&nobody_after_s=90")
    assert "Hver ny alarm lyder ved centralens konsoller, til en har kvitteret." in seen
    assert "Er ingen hjerteløber på vej 90 s efter, at de blev spurgt, lyder det" in seen
    assert (await says(manager, "refused")).status_code == 200
    async with office.database.acting_as(Actor(Role.API, HOVEDSTADEN)) as c:
        assert (await rule_of(c, HOVEDSTADEN, office.clock.now())).acknowledges is Acknowledges.SYSTEM

    await asks(doctor, "kvittering", "?acknowledges=console&nobody_after_s=90")
    await says(manager)
    seen = await asks(doctor, "i-haanden", "?an_hour=1&uncertain_m=250")
    assert "mere end 1 skarpe alarmer på en time" in seen
    assert "Alarmen går ud med det samme" in seen
    await says(manager)

    async with office.database.acting_as(Actor(Role.API, HOVEDSTADEN)) as c:
        rule = await rule_of(c, HOVEDSTADEN, office.clock.now())
        limit = await limit_of(c, HOVEDSTADEN, office.clock.now())
    assert (rule.acknowledges, rule.nobody_after) == (Acknowledges.CONSOLE, timedelta(seconds=90))
    assert limit is not None
    assert (limit.an_hour, limit.uncertain_m) == (1, 250)


async def test_of_two_answers_at_once_by_clocks_that_differ_one_is_done_and_the_other_is_told(
    office: Office, doctor: Browser, manager: Browser, clock: SetClock
) -> None:
    clock.advance(timedelta(minutes=1))
    for seconds in (90, 45):
        await asks(doctor, "kvittering", f"?acknowledges=console&nobody_after_s={seconds}")
    clock.advance(timedelta(seconds=1))
    assert (await says(manager)).status_code == 200
    clock.advance(timedelta(milliseconds=-20))
    assert (await says(manager)).status_code == 409
    clock.advance(timedelta(seconds=1))
    async with office.database.acting_as(Actor(Role.API, HOVEDSTADEN)) as c:
        assert (await rule_of(c, HOVEDSTADEN, clock.now())).nobody_after == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("what", "first", "then"),
    [
        ("i-haanden", ("i-haanden", "?an_hour=1&uncertain_m=250"), "?an_hour=9&uncertain_m=900"),
        ("nabohjaelp", ("nabohjaelp", TYPED.replace("90", "45")), TYPED),
        ("nabohjaelp", ("nabohjaelp-slut", "?to=amk-nordjylland"), TYPED.replace("90", "45")),
    ],
)
async def test_nobody_says_yes_to_a_change_of_what_another_one_has_changed_since(
    office: Office, doctor: Browser, manager: Browser, clock: SetClock, what: str, first: tuple[str, str], then: str
) -> None:
    """Whoever asked saw what held then: a week later it would undo, unseen, what two others agreed on."""
    await asks(doctor, "nabohjaelp", TYPED)
    await says(manager)
    clock.advance(timedelta(minutes=1))
    await asks(doctor, *first)
    await asks(doctor, what, then)
    clock.advance(timedelta(minutes=1))
    assert (await says(manager)).status_code == 200
    held = await helps(office)
    clock.advance(timedelta(minutes=1))
    late = await says(manager)
    assert (late.status_code, "bed om det igen" in text_of(late), await helps(office)) == (409, True, held)
    await says(manager, "refused")
    await asks(doctor, what, then)
    assert (await says(manager)).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kvittering?acknowledges=console&nobody_after_s=9", "skriv et helt tal fra 10 til 3600"),
        ("kvittering?acknowledges=nobody&nobody_after_s=90", "vælg et af det, der står på listen"),
        (f"nabohjaelp{TYPED.replace('nordjylland', 'hovedstaden')}", "vælg et af det, der står på listen"),
        (f"nabohjaelp{TYPED.replace('90', '')}", "Sekunder uden kvittering: skriv et helt tal"),
        ("i-haanden?an_hour=²&uncertain_m=1", "skriv et helt tal fra 0 til 50"),
    ],
)
async def test_what_cannot_be_meant_is_said_beside_the_forms(doctor: Browser, typed: str, said: str) -> None:
    page = await doctor.opens(f"{CENTRE}/{typed}")
    assert page.status_code == 422
    assert said in text_of(page)


async def test_who_may_not_change_policies_sees_and_asks_nothing(
    office: Office, browser: Browser, new_browser: NewBrowser
) -> None:
    await browser.sits_down(await office.grants("Vera", StaffRole.VAGTHAVENDE))
    for address in (CENTRE, OVERFLOW + TYPED):
        assert (await browser.opens(address)).status_code == 403
    nowhere = new_browser()
    await nowhere.sits_down(await office.grants("Dan", StaffRole.DRIFTSANSVARLIG, centre=None), None)
    assert "Du arbejder ikke ved en vagtcentral" in text_of(await nowhere.opens(CENTRE))
    assert (await nowhere.opens(OVERFLOW + TYPED)).status_code == 404
    english = await nowhere.opens(f"{CENTRE}?lang=en")
    assert "You work at no dispatch centre" in text_of(english)


RULE = "INSERT INTO attention.rule (id, centre_id, acknowledges, nobody_after_s, valid, author, made_at) VALUES "
LIMIT = "INSERT INTO incidents.by_hand_limit (id, centre_id, an_hour, uncertain_m, valid, author) VALUES "
AGREEMENT = """
    INSERT INTO attention.agreement (
      id, centre_id, to_id, after_s, from_hour, to_hour, lends_for_s, valid, author, made_at) VALUES
"""
UNAPPROVED = [
    RULE + "($1, $2, 'console', 90, tstzrange($4, NULL), $3, $4)",
    LIMIT + "($1, $2, 90, 9000, tstzrange($4, NULL), $3)",
    AGREEMENT + "($1, $2, '{neighbour}', 60, 0, 0, 600, tstzrange($4, NULL), $3, $4)",
]


async def test_the_database_takes_no_row_that_no_second_person_approved(
    office: Office, doctor: Browser, manager: Browser, clock: SetClock
) -> None:
    """Whatever a fault in the console tries: not by an approval of something else, nor by one of a while ago."""
    await asks(doctor, "kvittering", "?acknowledges=console&nobody_after_s=90")
    await says(manager)
    (decided,) = await office.journal("second_person_decided")
    author, at = f"approval {decided['facts']['approval']}", clock.now()
    api = Actor(Role.API, HOVEDSTADEN)
    for statement, when in [*((each, at) for each in UNAPPROVED[1:]), (UNAPPROVED[0], at + timedelta(hours=1))]:
        with pytest.raises(Exception, match="row-level security"):
            async with office.database.acting_as(api) as c:
                await c.execute(
                    statement.replace("{neighbour}", str(NORDJYLLAND)), in_order(), HOVEDSTADEN, author, when
                )
    with pytest.raises(Exception, match="row-level security"):
        async with office.database.acting_as(api) as c:
            await c.execute("UPDATE attention.rule SET valid = tstzrange(lower(valid), $1)", at + timedelta(hours=1))
    with pytest.raises(Exception, match="permission denied"):
        async with office.database.acting_as(api) as c:
            await c.execute("UPDATE attention.rule SET nobody_after_s = 3600")
