"""Whatever is sent, a page answers that a person can read; nothing is half written."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.api.limits import ALLOWANCES, Limit, Limiter
from backend.foundation.database import Actor, Database, Role
from backend.regions.queries_import import replace_postcodes
from backend.signup.visit import HEADERS
from tests.signup.cast import Browser, text_of
from tests.signup.conftest import NewBrowser
from tests.signup.records import account_of, accounts, sessions

OM_DIG = "/tilmelding/om-dig"
SCRIPT = "<script>alert(1)</script>"


async def on_about(new_browser: NewBrowser) -> Browser:
    anna = new_browser()
    await anna.proves_the_phone()
    return anna


@pytest.mark.parametrize("typed", ["", "12", "Anna", "80000000", "+1 202 555 0100", "9" * 500, SCRIPT, "\0" * 8])
async def test_what_is_no_mobile_number_is_refused_in_words_and_begins_nothing(
    new_browser: NewBrowser, database: Database, typed: str
) -> None:
    answer = await new_browser().sends("/tilmelding", {"phone": typed})
    assert answer.status_code == 422
    assert "Skriv et mobilnummer, der kan få sms" in text_of(answer)
    assert SCRIPT not in answer.text
    assert await sessions(database) == 0


@pytest.mark.parametrize(
    ("different", "field", "says"),
    [
        ({"name": ""}, "name", "Skriv dit navn"),
        ({"name": " \t "}, "name", "Skriv dit navn"),
        ({"name": "A" * 101}, "name", "Skriv dit navn"),
        ({"name": "A" * 100_000}, "name", "Skriv dit navn"),
        ({"name": "bell\a"}, "name", "Skriv dit navn"),
        ({"name": "nul\0"}, "name", "Skriv dit navn"),
        ({"birth_year": ""}, "birth_year", "Skriv dit fødselsår"),
        ({"birth_year": "90"}, "birth_year", "Skriv dit fødselsår"),
        ({"birth_year": "1890"}, "birth_year", "Skriv dit fødselsår"),
        ({"birth_year": "2090"}, "birth_year", "Skriv dit fødselsår"),
        ({"birth_year": "1990-01-01"}, "birth_year", "Skriv dit fødselsår"),
        ({"birth_year": "2017"}, "birth_year", "Hjerteløbere er fyldt 18 år"),
        ({"birth_year": "2008"}, "has_turned_18", "Sæt kryds"),
        ({"municipality": "9999"}, "municipality", "Vælg en kommune på listen"),
        ({"municipality": "Odense"}, "municipality", "Vælg en kommune på listen"),
        ({"municipality": "\0"}, "municipality", "Vælg en kommune på listen"),
        ({"postcode": "0000"}, "postcode", "Postnummeret kender vi ikke"),
        ({"postcode": "4000\0"}, "postcode", "Postnummeret kender vi ikke"),
        ({"postcode": "8660"}, "postcode", "Postnummeret ligger i flere kommuner"),
        ({"postcode": "5000", "municipality": "0461"}, "postcode", "Vælg kommune eller skriv postnummer"),
        ({"training": ""}, "training", "Vælg det, der passer på dig"),
        ({"training": "surgeon"}, "training", "Vælg det, der passer på dig"),
    ],
)
async def test_a_field_that_cannot_be_is_named_at_the_top_and_beside_itself(
    new_browser: NewBrowser, database: Database, different: dict[str, str], field: str, says: str
) -> None:
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        await connection.execute("RESET ROLE")
        await replace_postcodes(connection, [("5000", "0461"), ("8660", "0746"), ("8660", "0740")])
    anna = await on_about(new_browser)
    answer = await anna.says_who(**different)
    assert answer.status_code == 422
    assert f'<a href="#{field}">{says}' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert f'id="{field}"' in answer.text
    assert "<title>Fejl: " in answer.text
    assert (await anna.opens("/tilmelding/samtykke")).headers["location"] == OM_DIG
    assert await accounts(database) == 0


async def test_everything_wrong_is_told_at_once_and_what_was_right_stays(new_browser: NewBrowser) -> None:
    anna = await on_about(new_browser)
    answer = await anna.sends(OM_DIG, {"name": "Anna Åkesson"})
    assert answer.text.count("form-error-message") == 2
    assert 'value="Anna Åkesson"' in answer.text
    assert 'value="Anna Åkesson"' in (await anna.opens(OM_DIG)).text


async def test_a_postcode_becomes_its_municipality_and_is_dropped(new_browser: NewBrowser, database: Database) -> None:
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        await connection.execute("RESET ROLE")
        await replace_postcodes(connection, [("5000", "0461")])
    anna = new_browser()
    await anna.signs_up(postcode=" 5000 ")
    account = await account_of(database, anna.phone)
    assert account is not None
    assert account["municipality"] == "0461"


async def test_in_the_year_of_the_18th_birthday_there_is_a_box_to_say_so(
    new_browser: NewBrowser, database: Database
) -> None:
    anna = await on_about(new_browser)
    assert 'name="has_turned_18"' not in (await anna.opens(OM_DIG)).text
    assert 'name="has_turned_18"' in (await anna.says_who(birth_year="2008")).text
    assert (await anna.says_who(birth_year="2008", has_turned_18="yes")).status_code == 303
    await anna.sends("/tilmelding/samtykke")
    assert await accounts(database) == 1


async def test_script_in_a_name_is_kept_as_it_was_written_and_never_run(
    new_browser: NewBrowser, database: Database
) -> None:
    """Somebody's name is theirs; that it is not run is the page's affair."""
    anna = new_browser()
    await anna.signs_up(name=SCRIPT)
    account = await account_of(database, anna.phone)
    assert account is not None
    assert account["name"] == SCRIPT
    ben = await on_about(new_browser)
    for page in (await ben.says_who(name=SCRIPT, training=""), await ben.opens(OM_DIG)):
        assert SCRIPT not in page.text
        assert "&lt;script&gt;" in page.text


async def test_script_in_an_address_is_never_run(new_browser: NewBrowser) -> None:
    anna = new_browser()
    for query in ({"code": f'"{SCRIPT}'}, {"lang": SCRIPT}, {"code": "A", "lang": f"'{SCRIPT}"}):
        page = await anna.http.get("/tilmelding", params=query)
        assert page.status_code == 200
        assert SCRIPT not in page.text


@pytest.mark.parametrize("path", ["/tilmelding/kode", OM_DIG, "/tilmelding/samtykke", "/tilmelding/faerdig"])
async def test_whoever_did_not_begin_here_is_told_how_to_begin(new_browser: NewBrowser, path: str) -> None:
    anna, ben = new_browser(), new_browser(query="?lang=en")
    ben.cookies["tilmelding"] = "made up"
    assert "Tilmeldingen er udløbet" in text_of(await anna.opens(path))
    answer = await ben.opens(path)
    assert answer.status_code == 410
    assert "The sign-up has run out" in text_of(answer)


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
async def test_what_is_no_form_is_refused_with_a_page(
    new_browser: NewBrowser, database: Database, media_type: str
) -> None:
    answer = await new_browser().sends("/tilmelding", {"phone": "20123456"}, content_type=media_type)
    assert answer.status_code == 415
    assert_is_a_page(answer)
    assert await sessions(database) == 0


async def test_a_form_that_another_site_sent_is_refused(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser()
    answer = await anna.sends("/tilmelding", {"phone": anna.phone}, sec_fetch_site="cross-site")
    assert answer.status_code == 403
    assert_is_a_page(answer)
    assert await sessions(database) == 0


async def test_a_form_of_a_megabyte_is_refused_with_a_page(new_browser: NewBrowser) -> None:
    answer = await new_browser().sends("/tilmelding", {"phone": "2" * 1_000_000})
    assert answer.status_code == 413
    assert_is_a_page(answer)


@pytest.mark.parametrize("body", [b"%", b"phone=%ff%fe", b"&&&==&", b"\xff\xfe", b"phone=1&phone=2"])
async def test_a_form_that_is_none_is_answered_with_a_page(new_browser: NewBrowser, body: bytes) -> None:
    answer = await new_browser().call("POST", "/tilmelding", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 422)
    assert_is_a_page(answer)


async def test_an_address_with_something_twice_is_answered_with_a_page(new_browser: NewBrowser) -> None:
    answer = await new_browser().opens("/tilmelding?code=A&code=B")
    assert answer.status_code == 422
    assert_is_a_page(answer)


async def test_a_mistyped_address_is_answered_with_a_page(new_browser: NewBrowser) -> None:
    answer = await new_browser(query="?lang=en").opens("/tilmelding/om-mig")
    assert answer.status_code == 404
    assert_is_a_page(answer)
    assert "No such page" in text_of(answer)


async def test_a_file_that_is_not_there_is_answered_with_a_page(new_browser: NewBrowser) -> None:
    for name in ("no.css", "..%2Fpages.py", "__init__.py"):
        answer = await new_browser().opens(f"/tilmelding/filer/{name}")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith(("text/html", "application/problem+json"))
    assert_is_a_page(await new_browser().opens("/tilmelding/filer/no.css"))


async def test_a_flood_from_one_network_is_answered_with_a_page_that_says_wait(new_browser: NewBrowser) -> None:
    allowance = ALLOWANCES[Limit.SIGN_UP]
    assert allowance is not None
    anna = new_browser(query="?lang=en")
    anna.http.app.state.limiter = Limiter(monotonic=lambda: 0.0)  # however slow the machine: all in one moment
    answers = [await anna.opens("/was") for _ in range(allowance.burst + 1)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "Wait a moment" in text_of(answers[-1])
    by_app = await anna.http.post("/mobile/v1/sign-in/codes", json={"phone": anna.phone})
    assert by_app.status_code == 202, "the app's sign-in has an allowance of its own"


async def test_with_the_database_away_the_page_says_that_nothing_is_lost(
    new_browser: NewBrowser, database: Database
) -> None:
    anna = await on_about(new_browser)
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        await connection.execute("RESET ROLE")
        await connection.execute("ALTER TABLE signup.session RENAME TO elsewhere")
    answer = await anna.says_who()
    assert answer.status_code == 500
    assert_is_a_page(answer)
    assert "Intet er gemt halvt" in text_of(answer)


def assert_is_a_page(answer: Any) -> None:
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "<h1>" in answer.text


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["20123456", "1990", "2008", "0461", "hlr", "yes", "123456", SCRIPT, "\0", "null"]
)
names = st.sampled_from(
    ["phone", "code", "again", "name", "birth_year", "has_turned_18", "municipality", "postcode", "training", "alarms"]
)
PATHS = ("/tilmelding", "/tilmelding/kode", OM_DIG, "/tilmelding/samtykke", "/tilmelding/afbryd")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PATHS), st.dictionaries(names, texts), st.booleans())
async def test_no_form_breaks_a_page(new_browser: NewBrowser, path: str, form: dict[str, str], proven: bool) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    if proven:
        await anna.sends("/tilmelding/kode", {"code": await anna.newest_code()})
    answer = await anna.sends(path, form)
    assert answer.status_code < 500
    assert answer.status_code == 303 or "<h1" in answer.text
