"""Looking back in a control room: courses from the journal, figures in tables, plots and files; their own alone."""

import asyncio
import csv
import re
from datetime import date, timedelta
from html import unescape
from io import StringIO

import pytest

from backend.aftercare.figure import Known, Unknown
from backend.aftercare.monthly import Group, Measure, Row, figures_of
from backend.console.after_csv import csv_of
from backend.console.after_plot import plot_of
from backend.console.words_after import AfterWords
from backend.console.words_after_da import AFTER_DA
from backend.console.words_after_en import AFTER_EN
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.ids import IncidentId
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.identity.staff import StaffRole
from backend.responses.status import GiveUpReason, Status
from tests.alarm.cast import Town
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, Browser, Office, text_of
from tests.harness.above import ABOVE

AFTER, FIGURES, FILE = "/konsol/efter", "/konsol/efter/tal", "/konsol/efter/tal.csv"
NOT_OF_AN_INCIDENT = {
    Event.POLICY_CHANGED,
    Event.RIGHT_CHANGED,
    Event.CHANNEL_SWITCHED,
    Event.FEED_SILENT,
    Event.FEED_HEARD,
    Event.WITHDREW,
    Event.WITHDRAWAL_TAKEN_BACK,
    Event.ERASED,
    Event.EXPORTED,
    Event.EXPOSURE_LISTED,
    Event.AED_REVIEWED,
    Event.STAFF_SIGNED_IN,
    Event.SEALED_LOG_IN,
}


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


async def sits(office: Office, browser: Browser) -> None:
    await browser.sits_down(await office.grants("Vera", StaffRole.VISITATOR))


@pytest.fixture
async def past(town: Town, clock: SetClock) -> IncidentId:
    """Three asked; one declines, one accepts and comes, one says nothing; the ambulance arrives.

    Before a test's browser: what is written while the application runs puts its statistics off.
    """
    anna, ben, _ = await town.volunteers(120, 130, 140)
    incident = await town.arrest()
    clock.advance(timedelta(seconds=25))
    await town.declines(incident, ben)
    await town.accepts(incident, anna)
    clock.advance(timedelta(minutes=4))
    await town.tells(incident, anna, Status.ON_SCENE)
    clock.advance(timedelta(minutes=3))
    await town.ends(incident)
    return incident


@pytest.fixture
async def an_exercise(town: Town) -> IncidentId:
    return await town.arrest(kind=Kind.EXERCISE)


@pytest.fixture
async def silence(past: IncidentId, town: Town) -> IncidentId:
    """Somebody accepted and never said whether they came."""
    anna, *_ = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.ends(incident)
    return incident


async def test_a_course_is_told_step_by_step_without_a_script(
    past: IncidentId, town: Town, office: Office, browser: Browser
) -> None:
    """The first step knows nobody, the last how it ended; each step between is a link; no name, no address."""
    await sits(office, browser)
    assert f'href="{AFTER}/{past}"' in (await browser.opens(AFTER)).text
    first = await browser.opens(f"{AFTER}/{past}")
    assert "Skridt" in text_of(first)
    assert "Hændelsen blev meldt" in text_of(first)
    steps = re.findall(rf'<a href="{AFTER}/{past}\?skridt=(\d+)"[^>]*><time>([\d.]+)</time> ([^<]+)</a>', first.text)
    entries = await town.journal(past)
    assert [int(number) for number, _, _ in steps] == [each.seq for each in entries]
    assert steps[0][1:] == ("12.00.00", "Hændelsen blev meldt")
    assert "Hændelsen sluttede: ambulancen er fremme" in steps[-1][2]

    async def people(step: int) -> list[list[str]]:
        page = await browser.opens(f"{AFTER}/{past}?skridt={step}")
        rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]*)</td><td>([^<]*)</td></tr>', page.text)
        return [list(map(unescape, row)) for row in rows]

    asked, accepted = (next(e.seq or 0 for e in entries if e.event == what) for what in ("wave_asked", "accepted"))
    names = {each.pseudonym for each in await town.alerts(past)}
    assert await people(1) == []
    assert [state for _, state, _ in await people(asked)] == ["ringer"] * 3
    assert {name for name, _, _ in await people(asked)} == names
    assert sorted(state for _, state, _ in await people(accepted)) == ["afviste", "har accepteret", "ringer"]
    assert {role for _, _, role in await people(accepted)} == {"", "direkte"}
    last = await people(9_999)
    assert sorted(state for _, state, _ in last) == [
        "aflyst: ambulancen er fremme",
        "afviste",
        "alarmen sluttede: ambulancen er fremme",
    ]
    assert not [word for word in ("Torvet", "4711", "Anna") if word in first.text]


