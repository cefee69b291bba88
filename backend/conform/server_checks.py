"""What a dispatch server has to do, one check each; its first docstring line is the sentence that is printed.

A check raises Failed with what it saw instead.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from backend.conform import caller_checks
from backend.conform.server import INCIDENTS, RETRY_AFTER_S, Failed, Server, expect, new_key, stamp

Check = Callable[[Server], Awaitable[None]]

CLOCKS_OFF = (timedelta(seconds=90), timedelta(seconds=-90))


async def open_an_incident(server: Server) -> None:
    """A report with case number and position opens an incident: 201, its address in Location"""
    answer = await server.report(server.new_report())
    expect(answer.status, 201, "the status")
    incident = answer.json()
    expect(answer.headers.get("location"), f"{INCIDENTS}/{incident['id']}", "Location")
    expect((incident["state"], incident["revision"]), ("open", 1), "state and revision")
    expect((await server.call("GET", answer.headers["location"])).status, 200, "reading it")


async def repeat_the_first_answer(server: Server) -> None:
    """The same body with the same key gets the first answer, byte for byte, although the incident has moved on"""
    key, report = new_key(), server.new_report()
    first = await server.report(report, key)
    await server.about(first.json(), "revise", {"accuracy_m": 5})
    again = await server.report(report, key)
    expect(again.status, first.status, "the second status")
    expect(again.headers.get("location"), first.headers.get("location"), "the second Location")
    expect(again.body == first.body, True, "the second body being the first")


async def ten_at_once_are_one(server: Server) -> None:
    """Ten times the same report at once, with one key, are one incident and one answer"""
    key, report = new_key(), server.new_report()
    answers = await asyncio.gather(*(server.report(report, key) for _ in range(10)))
    expect({answer.status for answer in answers}, {201}, "the statuses")
    expect(len({answer.body for answer in answers}), 1, "the number of different answers")
    expect(len(await server.incidents_of(report["case_number"])), 1, "the number of incidents listed")


async def survive_a_lost_answer(server: Server) -> None:
    """A report whose sender hangs up before the answer is carried out, and the retry finds it"""
    key, report = new_key(), server.new_report()
    await server.send_and_hang_up(report, key)
    listed = await server.incidents_of(report["case_number"])
    expect(len(listed), 1, "the number of incidents before the retry")
    again = await server.report(report, key)
    expect((again.status, again.json()["id"]), (201, listed[0]["id"]), "the retry's status and incident")
    expect(len(await server.incidents_of(report["case_number"])), 1, "the number of incidents after the retry")


async def refuse_a_key_with_another_body(server: Server) -> None:
    """The same key with another body is a 422 and opens nothing"""
    key, other = new_key(), server.new_report()
    await server.report(server.new_report(), key)
    answer = await server.report(other, key)
    expect((answer.status, answer.slug), (422, "idempotency-key-reused"), "status and type")
    expect(await server.incidents_of(other["case_number"]), [], "the incidents of the second body")


async def refuse_a_report_without_a_key(server: Server) -> None:
    """A report without a key is a 422 that names the header"""
    answer = await server.call("POST", INCIDENTS, server.new_report())
    expect(answer.status, 422, "the status")
    fields = [str(each.get("field")) for each in answer.json().get("errors", [])]
    expect(fields, ["header:Idempotency-Key"], "the fields of errors")


async def revise_by_case_number(server: Server) -> None:
    """The same case number with a new key, while its incident is open, revises that incident"""
    report = server.new_report()
    first = (await server.report(report)).json()
    moved = report["position"] | {"lat": report["position"]["lat"] + 0.0005}
    second = (await server.report(report | {"position": moved})).json()
    expect((second["id"], second["revision"]), (first["id"], 2), "incident and revision")


async def refuse_a_misspelt_field(server: Server) -> None:
    """A field it does not know is a 422 that names it, rather than lost in silence"""
    answer = await server.report(server.new_report(door_kode="1234"))
    expect(answer.status, 422, "the status")
    expect([each["field"] for each in answer.json()["errors"]], ["/door_kode"], "the fields of errors")


async def refuse_an_impossible_place(server: Server) -> None:
    """Swapped coordinates are a 422 that says what was probably meant"""
    answer = await server.report(server.new_report(position={"system": "WGS84", "lat": 12.57, "lon": 55.68}))
    expect((answer.status, answer.slug), (422, "impossible-place"), "status and type")
    expect("swapped" in answer.json()["errors"][0]["problem"], True, "saying that they look swapped")


async def take_any_possible_place(server: Server) -> None:
    """A place outside every region is taken as `unknown`, a grid position as well"""
    at_sea = await server.opened(position={"system": "WGS84", "lat": 56.3, "lon": 17.5})
    expect(at_sea["region"], "unknown", "the region at sea")
    await server.opened(position={"system": "EPSG:25832", "easting": 588_000, "northing": 6_140_000})


async def take_a_coarse_position_and_a_better_one(server: Server) -> None:
    """A position of 2 km accuracy opens a coarse incident; the better one that follows makes it exact"""
    coarse = await server.opened(accuracy_m=2_000)
    expect(coarse["coarse"], True, "coarse")
    lat, lon = server.at
    better = {"position": {"system": "WGS84", "lat": lat + 0.3, "lon": lon}, "accuracy_m": 12}
    revised = await server.about(coarse, "revise", better)
    expect(revised.status, 200, "the revision's status")
    expect((revised.json()["coarse"], revised.json()["revision"]), (False, 2), "coarse and revision")


async def take_a_clock_that_is_off(server: Server) -> None:
    """A clock 90 s ahead or behind refuses no report"""
    for off in CLOCKS_OFF:
        theirs = stamp(datetime.now(UTC) + off)
        await server.opened(call_received_at=theirs, recognised_at=theirs, patient_sex="female", patient_sex_at=theirs)


async def answer_heartbeats(server: Server) -> None:
    """A heartbeat is told how far its clock is off, and that the next one is due within 90 s"""
    for off in CLOCKS_OFF:
        answer = await server.call("POST", "/dispatch/v1/heartbeat", {"sent_at": stamp(datetime.now(UTC) + off)})
        expect(answer.status, 200, "the status")
        beat = answer.json()
        if abs(float(beat["clock_ahead_s"]) - off.total_seconds()) > 5:
            raise Failed(f"clock_ahead_s is {beat['clock_ahead_s']}, the clock was {off.total_seconds():+g} s off")
        due = datetime.fromisoformat(beat["next_by"]) - datetime.fromisoformat(beat["received_at"])
        expect(timedelta(0) < due <= timedelta(seconds=90), True, "the next one being due within 90 s")


async def show_the_feed(server: Server) -> None:
    """The centre sees its kind and that its heartbeats are heard"""
    await server.call("POST", "/dispatch/v1/heartbeat", {"sent_at": stamp(datetime.now(UTC))})
    seen = (await server.call("GET", "/dispatch/v1/centre")).json()
    expect((seen["kind"], seen["feed"]["state"]), (server.centre["kind"], "heard"), "kind and feed")


async def override_an_exclusion(server: Server) -> None:
    """An excluding circumstance asks nobody and says so; the dispatcher can decide otherwise"""
    excluded = await server.opened(circumstances=["unsafe_scene"])
    expect((excluded["asking"], excluded["asking_reason"]), ("excluded", "unsafe_scene"), "asking and why")
    asked = await server.about(excluded, "override", {"reason": "scene_now_safe"})
    expect(asked.status, 200, "the override's status")
    expect(asked.json()["asking"] == "excluded", False, "still being excluded")


async def stream_from_the_first_event(server: Server) -> None:
    """An incident's events are streamed from its opening on, each with an id, new ones as they happen"""
    incident = await server.opened()
    async with server.stream(incident["links"]["events"]) as events:
        expect((await events.next())[1], "incident_opened", "the first event")
        await server.about(incident, "revise", {"accuracy_m": 4})
        seen = [await events.next()]
        while seen[-1][1] != "incident_revised":
            seen.append(await events.next())
        expect(all(event_id > 0 for event_id, _ in seen), True, "every event having an id")


