"""Whoever signed up in a browser and has no app can leave there too: by proving the phone once more."""

from datetime import timedelta

from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from tests.signup.cast import Browser, text_of
from tests.signup.conftest import NewBrowser
from tests.signup.records import account_of, accounts

LEAVE = "/tilmelding/meld-ud"


async def back_again(new_browser: NewBrowser) -> Browser:
    """Somebody with an account, who has just proven the phone."""
    anna = new_browser()
    await anna.signs_up("alarms")
    back = new_browser(anna.phone)
    await back.proves_the_phone()
    return back


async def test_whoever_proves_the_phone_again_can_leave_and_is_forgotten(
    new_browser: NewBrowser, database: Database
) -> None:
    anna = await back_again(new_browser)
    assert f'href="{LEAVE}"' in (await anna.opens("/tilmelding/faerdig")).text
    assert "Det kan ikke fortrydes" in text_of(await anna.opens(LEAVE))
    assert await account_of(database, anna.phone) is not None, "looking changes nothing"

    for _ in range(2):
        answer = await anna.sends(LEAVE)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tilmelding/faerdig")
    assert "Du er meldt ud" in text_of(await anna.opens("/tilmelding/faerdig"))
    assert await account_of(database, anna.phone) is None

    await new_browser(anna.phone).signs_up("alarms")
    assert await account_of(database, anna.phone) is not None, "and may come back"
    assert await accounts(database) == 2, "a row without a name stays for the figures"


async def test_nobody_leaves_for_somebody_who_has_just_signed_up(new_browser: NewBrowser, database: Database) -> None:
    """At a computer others use too the last page gives away nothing, not even the power to undo it."""
    anna = new_browser()
    await anna.signs_up("alarms")
    assert (await anna.sends(LEAVE)).headers["location"] == "/tilmelding/faerdig"
    assert await account_of(database, anna.phone) is not None


async def test_the_proof_is_good_for_half_an_hour(new_browser: NewBrowser, database: Database, clock: SetClock) -> None:
    anna = await back_again(new_browser)
    clock.advance(timedelta(minutes=31))
    assert (await anna.sends(LEAVE)).status_code == 410
    assert await account_of(database, anna.phone) is not None
