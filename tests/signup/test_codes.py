"""The code by text message: each way it can fail is told in a sentence that says what to do, and nothing is lost."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from backend.delivery.message import Channel
from backend.delivery.queries_switches import switch
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Database, Role
from backend.identity import caps
from tests.signup.cast import Browser, text_of
from tests.signup.conftest import NewBrowser

KODE = "/tilmelding/kode"


def held_back(cap: str) -> float:
    return REGISTRY.get_sample_value("hjerteloeber_sign_up_codes_held_back_total", {"cap": cap}) or 0.0


async def wrong_code_of(browser: Browser) -> str:
    return f"{(int(await browser.newest_code()) + 1) % 10**6:06}"


async def asks_again(browser: Browser, clock: SetClock) -> int:
    clock.advance(timedelta(seconds=11))
    return (await browser.sends(KODE, {"again": "1"})).status_code


async def test_a_wrong_code_is_told_and_the_right_one_still_works(new_browser: NewBrowser) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    answer = await anna.sends(KODE, {"code": await wrong_code_of(anna)})
    assert answer.status_code == 422
    assert "Koden passer ikke" in text_of(answer)
    assert (await anna.sends(KODE, {"code": await anna.newest_code()})).headers["location"] == "/tilmelding/om-dig"


async def test_a_code_tried_six_times_is_dead_and_a_new_one_is_one_button_away(
    new_browser: NewBrowser, clock: SetClock
) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    right, wrong = await anna.newest_code(), await wrong_code_of(anna)
    for _ in range(5):
        assert "Koden passer ikke" in text_of(await anna.sends(KODE, {"code": wrong}))
    assert "prøvet seks gange" in text_of(await anna.sends(KODE, {"code": wrong}))
    assert "prøvet seks gange" in text_of(await anna.sends(KODE, {"code": right}))
    assert await asks_again(anna, clock) == 303
    assert "En kode er på vej" in text_of(await anna.opens(f"{KODE}?ny=1"))
    assert (await anna.sends(KODE, {"code": await anna.newest_code()})).status_code == 303


async def test_a_dead_code_is_replaced_at_once(new_browser: NewBrowser) -> None:
    """A button pressed twice sends one code, but never none where the one that was sent is of no more use."""
    anna = new_browser()
    await anna.asks_for_a_code()
    dead, wrong = await anna.newest_code(), await wrong_code_of(anna)
    for _ in range(6):
        await anna.sends(KODE, {"code": wrong})
    assert (await anna.sends(KODE, {"again": "1"})).status_code == 303
    assert (await anna.newest_code()) != dead or (await anna.sends(KODE, {"code": dead})).status_code == 303


async def test_an_old_code_is_told_to_be_old(new_browser: NewBrowser, clock: SetClock) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    clock.advance(timedelta(minutes=6))
    answer = await anna.sends(KODE, {"code": await anna.newest_code()})
    assert answer.status_code == 422
    assert "gælder ikke længere" in text_of(answer)


@pytest.mark.parametrize("typed", ["{} {}", "{}-{}", " {}{} ", "{}\t{}"])
async def test_a_code_may_be_typed_as_people_do(new_browser: NewBrowser, typed: str) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    code = await anna.newest_code()
    assert (await anna.sends(KODE, {"code": typed.format(code[:3], code[3:])})).status_code == 303


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 5000])
async def test_what_is_no_code_costs_no_try(new_browser: NewBrowser, typed: str) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    for _ in range(7):
        answer = await anna.sends(KODE, {"code": typed})
        assert answer.status_code == 422
        assert "Skriv de 6 cifre" in text_of(answer)
    assert (await anna.sends(KODE, {"code": await anna.newest_code()})).status_code == 303


async def test_a_phone_that_was_sent_enough_codes_is_told_when_the_next_can_come(
    new_browser: NewBrowser, clock: SetClock
) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    assert [await asks_again(anna, clock) for _ in range(5)] == [303] * 5
    clock.advance(timedelta(seconds=11))
    answer = await anna.sends(KODE, {"again": "1"})
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["retry-after"]) <= 3600
    assert "Prøv igen efter kl. 13.00" in text_of(answer)
    first_page = await new_browser(anna.phone).asks_for_a_code()
    assert first_page.status_code == 429
    assert f'value="{anna.phone}"' in first_page.text, "the number need not be typed again"
    assert (await anna.sends(KODE, {"code": await anna.newest_code()})).status_code == 303


async def test_with_text_messages_switched_off_one_is_told_and_nothing_counts(
    new_browser: NewBrowser, database: Database, clock: SetClock
) -> None:
    anna = new_browser(query="?code=HJV-7")
    await turn(database, clock, on=False)
    for _ in range(10):
        answer = await anna.asks_for_a_code()
        assert answer.status_code == 503
        assert "Vi kan ikke sende sms’er lige nu" in text_of(answer)
        assert "set-cookie" not in answer.headers
    await turn(database, clock, on=True)
    assert (await anna.asks_for_a_code()).status_code == 303


@pytest.mark.settings(code_ore_an_hour=35 * 5, code_prices_ore="45=35")
async def test_when_the_money_is_spent_nothing_is_sent_and_nobody_hears_anything_else(
    new_browser: NewBrowser, clock: SetClock
) -> None:
    """Else whoever asks for many numbers would learn which of them have an account: those are served further."""
    before = held_back("spend")
    people = [new_browser() for _ in range(4)]  # three fifths of five are for numbers nobody knows
    answers = [await each.asks_for_a_code() for each in people]
    assert [answer.status_code for answer in answers] == [303] * 4
    assert [await each.is_sent_a_code() for each in people] == [True, True, True, False]
    assert held_back("spend") - before == 1
    pages = [text_of(await each.opens(KODE)).replace(each.phone[3:], "") for each in people]
    assert "prøv igen om en time" in pages[3]
    clock.advance(timedelta(minutes=61))
    assert (await people[3].asks_for_a_code()).status_code == 303
    assert await people[3].is_sent_a_code()


@pytest.mark.settings(codes_an_hour_of_a_network=2)
async def test_one_network_may_owe_so_many_answers_and_no_more(new_browser: NewBrowser) -> None:
    before = held_back("network")
    people = [new_browser() for _ in range(4)]
    for each in people[:3]:
        assert (await each.asks_for_a_code()).status_code == 303
    assert [await each.is_sent_a_code() for each in people[:3]] == [True, True, False]
    assert held_back("network") - before == 1
    await people[0].sends(KODE, {"code": await people[0].newest_code()})
    await people[3].asks_for_a_code()
    assert await people[3].is_sent_a_code(), "one of them has answered: people do, machines do not"


async def test_what_is_counted_is_forgotten_after_a_day_and_names_no_network(
    new_browser: NewBrowser, database: Database, clock: SetClock
) -> None:
    await new_browser().asks_for_a_code()
    async with database.acting_as(Actor(Role.WORKER)) as connection:
        rows = await connection.fetch("SELECT bucket FROM identity.code_count")
        assert sorted(len(row["bucket"]) for row in rows) == [1, 32]
        assert await caps.remove_old(connection, clock.now() + timedelta(hours=23)) == 0
        assert await caps.remove_old(connection, clock.now() + timedelta(hours=25)) == 2


async def turn(database: Database, clock: SetClock, *, on: bool) -> None:
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        await connection.execute("RESET ROLE")
        await switch(connection, Channel.SMS, clock.now(), on=on)
