"""What a dispatch centre's system sends, and what it gets."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.regions.shipped import centre_id
from tests.edge.cast import Edge

SQUARE = {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}


class Centre:
    """One centre's system, always as the same client."""

    def __init__(self, edge: Edge, code: str = "amk-hovedstaden", kind: str = "live") -> None:
        self.edge = edge
        self._who = (centre_id(code), kind, uuid4())

    @property
    def headers(self) -> dict[str, str]:
        """Always a fresh token of the same client."""
        centre, kind, client = self._who
        return self.edge.as_centre(centre, kind=kind, client=client)

    async def reports(self, *, key: str | None = None, **more: Any) -> Any:
        body = {"case_number": "4711", "position": SQUARE} | more
        headers = self.headers | {"Idempotency-Key": key or str(uuid4())}
        return await self.edge.http.post("/dispatch/v1/incidents", json=body, headers=headers)

    async def posts(self, path: str, body: Any = None) -> Any:
        return await self.edge.http.post(f"/dispatch/v1{path}", json=body, headers=self.headers)

    async def reads(self, path: str) -> Any:
        return await self.edge.http.get(f"/dispatch/v1{path}", headers=self.headers)


@pytest.fixture
def centre(edge: Edge) -> Centre:
    return Centre(edge)


async def test_a_report_opens_an_incident_for_its_centre(centre: Centre) -> None:
    answer = await centre.reports(accuracy_m=15, age_group="adult", call_taker_group="A")

    assert answer.status_code == 201
    incident = answer.json()
    assert (incident["state"], incident["region"], incident["coarse"]) == ("open", "1084", False)
    assert incident["policy"] == {"name": "dk-2026", "version": 1}
    assert incident == (await centre.reads(f"/incidents/{incident['id']}")).json()
    assert [incident["id"]] == [i["id"] for i in (await centre.reads("/incidents?state=open")).json()["incidents"]]


async def test_the_same_key_gets_the_first_answer_however_late(centre: Centre) -> None:
    first = await centre.reports(key="report-0001")
    await centre.posts(f"/incidents/{first.json()['id']}/stand-down", {"reason": "sent_in_error"})
    centre.edge.clock.advance(timedelta(hours=20))

    again = await centre.reports(key="report-0001")

    assert (201, first.json()) == (again.status_code, again.json())


async def test_a_retry_a_minute_later_is_answered_as_the_first_time(centre: Centre) -> None:
    first = await centre.reports(key="report-0001")
    centre.edge.clock.advance(timedelta(seconds=61))

    again = await centre.reports(key="report-0001")

    assert (201, first.json()) == (again.status_code, again.json())


async def test_a_key_used_for_another_body_is_refused(centre: Centre) -> None:
    await centre.reports(key="report-0001")

    answer = await centre.reports(key="report-0001", case_number="4712")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["header:Idempotency-Key"]
    assert answer.json()["type"].endswith("/idempotency-key-reused")
    assert len((await centre.reads("/incidents")).json()["incidents"]) == 1


async def test_the_same_case_again_revises_while_it_is_open(centre: Centre) -> None:
    first = (await centre.reports(address={"text": "Torvet 3", "door_code": "12"})).json()

    second = (await centre.reports(position=SQUARE | {"lat": 55.6765}, accuracy_m=5)).json()

    assert (first["id"], 2, 5.0) == (second["id"], second["revision"], second["accuracy_m"])


async def test_an_arrest_of_the_old_year_counts_for_the_region_of_the_old_year(centre: Centre) -> None:
    """Hovedstaden and Sjælland become one at midnight; the better position comes two minutes later."""
    centre.edge.clock.advance(datetime(2026, 12, 31, 22, 59, tzinfo=UTC) - centre.edge.clock.now())
    first = (await centre.reports()).json()
    centre.edge.clock.advance(timedelta(minutes=2))

    again = (await centre.reports(position=SQUARE | {"lat": 55.6765})).json()
    revised = await centre.posts(f"/incidents/{first['id']}/revise", {"position": SQUARE | {"lat": 55.6766}})

    assert [first["region"], again["region"], revised.json()["region"]] == ["1084"] * 3
    assert revised.json()["revision"] == 3