async def test_what_is_erased_says_so(past: IncidentId, town: Town, office: Office, browser: Browser) -> None:
    anna = next(each for each in await town.alerts(past) if each.place is not None)
    async with office.database.acting_as(ABOVE) as c:
        await c.execute(
            """
            UPDATE volunteers.volunteer SET state = 'erased', withdrawn_at = now(), erased_at = now(), join_code = NULL,
              last_seen_at = NULL, languages = '{}' WHERE id = $1
            """,
            anna.volunteer_id,
        )
        await c.execute("DELETE FROM incidents.incident_place")
        await c.execute("DELETE FROM selection.candidate")
    await sits(office, browser)
    page = await browser.opens(f"{AFTER}/{past}?skridt=9999")
    assert anna.pseudonym not in page.text, "nor in what is brought for the script"
    assert "slettet accepterede" in page.text
    assert "1 af hjerteløberne er slettet siden" in text_of(page)
    assert "Sted og adresse slettet" in text_of(page)
    assert "Hvem der ikke blev spurgt, og hvorfor slettet" in text_of(page)
    english = await browser.opens(f"{AFTER}/{past}?lang=en")
    assert "erased accepted" in english.text


async def test_a_journal_that_contradicts_itself_is_told_as_far_as_it_goes(
    past: IncidentId, town: Town, office: Office, browser: Browser
) -> None:
    async with office.database.acting_as(ABOVE) as c:
        await c.execute("ALTER TABLE foundation.journal_entry DISABLE TRIGGER USER")
        await c.execute(
            "UPDATE foundation.journal_entry SET event = 'accepted', facts = '{}' WHERE incident_id = $1 AND seq = 3",
            past,
        )
    await sits(office, browser)
    page = await browser.opens(f"{AFTER}/{past}?skridt=9999")
    assert "modsiger sig selv fra skridt 3" in text_of(page)
    assert "Hændelsen sluttede" in text_of(page)


async def test_another_centre_s_are_not_there_and_who_reads_the_journal_everywhere_sees_all(
    past: IncidentId, town: Town, office: Office, browser: Browser
) -> None:
    case = (await town.incident(past)).case_number
    nora = await office.grants("Nora", StaffRole.VISITATOR, centre=NORDJYLLAND)
    await browser.sits_down(nora, NORDJYLLAND)
    assert (await browser.opens(f"{AFTER}/{past}")).status_code == 404
    assert str(past) not in (await browser.opens(AFTER)).text
    assert "Hovedstaden" not in text_of(await browser.opens(FIGURES))
    here = await office.grants("Dan", StaffRole.DRIFTSANSVARLIG, centre=NORDJYLLAND)
    await browser.sits_down(here, NORDJYLLAND)
    assert (await browser.opens(f"{AFTER}/{past}")).status_code == 404
    everywhere = await office.grants("Dorte", StaffRole.DRIFTSANSVARLIG, centre=None)
    await browser.sits_down(everywhere, NORDJYLLAND)
    page = await browser.opens(f"{AFTER}/{past}")
    assert page.status_code == 200
    assert case not in page.text + (await browser.opens(AFTER)).text, "no patient's number for who runs the service"
    assert "Hovedstaden" in text_of(await browser.opens(FIGURES))


async def test_that_somebody_looked_back_is_written_down_once(
    past: IncidentId, town: Town, office: Office, browser: Browser
) -> None:
    await sits(office, browser)
    for step in (1, 2, 3):
        await browser.opens(f"{AFTER}/{past}?skridt={step}")
    async with office.database.acting_as(ABOVE) as c:
        rows = await c.fetch("SELECT what, viewer, incident_id FROM incidents.viewed WHERE viewer = 'staff'")
    assert [tuple(row) for row in rows] == [("candidates", "staff", past)]


async def test_figures_are_the_same_in_table_plot_and_file_and_say_which_kind(
    past: IncidentId, an_exercise: IncidentId, office: Office, browser: Browser
) -> None:
    await sits(office, browser)
    page = await browser.opens(FIGURES)
    said = text_of(page)
    assert "Viser kun: rigtige alarmer" in said
    row = said[said.index("nov 2026 1 ") :]
    assert row.startswith("nov 2026 1 3,0 33 % 0 min 0 s 0 min 0 s 0 min 25 s 0 min 25 s 4 min 25 s 4 min 25 s 0 0 0 0")
    assert re.search(r'<rect class="bar"[^>]*height="90"/>\s*<text class="says"[^>]*>4:25</text>', page.text)
    assert "nov 2026: 4 min 25 s" in said, "each plot in words"
    answer = await browser.opens(FILE)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"].startswith("text/csv")
    heads, *lines = csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    (line,) = [dict(zip(heads, each, strict=True)) for each in lines if each[0] == "2026-11"]
    assert line["Slags"] == "rigtige alarmer"
    assert line["Andel, der accepterede"] == "0,333"
    assert line["Melding til første fremme, median (sekunder)"] == "265"
    exercises = text_of(await browser.opens(f"{FIGURES}?slags=oevelse"))
    assert "Viser kun: øvelser" in exercises
    assert "nov 2026 0 ingen" in exercises
    assert "1 i gang" in exercises


