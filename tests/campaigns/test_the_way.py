"""From a tree to a code, from its link to sign-up, and what is counted on the way."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.public import counting
from backend.public.counting import GroupName
from backend.recruitment import credit, day
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.campaign.codes import Standing, close_code
from campaigns.landing.words_da import DANISH
from campaigns.landing.words_en import ENGLISH
from tests.campaigns.cast import FLOTILLA, NOON, SIGN_UP_URL, SINCE, UNTIL, Office, Person
from tests.harness.keys import RING
from tests.people.cast import a_phone, newcomer, some_keys, somebody

HONEST_DA = (
    "Forsvaret og Hjemmeværnet ser kun tal",
    "Omkring halvdelen af alarmerne er ikke et hjertestop: kun 53–60 % viser sig at være det.",
    "Måske bliver du aldrig alarmeret.",
    "Du kan altid sige nej til en alarm",
)
HONEST_EN = (
    "see only numbers: never names, places or answers to an alarm.",
    "About half of the alarms are not a cardiac arrest: only 53–60 % turn out to be one.",
    "You may never be called.",
    "You can always say no to an alarm",
)


async def test_a_link_is_followed_and_tilmeld_pressed_that_is_one_visit_and_leads_to_sign_up(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    page = await person.opens(f"/k/{code}")
    assert page.status_code == 200
    in_english = await person.opens(f"/k/{code}?lang=en")
    for read, sentences in ((page, HONEST_DA), (in_english, HONEST_EN)):
        assert [each for each in sentences if each not in read.text] == [], "what nobody may be lured past"
    assert await office.visits(campaign.id) == {}, "reading alone says nothing of a human"

    led = await person.presses_tilmeld(f"/k/{code}")
    assert (led.status_code, led.headers["location"]) == (303, f"{SIGN_UP_URL}/tilmelding?code={code}")
    assert await office.visits(campaign.id) == {code: (1, 0, 0)}


async def test_a_visit_that_the_page_told_of_is_not_counted_again_by_tilmeld(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    assert (await person.presses_tilmeld(f"/k/{code}/acted")).status_code == 204
    await person.presses_tilmeld(f"/k/{code}", {"acted": "1"})
    assert await office.visits(campaign.id) == {code: (1, 0, 0)}


async def test_english_stays_english(office: Office, campaign: Campaign, person: Person) -> None:
    code = await office.makes_a_code(campaign)
    page = await person.opens(f"/k/{code}?lang=en")
    assert '<html lang="en">' in page.text
    assert "Home Guard" in page.text
    led = await person.presses_tilmeld(f"/k/{code}?lang=en")
    assert parse_qs(urlsplit(led.headers["location"]).query) == {"code": [code], "lang": ["en"]}


async def test_a_made_up_campaign_says_so_on_its_page_and_another_does_not(
    office: Office, campaign: Campaign, person: Person
) -> None:
    shown = await office.begins("leg", made_up=True)
    for language, words in (("da", DANISH), ("en", ENGLISH)):
        assert words.made_up in (await person.opens(f"/c/{shown.name}?lang={language}")).text
        assert words.made_up not in (await person.opens(f"/c/{campaign.name}?lang={language}")).text


@pytest.mark.parametrize("standing", list(Standing))
async def test_every_code_leads_to_sign_up_and_one_that_counts_for_nobody_says_so(
    office: Office, campaign: Campaign, person: Person, clock: SetClock, standing: Standing
) -> None:
    code = await office.makes_a_code(campaign)
    address = f"/k/{code}"
    match standing:
        case Standing.CLOSED:
            async with office.store.transaction() as c:
                await close_code(c, code, NOON)
        case Standing.OVER:
            clock.advance(timedelta(days=400))
        case Standing.EARLY:
            clock.advance(timedelta(days=-30))
        case Standing.FOREIGN:
            other = await office.begins("en-anden")
            address = f"/c/{other.name}?code={code}"
        case Standing.UNKNOWN:
            address = "/k/22222222"
        case Standing.MISTYPED:
            address = f"/k/{code[:-1]}{'2' if code[-1] != '2' else '3'}"
        case Standing.OPEN:
            pass
    credited = standing is Standing.OPEN
    for language, words in (("da", DANISH), ("en", ENGLISH)):
        page = await person.opens(address + ("&" if "?" in address else "?") + f"lang={language}")
        assert page.status_code == 200
        said = [each for each, text in words.not_counted.items() if text in page.text]
        assert said == ([] if credited else [standing])
    led = await person.presses_tilmeld(address)
    assert led.headers["location"] == f"{SIGN_UP_URL}/tilmelding" + (f"?code={code}" if credited else "")


async def test_counting_knows_the_unit_those_above_it_and_the_channel(office: Office, campaign: Campaign) -> None:
    await office.makes_a_code(campaign, FLOTILLA, Channel.EVENT)
    async with office.store.transaction() as c:
        groups = await c.fetch("SELECT name, parent, invited FROM recruitment.counting_group ORDER BY name")
        known = await counting.campaign_named(c, campaign.name)
    assert known is not None
    assert (known.id, known.k) == (campaign.id, 10)
    assert {row["name"]: row["parent"] for row in groups} == {
        "FMN": None,
        "HJV": "FMN",
        "HJV-MHV": "HJV",
        "EKS-FL-01": "HJV-MHV",
        "EKS-FL-01/own": "EKS-FL-01",
        "event": None,
    }
    assert all(row["invited"] for row in groups if row["name"] != "event")


async def test_ten_who_sign_up_by_a_flotilla_s_poster_are_ten_of_it_and_of_all_above(
    office: Office, campaign: Campaign, campaigns_dsn: str
) -> None:
    """Counted by the backend, told to the campaign: a whole with its own leaf tells what the leaf does."""
    code, keys, after_the_week = await office.makes_a_code(campaign), some_keys(), NOON + timedelta(days=9)
    database = await open_database(campaigns_dsn, dict.fromkeys(Lane, 2), carries=RING)
    async with database.acting_as(Actor(Role.API)) as c:
        for _ in range(12):
            phone = a_phone()
            opened = await newcomer(c, NOON, phone=phone)
            anna = somebody(phone, "alarms campaign_credit")
            assert await credit.credit(c, keys, anna, opened, code, NOON)
    async with database.acting_as(Actor(Role.WORKER)) as c:
        await day.look(c, after_the_week)
    await database.close()
    groups = [GroupName(each) for each in ("FMN", "HJV", "HJV-MHV", "EKS-FL-01", "EKS-FL-01/own", "poster")]
    async with office.store.transaction() as c:
        told = await counting.told(c, campaign.id, groups, SINCE, UNTIL)
    registered = {each.group_name: each.at_least for each in told if each.stage == "registered"}
    assert registered == dict.fromkeys(groups, 10)