async def test_a_case_that_has_just_ended_is_not_opened_again_by_mistake(centre: Centre) -> None:
    first = (await centre.reports()).json()
    await centre.posts(f"/incidents/{first['id']}/close")

    refused = await centre.reports()
    again = await centre.reports(again=True)

    assert (409, f"/dispatch/v1/incidents/{first['id']}") == (refused.status_code, refused.json()["link"])
    assert (201, first["id"]) == (again.status_code, again.json()["linked_to"])


async def test_a_case_number_used_again_later_opens_a_new_linked_incident(centre: Centre) -> None:
    first = (await centre.reports()).json()
    await centre.posts(f"/incidents/{first['id']}/close")
    centre.edge.clock.advance(timedelta(minutes=11))

    second = await centre.reports()

    assert (201, first["id"]) == (second.status_code, second.json()["linked_to"])


async def test_two_centres_reporting_one_street_are_both_marked(edge: Edge, centre: Centre) -> None:
    neighbour = Centre(edge, "amk-sjaelland")
    mine = (await centre.reports()).json()

    theirs = (await neighbour.reports(position=SQUARE | {"lat": 55.6775})).json()

    assert [mine["id"]] == theirs["possible_duplicates"]
    assert [theirs["id"]] == (await centre.reads(f"/incidents/{mine['id']}")).json()["possible_duplicates"]


async def test_a_second_report_of_one_arrest_is_joined_to_the_first_also_of_another_centre(
    edge: Edge, centre: Centre
) -> None:
    neighbour = Centre(edge, "amk-sjaelland")
    first = (await centre.reports()).json()
    second = (await neighbour.reports(position=SQUARE | {"lat": 55.6775})).json()

    joined = await neighbour.posts(f"/incidents/{second['id']}/join", {"into": first["id"]})
    again = await neighbour.posts(f"/incidents/{second['id']}/join", {"into": first["id"]})

    assert (200, "joined", first["id"]) == (joined.status_code, joined.json()["end_reason"], joined.json()["linked_to"])
    assert joined.json() == again.json()
    assert (await centre.reads(f"/incidents/{first['id']}")).json()["state"] == "open"


async def test_only_possible_duplicates_are_joined(centre: Centre) -> None:
    one = (await centre.reports()).json()
    far = (await centre.reports(case_number="4712", position=SQUARE | {"lat": 55.75})).json()

    refused = await centre.posts(f"/incidents/{far['id']}/join", {"into": one["id"]})

    assert (refused.status_code, refused.json()["type"].endswith("/not-a-duplicate")) == (409, True)
    assert (await centre.reads(f"/incidents/{far['id']}")).json()["state"] == "open"


async def test_another_centre_s_incident_is_not_there(edge: Edge, centre: Centre) -> None:
    mine = (await centre.reports()).json()
    neighbour = Centre(edge, "amk-sjaelland")

    assert (await neighbour.reads(f"/incidents/{mine['id']}")).status_code == 404
    stop = await neighbour.posts(f"/incidents/{mine['id']}/stand-down", {"reason": "sent_in_error"})
    assert stop.status_code == 404
    assert (await centre.reads(f"/incidents/{mine['id']}")).json()["state"] == "open"


@pytest.mark.parametrize(
    ("position", "region"),
    [
        pytest.param({"system": "EPSG:25832", "easting": 724_500, "northing": 6_175_700}, "1084", id="national grid"),
        pytest.param({"system": "WGS84", "lat": 56.3, "lon": 17.5}, "unknown", id="in the Baltic"),
    ],
)
async def test_an_incident_is_never_refused_for_its_place(centre: Centre, position: Any, region: str) -> None:
    answer = await centre.reports(position=position, accuracy_m=3_000)

    assert (201, region, True) == (answer.status_code, answer.json()["region"], answer.json()["coarse"])


@pytest.mark.parametrize(
    ("position", "likely"),
    [
        pytest.param({"system": "WGS84", "lat": 12.5683, "lon": 55.6761}, "look swapped", id="swapped"),
        pytest.param({"system": "WGS84", "lat": 2.0, "lon": 45.3}, "in or near Denmark", id="Somalia"),
        pytest.param({"system": "WGS84", "lat": 6_175_700, "lon": 724_500}, "EPSG:25832", id="grid as degrees"),
        pytest.param({"system": "EPSG:25832", "easting": 12.57, "northing": 55.68}, "WGS84", id="degrees as grid"),
    ],
)
async def test_an_impossible_place_is_told_what_was_probably_meant(centre: Centre, position: Any, likely: str) -> None:
    answer = await centre.reports(position=position)

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "/position"
    assert likely in error["problem"]
    assert not (await centre.reads("/incidents")).json()["incidents"]