async def go_on_after_last_event_id(server: Server) -> None:
    """Last-Event-ID goes on behind that event: nothing twice, nothing lost"""
    incident = await server.opened()
    async with server.stream(incident["links"]["events"]) as events:
        first, _ = await events.next()
    await server.about(incident, "close")
    async with server.stream(incident["links"]["events"], after=first) as events:
        seen = [await events.next()]
        while seen[-1][1] != "incident_ended":
            seen.append(await events.next())
    expect(min(event_id for event_id, _ in seen) > first, True, "going on behind the event named")


async def stand_down_soon_and_twice(server: Server) -> None:
    """A stand-down is answered within 2.5 s with sent, stopped and late; again with the same"""
    incident = await server.opened()
    first = await server.about(incident, "stand-down", {"reason": "not_cardiac_arrest"})
    again = await server.about(incident, "stand-down", {"reason": "sent_in_error"})
    expect((first.status, again.status), (200, 200), "the statuses")
    expect({"sent", "stopped", "late"} <= first.json().keys(), True, "having sent, stopped and late")
    expect(again.json(), first.json(), "the second answer")
    if first.took_s > 2.5 + 1.0:  # a second for the way there
        raise Failed(f"it took {first.took_s:.1f} s")
    ended = (await server.call("GET", f"{INCIDENTS}/{incident['id']}")).json()
    expect((ended["state"], ended["end_reason"]), ("ended", "not_cardiac_arrest"), "state and reason")


