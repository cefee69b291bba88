"""Operations: a policy is changed in a draft, tried on yesterday's alarms, and counts once two have agreed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from backend.alerts.again import Asked, compare
from backend.alerts.choose import snapshot_digest
from backend.alerts.queries_again import FirstWave
from backend.console.operations import POLICIES, whence
from backend.console.policy_pages import typed_moment
from backend.console.words_operations_da import OPERATIONS_DA
from backend.console.words_operations_en import OPERATIONS_EN
from backend.foundation.clock import COPENHAGEN, SetClock
from backend.foundation.database import Actor, Database, Role
from backend.foundation.ids import CentreId, IncidentId, VolunteerId, in_order, without_time
from backend.foundation.problems import Problem
from backend.identity.staff import StaffRole
from backend.selection import drafts
from backend.selection.candidate import Candidate, FromPlace, Verdict
from backend.selection.policies import DEFAULT, in_force, shipped
from backend.selection.policy import Policy, read_policy
from backend.selection.queries import CandidateRow
from tests.alarm.cast import Town
from tests.console.cast import HOVEDSTADEN, NOON, NORDJYLLAND, Browser, Office, text_of
from tests.console.conftest import NewBrowser

APPROVALS = "/konsol/godkendelser"
FIELDS = next(each for each in shipped() if each["name"] == DEFAULT)
TYPED = {
    "reach_m": "5000",
    "at_once": "20",
    "in_total": "20",
    "rings_s": "120",
    "receipt_s": "5",
    "second_channel_s": "5",
    "silence_s": "60",
    "accept_limit": "",
    "max_position_age_s": "259200",
    "replace_unreachable": "ja",
}
"""The default's fields as its form has them."""
OWN = f"{DEFAULT}@amk-hovedstaden"


def test_whence_a_rule_comes_is_said_in_the_reader_s_words() -> None:
    approval = "approval 01a22411-6764-776c-a61d-cf98a36c97fd"
    assert whence(OPERATIONS_DA, approval) == "to personer (godkendelse A36C97FD)"
    assert [whence(OPERATIONS_DA, each) for each in ("shipped", "ours")] == [
        "fulgte med programmet",
        "programmets egen",
    ]
    assert [whence(OPERATIONS_EN, each) for each in ("hartslagnu.nl", "–")] == ["hartslagnu.nl", "–"]


# --- the draft -----------------------------------------------------------------------------------------------------


def test_what_is_changed_is_ours_and_the_rest_stays() -> None:
    made = drafts.edited(FIELDS, {**TYPED, "reach_m": "3000", "replace_decline": "ja"})
    assert (made["reach_m"], made["replace_on"], made["at_once"]) == (3000, ["unreachable", "decline"], 20)
    assert {"reach_m", "replace_on"} <= set(made["ours"])
    assert made["excludes"] == FIELDS["excludes"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, ""),
        ({"reach_m": "langt"}, "/reach_m"),
        ({"reach_m": "0"}, ""),
        ({"reach_m": ""}, "/reach_m"),
        ({"reach_m": "1731"}, "/reach_m"),  # draft by draft it would tell to the metre how far away somebody was
        ({"at_once": "201"}, ""),
        ({"at_once": "30"}, "/in_total"),
        ({"rings_s": "٣"}, "/rings_s"),
    ],
)
def test_what_cannot_be_a_policy_names_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Problem) as refused:
        drafts.edited(FIELDS, TYPED | typed)
    assert refused.value.status == 422
    assert [each.field for each in refused.value.errors or []] == [field]


def test_a_moment_is_on_danish_clocks_and_to_come() -> None:
    assert typed_moment("", NOON) is None
    assert typed_moment("2026-11-22T08:00", NOON) == datetime(2026, 11, 22, 8, tzinfo=COPENHAGEN)
    for wrong in ("i morgen", "2026-11-20T08:00", "2027-11-20T08:00"):
        with pytest.raises(Problem):
            typed_moment(wrong, NOON)


def test_an_hour_that_no_clock_shows_is_refused_and_the_one_shown_twice_is_the_first() -> None:
    spring, autumn = (datetime(*day, tzinfo=COPENHAGEN) for day in ((2027, 3, 20), (2026, 10, 20)))
    with pytest.raises(Problem):
        typed_moment("2027-03-28T02:30", spring)
    assert typed_moment("2027-03-28T03:30", spring) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert typed_moment("2026-10-25T02:30", autumn) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