async def test_circumstances_that_exclude_are_told_and_can_be_overridden(centre: Centre) -> None:
    incident = (await centre.reports(circumstances=["trauma"])).json()
    assert (incident["asking"], incident["asking_reason"]) == ("excluded", "trauma")

    after = await centre.posts(f"/incidents/{incident['id']}/override", {"reason": "clinical_decision"})
    twice = await centre.posts(f"/incidents/{incident['id']}/override", {"reason": "clinical_decision"})

    assert (after.status_code, after.json()["asking"]) == (200, "nobody_in_reach")
    assert (twice.status_code, twice.json()) == (200, after.json())


async def test_what_nothing_excludes_is_not_overridden(centre: Centre) -> None:
    incident = (await centre.reports()).json()

    refused = await centre.posts(f"/incidents/{incident['id']}/override", {"reason": "clinical_decision"})

    assert (refused.status_code, refused.json()["type"].endswith("/not-excluded")) == (409, True)


async def test_an_unknown_policy_names_those_there_are(centre: Centre) -> None:
    answer = await centre.reports(policy="dk-1999")

    assert answer.status_code == 422
    assert "dk-2026" in answer.json()["errors"][0]["problem"]
    assert not (await centre.reads("/incidents")).json()["incidents"]


async def test_a_policy_that_cannot_be_honoured_says_so(centre: Centre) -> None:
    answer = await centre.reports(policy="de-lebensretter")

    assert (answer.status_code, "needs the ambulance's ETA" in answer.json()["detail"]) == (422, True)
    assert [error["field"] for error in answer.json()["errors"]] == ["/policy"]


async def test_a_stand_down_answers_what_became_of_the_rings_and_again_the_same(centre: Centre) -> None:
    incident = (await centre.reports()).json()

    first = await centre.posts(f"/incidents/{incident['id']}/stand-down", {"reason": "not_cardiac_arrest"})
    second = await centre.posts(f"/incidents/{incident['id']}/stand-down", {"reason": "sent_in_error"})

    expected = {"sent": 0, "stopped": 0, "late": 0, "reason": "not_cardiac_arrest"}
    assert expected == first.json() == second.json(), "the first reason stands"
    assert (await centre.reads(f"/incidents/{incident['id']}")).json()["end_reason"] == "not_cardiac_arrest"


async def test_a_revision_of_nothing_is_told_what_to_send(centre: Centre) -> None:
    incident = (await centre.reports()).json()

    answer = await centre.posts(f"/incidents/{incident['id']}/revise", {})

    detail = answer.json()["detail"]
    assert (answer.status_code, detail) == (422, "Send at least one of position, accuracy_m and address.")


async def test_an_ended_incident_is_not_revised(centre: Centre) -> None:
    incident = (await centre.reports()).json()
    await centre.posts(f"/incidents/{incident['id']}/close")

    answer = await centre.posts(f"/incidents/{incident['id']}/revise", {"accuracy_m": 5})

    assert (answer.status_code, answer.json()["reason"]) == (409, "closed")


async def test_a_misspelt_field_is_refused_rather_than_lost(centre: Centre) -> None:
    answer = await centre.reports(door_code="4711")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/door_code")


async def test_a_trial_of_a_dispatch_system_is_of_its_own_kind(edge: Edge) -> None:
    trial = Centre(edge, kind="test")

    assert (await trial.reports()).json()["kind"] == "test"


async def test_a_trial_neither_sees_nor_touches_the_live_incident_of_the_same_case(edge: Edge, centre: Centre) -> None:
    """The vendor tries the new version at the same centre, with the number that is on the dispatcher's screen."""
    live = (await centre.reports()).json()
    trial = Centre(edge, kind="test")

    tried = (await trial.reports(accuracy_m=900)).json()

    assert tried["id"] != live["id"]
    assert (await trial.reads(f"/incidents/{live['id']}")).status_code == 404
    assert (await trial.reads(f"/incidents/{live['id']}/events")).status_code == 404
    assert (await trial.posts(f"/incidents/{live['id']}/stand-down", {"reason": "sent_in_error"})).status_code == 404
    assert [i["id"] for i in (await trial.reads("/incidents")).json()["incidents"]] == [tried["id"]]
    assert (await centre.reads(f"/incidents/{live['id']}")).json() == live