async def not_open_a_case_again_by_mistake(server: Server) -> None:
    """A case that has just ended is a 409 with a link; `again: true` opens a new incident linked to it"""
    report = server.new_report()
    first = (await server.report(report)).json()
    await server.about(first, "close")
    refused = await server.report(report)
    expect((refused.status, refused.slug), (409, "case-ended"), "status and type")
    expect(refused.json().get("link"), f"{INCIDENTS}/{first['id']}", "the link")
    again = await server.report(report | {"again": True})
    expect((again.status, again.json().get("linked_to")), (201, first["id"]), "status and linked_to of the new one")


async def not_revise_what_has_ended(server: Server) -> None:
    """What has ended is not revised: a 409 that says how it ended"""
    incident = await server.opened()
    await server.about(incident, "close")
    answer = await server.about(incident, "revise", {"accuracy_m": 3})
    expect((answer.status, answer.slug), (409, "incident-ended"), "status and type")
    expect(answer.json().get("reason"), "closed", "the reason")


async def hide_what_is_not_there(server: Server) -> None:
    """An incident that is not this centre's is a 404"""
    answer = await server.call("GET", f"{INCIDENTS}/{new_key()}")
    expect((answer.status, answer.slug), (404, "not-found"), "status and type")


async def refuse_what_is_no_json(server: Server) -> None:
    """A body that is not JSON is a 400"""
    answer = await server.report(b'{"case_number": "x", ')
    expect((answer.status, answer.slug), (400, "malformed-json"), "status and type")


async def repeat_it_a_minute_later(server: Server) -> None:
    """A retry 61 s after the first answer gets that answer, byte for byte, although the incident has ended"""
    key, report = new_key(), server.new_report()
    first = await server.report(report, key)
    answered_at = monotonic()
    await server.about(first.json(), "close")
    await asyncio.sleep(max(0.0, RETRY_AFTER_S / server.speed - (monotonic() - answered_at)))
    again = await server.report(report, key)
    expect(again.status, 201, "the second status")
    expect(again.body == first.body, True, "the second body being the first")


async def refuse_in_problem_documents(server: Server) -> None:
    """Every refusal of this run was a problem document with type, title and status"""
    for refusal in server.refusals:
        expect(
            refusal.headers.get("content-type", "").partition(";")[0], "application/problem+json", "a refusal's type"
        )
        document = refusal.json()
        expect({"type", "title", "status"} <= document.keys(), True, "having type, title and status")
        expect(document["status"], refusal.status, "the status in a problem document")


CHECKS: tuple[Check, ...] = (
    *caller_checks.CHECKS,
    open_an_incident,
    repeat_the_first_answer,
    ten_at_once_are_one,
    survive_a_lost_answer,
    refuse_a_key_with_another_body,
    refuse_a_report_without_a_key,
    revise_by_case_number,
    refuse_a_misspelt_field,
    refuse_an_impossible_place,
    take_any_possible_place,
    take_a_coarse_position_and_a_better_one,
    take_a_clock_that_is_off,
    answer_heartbeats,
    show_the_feed,
    override_an_exclusion,
    stream_from_the_first_event,
    go_on_after_last_event_id,
    stand_down_soon_and_twice,
    not_open_a_case_again_by_mistake,
    not_revise_what_has_ended,
    hide_what_is_not_there,
    refuse_what_is_no_json,
    repeat_it_a_minute_later,
    refuse_in_problem_documents,
)