# --- trying it -----------------------------------------------------------------------------------------------------


def policy(**changed: Any) -> Policy:
    return msgspec.structs.replace(read_policy(FIELDS), **changed)


def rows(*people: tuple[int, Verdict], age_s: int = 60) -> list[CandidateRow]:
    return [CandidateRow(1, VolunteerId(without_time()), far, age_s, FromPlace.LIVE, v) for far, v in people]


def wave(looked_at: Sequence[CandidateRow], wanted: int = 20, reach_m: int = 5000) -> FirstWave:
    digest = snapshot_digest(
        [(Candidate(r.volunteer_id, r.metres, r.age_s, r.from_place, None, b"", 0), r.verdict) for r in looked_at]
    )
    asked = sum(row.verdict is Verdict.CHOSEN for row in looked_at)
    return FirstWave(IncidentId(in_order()), NOON, False, digest, reach_m, wanted, asked, 1)


def chosen(*metres: int) -> list[tuple[int, Verdict]]:
    return [(each, Verdict.CHOSEN) for each in metres]


def test_fewer_are_asked_where_fewer_are_to_be() -> None:
    looked_at = rows(*chosen(100, 200, 300))
    assert compare(wave(looked_at), looked_at, policy(at_once=2)).would == Asked(2, 200)
    assert compare(wave(looked_at), looked_at, policy(reach_m=250)).would == Asked(2, 200)
    assert compare(wave(looked_at), looked_at, policy(reach_m=50)).would == Asked(0, None)


def test_further_than_anybody_looked_is_unknown() -> None:
    looked_at = rows(*chosen(100, 200, 300))
    assert compare(wave(looked_at), looked_at, policy(reach_m=8000)).would is None
    assert compare(wave(looked_at), looked_at, policy(reach_m=8000, at_once=3)).would == Asked(3, 300)


def test_where_looking_stopped_because_there_were_enough_nobody_knows_who_is_behind() -> None:
    """Twenty and ten to spare are looked for: whoever is further out may not have been looked at."""
    people = [*chosen(*range(100, 120)), *[(far, Verdict.NEARER_ONES_ASKED) for far in range(120, 140)]]
    looked_at = rows(*people)
    assert compare(wave(looked_at), looked_at, policy(at_once=30)).would == Asked(30, 129)
    assert compare(wave(looked_at), looked_at, policy(at_once=31)).would is None


def test_whoever_was_busy_or_asleep_still_is() -> None:
    looked_at = rows((50, Verdict.SNOOZED), (60, Verdict.RINGING_ELSEWHERE), *chosen(100))
    assert compare(wave(looked_at), looked_at, policy(at_once=1)).would == Asked(1, 100)


def test_a_position_that_was_too_old_and_would_not_be_makes_it_unknown() -> None:
    """Nobody wrote down whether anything else stood in the way."""
    looked_at = rows((50, Verdict.POSITION_TOO_OLD), age_s=300_000) + rows(*chosen(100))
    assert compare(wave(looked_at), looked_at, policy(at_once=1)).would == Asked(1, 100)
    assert compare(wave(looked_at), looked_at, policy(at_once=1, max_position_age_s=400_000)).would is None
    assert compare(wave(looked_at), looked_at, policy(at_once=1, max_position_age_s=30)).would == Asked(0, None)


def test_rows_that_are_not_all_there_tell_nothing() -> None:
    """Somebody was erased, or the week is over."""
    looked_at = rows(*chosen(100, 200))
    first = wave(looked_at)
    assert compare(first, looked_at[:1], policy(at_once=1)).would is None
    assert compare(first, [], policy(at_once=1)).would is None
    assert compare(first, looked_at, policy(at_once=1)).asked == 2


# --- end to end ----------------------------------------------------------------------------------------------------


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


async def drafts_one(town: Town, browser: Browser, **typed: str) -> Any:
    """The draft's page, as the browser is led to it."""
    (row,) = await town.rows("SELECT id FROM selection.policy WHERE name = $1", DEFAULT)
    page = await browser.opens(f"{POLICIES}/{row['id']}")
    assert f"Du ændrer {DEFAULT}, version 1." in text_of(page)
    led = await browser.fills_in(page, f"{POLICIES}/{row['id']}", **(TYPED | typed))
    assert led.status_code == 303, led.text
    return await browser.opens(led.headers["location"])