async def test_a_figure_whose_inputs_are_missing_is_no_number(
    silence: IncidentId, office: Office, browser: Browser
) -> None:
    """Somebody accepted and never said whether they came: nobody knows when the first was there."""
    await sits(office, browser)
    page = await browser.opens(FIGURES)
    assert text_of(page).count("ukendt (1 af 2)") >= 3, "both percentiles, and whether nobody came"
    assert '<rect class="no-bar"' in page.text
    assert "unknown (1 of 2)" in text_of(await browser.opens(f"{FIGURES}?lang=en"))
    assert b"unknown (1 of 2)" in (await browser.opens(FILE)).content


async def test_figures_wait_for_an_alarm_and_come_by_themselves(
    past: IncidentId, town: Town, office: Office, browser: Browser
) -> None:
    """What is read for a figure is never in an alarm's way: the page says so, and asks again without a script."""
    await sits(office, browser)
    await town.arrest()
    page = await browser.opens(FIGURES)
    for _ in range(20):  # until the application has heard of it
        if page.status_code == 503:
            break
        await asyncio.sleep(0.05)
        page = await browser.opens(FIGURES)
    assert page.status_code == 503
    assert "Alarmer kommer først" in text_of(page)
    assert f'<meta http-equiv="refresh" content="3; url={FIGURES}' in page.text


@pytest.mark.parametrize(
    "query",
    ["fra=2026", "til=2026-13", "fra=2020-01", "fra=2026-12&til=2026-01", "slags=alle", "efter=kommune", "fra=0001-01"],
)
async def test_a_period_or_kind_there_is_not_is_refused(office: Office, browser: Browser, query: str) -> None:
    await sits(office, browser)
    assert (await browser.opens(f"{FIGURES}?{query}")).status_code in (400, 422)


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-11-21", "x"])
async def test_a_page_of_incidents_begins_at_a_time_there_is(office: Office, browser: Browser, before: str) -> None:
    await sits(office, browser)
    assert (await browser.opens(f"{AFTER}?foer={before}")).status_code == 422


async def test_the_pages_of_afterwards_are_in_both_languages_and_themes(
    past: IncidentId, town: Town, office: Office, browser: Browser
) -> None:
    await sits(office, browser)
    for address in (AFTER, FIGURES, f"{AFTER}/{past}", f"{FIGURES}?efter=region"):
        for how in ("lang=en&tema=lys", "lang=da&tema=moerk"):
            page = await browser.opens(f"{address}{'&' if '?' in address else '?'}{how}")
            assert page.status_code == 200
            assert " style=" not in page.text
            assert 'aria-current="page"' in page.text


@pytest.mark.parametrize("words", [AFTER_DA, AFTER_EN])
def test_every_step_reason_and_end_has_words(words: AfterWords) -> None:
    of_incidents = {each.value for each in Event if each not in NOT_OF_AN_INCIDENT}
    assert set(words.events) == of_incidents
    assert {each.value for each in GiveUpReason} <= set(words.reasons)
    for table in (
        words.taps,
        words.needs,
        words.states,
        words.measures,
        words.meanings,
        words.end_reasons,
        words.left_out_because,
        words.kinds,
    ):
        assert set(table) == set(type(next(iter(table))))


def a_row(name: str, value: Known | Unknown) -> Row:
    return Row(Group("1", name), date(2026, 1, 1), figures_of([]) | {Measure.REDUNDANT: value}, {})


def test_a_name_in_a_file_is_no_formula_and_no_second_column() -> None:
    made = csv_of([a_row('=HYPERLINK("x");A', Known(2, 2))], "Vagtcentral", Kind.LIVE, AFTER_DA).decode("utf-8-sig")
    (_, line) = csv.reader(StringIO(made), delimiter=";")
    assert line[1] == '\'=HYPERLINK("x");A'
    assert made.count("\r\n") == 2


def test_a_plot_marks_what_is_unknown_and_does_not_draw_it_as_nothing() -> None:
    plot = plot_of(
        [a_row("A", Known(0, 3)), a_row("A", Unknown(1, 3)), a_row("A", Known(4, 4))], Measure.REDUNDANT, AFTER_DA
    )
    assert [(bar.known, bar.says) for bar in plot.bars] == [(True, "0"), (False, "?"), (True, "4")]
    assert "ukendt (1 af 3)" in plot.text
    assert plot.bars[2].height > plot.bars[0].height
