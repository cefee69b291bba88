"""Over HTTP: words both ways, one stood down, more asked, what needs a person, and what a neighbour may do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from typer.testing import CliRunner

from backend.app.access import AccessInUse
from backend.attention.look import Lookout
from backend.cli.commands import app
from backend.foundation.database import Database, Lane, open_database
from backend.foundation.ids import CentreId, VolunteerId
from backend.identity.tokens import LIFETIMES, Audience
from backend.regions import shipped
from tests.alarm.cast import Town
from tests.edge.cast import NOW, Edge, load_shipped, make_settings, running_edge
from tests.harness.above import ABOVE
from tests.harness.keys import RING

OWNER, NEIGHBOUR = (CentreId(shipped.centre_id(code)) for code in ("amk-hovedstaden", "amk-sjaelland"))
SQUARE = {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    await load_shipped(database_dsn)
    database = await open_database(database_dsn, {Lane.REST: 3, Lane.ALERTS: 3}, carries=RING)
    yield database
    await database.close()


@pytest.fixture
async def edge(database: Database, tmp_path: Path) -> AsyncIterator[Edge]:
    async with running_edge(make_settings(database.dsn, tmp_path), NOW) as edge:
        yield edge


class System:
    """A centre's dispatch system."""

    def __init__(self, edge: Edge, centre_id: UUID) -> None:
        self._edge, self._centre_id, self._client = edge, centre_id, uuid4()

    async def calls(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = self._edge.as_centre(self._centre_id, client=self._client) | {"Idempotency-Key": str(uuid4())}
        return await self._edge.http.request(method, f"/dispatch/v1{path}", json=body, headers=headers)

    async def reports(self) -> str:
        answer = await self.calls("POST", "/incidents", {"case_number": "1", "position": SQUARE, "accuracy_m": 10})
        assert answer.status_code == 201, answer.text
        incident: str = answer.json()["id"]
        return incident

    async def attention(self) -> Any:
        return (await self.calls("GET", "/attention")).json()


@pytest.fixture
def owns(edge: Edge) -> System:
    return System(edge, OWNER)


@pytest.fixture
def helps(edge: Edge) -> System:
    return System(edge, NEIGHBOUR)


async def people(edge: Edge, database: Database, *metres: float) -> list[VolunteerId]:
    town = Town(database)
    town.clock = edge.clock
    return await town.volunteers(*metres, at=(SQUARE["lat"], SQUARE["lon"]))  # type: ignore[arg-type]


async def phone(edge: Edge, who: UUID, method: str, path: str, body: Any = None) -> httpx.Response:
    return await edge.http.request(method, f"/mobile/v1{path}", json=body, headers=edge.as_volunteer(who))


async def accepts(edge: Edge, who: UUID) -> str:
    alert: str = (await phone(edge, who, "GET", "/alerts")).json()["alerts"][0]["id"]
    now = edge.clock.now().isoformat()
    accepted = await phone(edge, who, "POST", f"/alerts/{alert}/accept", {"sent_at": now})
    assert accepted.status_code == 200, accepted.text
    return alert


async def looks(edge: Edge, database: Database, **later: float) -> None:
    """A worker does, after a while; and every process reads again who acts for whom."""
    edge.clock.advance(timedelta(**later))
    lookout = Lookout(database, edge.clock)
    await lookout.round()
    await lookout.round()
    in_use: AccessInUse = edge.app.state.access
    await in_use.load()


async def test_a_locked_door_is_told_seen_taken_up_and_answered(edge: Edge, database: Database, owns: System) -> None:
    """The whole way of a word: phone, journal, attention, the centre's answer, and the receipt of that."""
    (anna,) = await people(edge, database, 100)
    incident = await owns.reports()
    alert = await accepts(edge, anna)
    word = {"id": str(uuid4()), "word": "door_locked"}

    told = await phone(edge, anna, "POST", f"/alerts/{alert}/words", word)
    assert (told.status_code, len(told.json()["mission"]["words"])) == (200, 1)
    await looks(edge, database)
    (item,) = (await owns.attention())["items"]
    assert (item["needs"], item["sounds"], item["detail"]["word"]) == ("word", True, "door_locked")
    for _ in range(2):
        taken = await owns.calls("POST", f"/attention/{item['id']}/acknowledge")
        assert (taken.json()["sounds"], taken.json()["acknowledged_by"]) == (False, "system")

    edge.clock.advance(timedelta(seconds=2))
    answer = {"id": str(uuid4()), "word": "door_open"}
    answered = await owns.calls("POST", f"/incidents/{incident}/words", answer)
    (volunteer,) = answered.json()["volunteers"]
    assert [(w["word"], w["from_centre"], w["shown"]) for w in volunteer["words"]] == [
        ("door_locked", False, None),
        ("door_open", True, False),
    ]
    seen = (await phone(edge, anna, "GET", f"/alerts/{alert}")).json()["mission"]["words"][-1]
    now = edge.clock.now().isoformat()
    receipt = {"shown_at": now, "sent_at": now, "channel": "in_app", "word_id": seen["id"]}
    await phone(edge, anna, "POST", f"/alerts/{alert}/receipt", receipt)
    (volunteer,) = (await owns.calls("GET", f"/incidents/{incident}")).json()["volunteers"]
    assert volunteer["words"][-1]["shown"] is True


async def test_words_are_chosen_never_written(edge: Edge, database: Database, owns: System) -> None:
    (anna,) = await people(edge, database, 100)
    incident = await owns.reports()
    alert = await accepts(edge, anna)
    body = {"id": str(uuid4()), "word": "Anna Jensen bor på 3. sal"}
    for refused in (
        await phone(edge, anna, "POST", f"/alerts/{alert}/words", body),
        await owns.calls("POST", f"/incidents/{incident}/words", body),
    ):
        assert refused.status_code in (400, 422)
        assert "Jensen" not in refused.text


async def test_one_is_stood_down_by_name_and_more_are_asked_by_wish(
    edge: Edge, database: Database, owns: System
) -> None:
    anna, *_ = await people(edge, database, *range(50, 1550, 50))
    incident = await owns.reports()
    alert = await accepts(edge, anna)
    seen = (await owns.calls("GET", f"/incidents/{incident}")).json()
    name = next(each["pseudonym"] for each in seen["volunteers"] if each["state"] == "accepted")

    body = {"pseudonym": name, "reason": "enough_helpers"}
    stopped = await owns.calls("POST", f"/incidents/{incident}/stand-down-one", body)
    assert (stopped.status_code, stopped.json()["reason"]) == (200, "enough_helpers")
    own = (await phone(edge, anna, "GET", f"/alerts/{alert}")).json()
    assert (own["state"], own["reason"]) == ("stood_down", "enough_helpers")
    again = await owns.calls("POST", f"/incidents/{incident}/stand-down-one", body | {"reason": "unsafe_place"})
    assert again.json()["reason"] == "enough_helpers"
    nobody = await owns.calls("POST", f"/incidents/{incident}/stand-down-one", body | {"pseudonym": "nobody"})
    assert nobody.status_code == 404

    wish = {"id": str(uuid4()), "count": 3}
    for _ in range(2):
        more = (await owns.calls("POST", f"/incidents/{incident}/ask-more", wish)).json()
        assert len(more["volunteers"]) == len(seen["volunteers"]) + 3


async def test_the_number_an_operator_sets_is_shown_to_who_goes(edge: Edge, database: Database, owns: System) -> None:
    (anna,) = await people(edge, database, 100)
    at = ["--database-url", database.dsn]
    command = ["centre", "number", "amk-hovedstaden", "+45 70 12 34 56", *at]
    done = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert done.exit_code == 0, done.output
    wrong = await asyncio.to_thread(CliRunner().invoke, app, ["centre", "number", "amk-hovedstaden", "ring!", *at])
    assert (wrong.exit_code, "Traceback" in wrong.output) == (1, False)
    async with database.acting_as(ABOVE) as c:  # the command goes by the machine's clock
        await c.execute("UPDATE regions.centre_number SET valid = tstzrange($1, NULL)", edge.clock.now())
    await owns.reports()
    alert = await accepts(edge, anna)
    assert (await phone(edge, anna, "GET", f"/alerts/{alert}")).json()["mission"]["centre_number"] == "+4570123456"


async def agreed(database: Database, edge: Edge) -> None:
    """As `hjerteloeber centre overflow` writes it, at the edge's time."""
    async with database.acting_as(ABOVE) as c:
        await c.execute(
            """
            INSERT INTO attention.agreement (id, centre_id, to_id, after_s, from_hour, to_hour, lends_for_s, valid,
                                             author, made_at)
            VALUES (gen_random_uuid(), $1, $2, 60, 0, 0, 1800, tstzrange($3, NULL), 'vagthavende', $3)
            """,
            OWNER,
            NEIGHBOUR,
            edge.clock.now(),
        )


async def test_a_neighbour_sees_follows_and_stands_down_and_the_owner_keeps_the_rest(
    edge: Edge, database: Database, owns: System, helps: System
) -> None:
    await agreed(database, edge)
    incident = await owns.reports()
    await looks(edge, database, minutes=2)
    assert (await helps.calls("GET", f"/incidents/{incident}")).status_code == 404
    await looks(edge, database, minutes=1)

    assert (await helps.calls("GET", f"/incidents/{incident}")).status_code == 200
    seen = {item["needs"]: item["sounds"] for item in (await helps.attention())["items"]}
    assert seen == {"nobody_accepted": False, "handover_received": True}, "the owner's own sounds there"
    refused = [
        await helps.calls("POST", f"/incidents/{incident}/revise", {"position": SQUARE}),
        await helps.calls("POST", f"/incidents/{incident}/override", {"reason": "other"}),
        await helps.calls("POST", f"/incidents/{incident}/join", {"into": incident}),
        await helps.calls("POST", f"/incidents/{incident}/close"),
        await helps.calls("POST", f"/incidents/{incident}/ask-more", {"id": str(uuid4())}),
        await helps.calls("POST", f"/incidents/{incident}/words", {"id": str(uuid4()), "word": "call_us"}),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert {answer.json()["type"].rsplit("/", 1)[-1] for answer in refused} == {"lent-to-stand-down"}
    (item,) = (await owns.attention())["items"]
    assert (await helps.calls("POST", f"/attention/{item['id']}/acknowledge")).status_code == 404

    ended = await helps.calls("POST", f"/incidents/{incident}/stand-down", {"reason": "sent_in_error"})
    assert ended.status_code == 200
    assert (await owns.calls("GET", f"/incidents/{incident}")).json()["end_reason"] == "sent_in_error"


async def test_a_stream_of_what_was_lent_by_agreement_ends_with_it(
    edge: Edge, database: Database, owns: System, helps: System
) -> None:
    await agreed(database, edge)
    incident = await owns.reports()
    await looks(edge, database, minutes=2)
    await looks(edge, database, minutes=1)
    following = asyncio.create_task(helps.calls("GET", f"/incidents/{incident}/events"))
    await edge.is_followed()
    assert not following.done()

    edge.clock.advance(timedelta(minutes=30))
    await owns.calls("POST", f"/incidents/{incident}/stand-down", {"reason": "sent_in_error"})
    async with asyncio.timeout(10):
        told = (await following).text
    assert "event: lent" in told
    assert "event: incident_ended" not in told
    assert (await helps.calls("GET", f"/incidents/{incident}")).status_code == 404


async def test_what_was_before_it_was_lent_by_agreement_is_in_no_list_and_no_stream_of_the_neighbour_s(
    edge: Edge, database: Database, owns: System, helps: System
) -> None:
    """Whoever asks for everything since the first entry there ever was."""
    before = await owns.reports()
    await owns.calls("POST", f"/incidents/{before}/close")
    edge.clock.advance(timedelta(days=1))
    await agreed(database, edge)
    running = await owns.reports()
    await looks(edge, database, minutes=2)
    await looks(edge, database, minutes=1)

    listed = [(await helps.calls("GET", f"/incidents{which}")).json()["incidents"] for which in ("", "?state=ended")]
    assert [[each["id"] for each in some] for some in listed] == [[running], []]
    headers = edge.as_centre(NEIGHBOUR) | {"Last-Event-ID": "1"}
    edge.clock.advance(LIFETIMES[Audience.DISPATCH] - timedelta(seconds=0.1))
    following = asyncio.create_task(edge.http.get("/dispatch/v1/events", headers=headers))
    await edge.is_followed()
    await owns.calls("POST", f"/incidents/{running}/close")
    await edge.streams_told()
    edge.clock.advance(timedelta(seconds=1))
    told = (await following).text
    assert ("event: incident_ended" in told, running in told, before in told) == (True, True, False)


async def test_where_no_worker_looks_the_answer_says_so(edge: Edge, database: Database, owns: System) -> None:
    assert (await owns.attention())["watched"] is False
    await looks(edge, database)
    assert (await owns.attention())["watched"] is True
    edge.clock.advance(timedelta(seconds=21))
    assert (await owns.attention())["watched"] is False


def test_an_operator_says_how_a_centre_wants_it_and_is_told_of_mistakes(database_dsn: str) -> None:
    asyncio.run(load_shipped(database_dsn))
    at = ["--database-url", database_dsn]

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["centre", *words, *at])
        return done.exit_code, done.output

    assert run("attention", "amk-hovedstaden") == (
        0,
        "amk-hovedstaden: system acknowledges; nobody on the way sounds after 120 s\n",
    )
    assert run("attention", "amk-hovedstaden", "--acknowledges", "console", "--nobody-after", "45")[0] == 0
    assert "console acknowledges; nobody on the way sounds after 45 s" in run("attention", "amk-hovedstaden")[1]
    pair = ("amk-hovedstaden", "--to", "amk-sjaelland")
    assert run("overflow", *pair, "--after", "90", "--hours", "22-6")[0] == 0
    assert run("overflow", *pair, "--after", "60")[0] == 0, "the newer one holds"
    assert run("overflow-end", *pair)[0] == 0
    assert run("overflow-end", *pair)[0] == 1
    assert run("overflow", "amk-hovedstaden", "--to", "amk-hovedstaden")[0] == 1
    assert run("overflow", *pair, "--hours", "night")[0] == 1
    assert run("attention", "amk-nowhere")[0] == 1