async def name_in_force(office: Office, at: datetime, centre: CentreId = HOVEDSTADEN) -> tuple[str, int]:
    async with office.database.acting_as(Actor(Role.API, centre)) as c:
        row = await in_force(c, centre, None, at)
    return row.name, row.fields["at_once"]


async def says_yes(browser: Browser) -> Any:
    page = await browser.opens(APPROVALS)
    address = page.text.partition(f'action="{APPROVALS}/')[2].partition('"')[0]
    return await browser.fills_in(page, f"{APPROVALS}/{address}", svar="approved")


async def test_a_change_is_tried_agreed_on_and_in_force_from_its_moment(
    town: Town, office: Office, new_browser: NewBrowser, clock: SetClock
) -> None:
    await town.volunteers(100, 200, 300)
    await town.arrest()
    clock.advance(timedelta(hours=20))  # the morning after
    doctor, manager = new_browser(), new_browser()
    await doctor.sits_down(await office.grants("Dorte", StaffRole.AMK_LAEGE), fresh=True)
    await manager.sits_down(await office.grants("Mads", StaffRole.DRIFTSANSVARLIG), fresh=True)
    page = await drafts_one(town, doctor, at_once="2")
    shown = text_of(page)
    assert "2 hjerteløbere ville være spurgt først i stedet for 3, ved 1 af 1 alarmer i går" in shown
    assert "Spørges på én gang 20 2" in shown
    assert "inden for 500 m" in shown, "nobody's distance to the metre"
    address = page.text.partition('action="/konsol/drift/regler/udkast/')[2].partition('"')[0]
    asked = await doctor.fills_in(page, f"{POLICIES}/udkast/{address}", fra="2026-11-22T12:00")
    assert asked.status_code == 200
    begins = datetime(2026, 11, 22, 12, tzinfo=COPENHAGEN)
    assert await name_in_force(office, begins) == (DEFAULT, 20), "one alone changes nothing"

    waiting = await manager.opens(APPROVALS)
    assert f"{OWN}, 22.11. 12.00" in text_of(waiting)
    assert (await manager.opens(f"{POLICIES}/udkast/{address}")).status_code == 200, (
        "the second person sees what it does"
    )
    assert (await says_yes(manager)).status_code == 200
    assert await name_in_force(office, begins - timedelta(minutes=1)) == (DEFAULT, 20)
    assert await name_in_force(office, begins) == (OWN, 2)
    assert await name_in_force(office, begins, NORDJYLLAND) == (DEFAULT, 20), "another centre's stays as it is"
    first = text_of(await manager.opens(POLICIES))
    assert f"{DEFAULT}, version 1, har været i kraft siden" in first
    assert f"{OWN}, version 1, træder i kraft 22.11. 12.00." in first
    (entry,) = [each for each in await office.journal("policy_changed") if each["facts"]["policy"] == OWN]
    assert entry["facts"]["version"] == 1
    assert datetime.fromisoformat(entry["facts"]["since"]) == begins


async def test_a_second_change_waits_for_the_first_and_says_so(
    town: Town, doctor: Browser, manager: Browser, office: Office
) -> None:
    """What two agreed on is not undone by what two others agree on before it has begun."""
    answers = []
    for begins, at_once in (("2026-11-25T12:00", "3"), ("2026-11-23T12:00", "4")):
        page = await drafts_one(town, doctor, at_once=at_once)
        address = page.text.partition('action="/konsol/drift/regler/udkast/')[2].partition('"')[0]
        await doctor.fills_in(page, f"{POLICIES}/udkast/{address}", fra=begins)
        answers.append((await says_yes(manager)).status_code)
    assert answers == [200, 409]
    assert await name_in_force(office, datetime(2026, 11, 26, tzinfo=COPENHAGEN)) == (OWN, 3)


async def test_another_centre_sees_no_draft_of_ours(
    town: Town, doctor: Browser, office: Office, new_browser: NewBrowser
) -> None:
    page = await drafts_one(town, doctor, at_once="2")
    address = page.text.partition('action="/konsol/drift/regler/udkast/')[2].partition('"')[0]
    other = new_browser()
    await other.sits_down(await office.grants("Nora", StaffRole.AMK_LAEGE, centre=NORDJYLLAND), NORDJYLLAND)
    assert (await other.opens(f"{POLICIES}/udkast/{address}")).status_code == 404
    visitator = new_browser()
    await visitator.sits_down(await office.grants("Vera", StaffRole.VISITATOR))
    assert (await visitator.opens(POLICIES)).status_code == 403
