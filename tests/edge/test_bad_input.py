"""Whatever is wrong with a request, the answer is a problem document that names the field and repeats no value."""

from typing import Any

import httpx
import pytest

from tests.edge.cast import Edge

SIGN_IN = "/mobile/v1/sign-in/codes"
INCIDENTS = "/dispatch/v1/incidents"
JSON = {"Content-Type": "application/json"}


def problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["type"].endswith(f"/{slug}")
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


async def test_an_address_where_nothing_is(edge: Edge) -> None:
    response = await edge.http.get("/mobile/v1/nothing?phone=%2B4520202020")
    assert "20202020" not in response.text
    problem(response, 404, "not-found")


async def test_a_method_that_is_not_taken_names_those_that_are(edge: Edge) -> None:
    response = await edge.http.put(SIGN_IN, json={})
    problem(response, 405, "method-not-allowed")
    assert "POST" in response.headers["allow"]


async def test_nobody_is_sent_back_what_they_sent(edge: Edge) -> None:
    """TRACE would show a page's script what only the browser knows."""
    response = await edge.http.request("TRACE", SIGN_IN, headers={"X-Secret": "canary"})
    problem(response, 405, "method-not-allowed")
    assert "canary" not in f"{response.text} {response.headers}"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"phone": NaN}', b'{"phone": Infinity}', b'{"a":' * 8, b"text"])
async def test_what_is_not_json(edge: Edge, body: bytes) -> None:
    problem(await edge.http.post(SIGN_IN, content=body, headers=JSON), 400, "malformed-json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
async def test_a_number_that_json_does_not_know_is_refused_by_its_field(edge: Edge, number: str) -> None:
    body = f'{{"case_number": "4711", "position": {{"system": "WGS84", "lat": {number}, "lon": 12.5683}}}}'
    headers = {**edge.as_centre(), **JSON, "Idempotency-Key": "a" * 20}

    document = problem(await edge.http.post(INCIDENTS, content=body.encode(), headers=headers), 400, "malformed-json")

    assert [error["field"] for error in document["errors"]] == ["/position/lat"]
    assert (await edge.http.get(INCIDENTS, headers=edge.as_centre())).json()["incidents"] == []


async def test_another_content_type(edge: Edge) -> None:
    response = await edge.http.post(SIGN_IN, content=b"<phone/>", headers={"Content-Type": "application/xml"})
    problem(response, 415, "wrong-media-type")


async def test_no_body(edge: Edge) -> None:
    document = problem(await edge.http.post(SIGN_IN, headers=JSON), 422, "invalid-request")
    assert document["errors"] == [{"field": "", "problem": "is required: send a JSON body"}]


async def test_a_body_too_large_is_not_read_to_its_end(edge: Edge) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        for _ in range(1024):
            sent += 64 * 1024
            yield b" " * 64 * 1024

    problem(await edge.http.post(SIGN_IN, content=b" " * 1_000_000, headers=JSON), 413, "too-large")
    response = await edge.http.post(SIGN_IN, content=endless(), headers=JSON)
    problem(response, 413, "too-large")


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "/phone", "is required"),
        ({"phone": 20202020}, "/phone", "must be text"),
        ({"phone": ""}, "/phone", "must have at least 3 characters"),
        ({"phone": "+4520202020", "language": "+4530303030"}, "/language", "must be one of: da, en"),
        ([], "", "must be an object"),
        ({"phone": "+45\x0020202020"}, "/phone", "must not contain the character U+0000"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(edge: Edge, body: Any, field: str, words: str) -> None:
    response = await edge.http.post(SIGN_IN, json=body)
    document = problem(response, 422, "invalid-request")
    assert document["errors"] == [{"field": field, "problem": words}]
    assert "0303" not in response.text
    assert "202020" not in response.text


async def test_text_of_another_form_is_answered_with_an_example_that_can_be_read(edge: Edge) -> None:
    device = {"platform": "android", "app_version": "1.0.0", "language": "da"}
    wrong = {"phone": "+4520202020", "code": "12 34 56", "device": device}

    document = problem(await edge.http.post("/mobile/v1/sign-in", json=wrong), 422, "invalid-request")

    assert document["errors"] == [{"field": "/code", "problem": "must be text such as 204817"}]


async def test_a_newer_phone_may_send_fields_we_do_not_know(edge: Edge) -> None:
    response = await edge.http.post(SIGN_IN, json={"phone": "not a number", "from_the_future": 1})
    assert [error["field"] for error in response.json()["errors"]] == ["/phone"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic YTpi", "Bearer " + "x" * 5000])
async def test_no_usable_token(edge: Edge, header: str) -> None:
    response = await edge.http.get("/mobile/v1/me", headers={"Authorization": header})
    problem(response, 401, "unauthorised")
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_for_others_opens_nothing(edge: Edge) -> None:
    problem(await edge.http.get("/mobile/v1/me", headers=edge.as_centre()), 401, "unauthorised")
    problem(await edge.http.get("/dispatch/v1/events", headers=edge.as_volunteer()), 401, "unauthorised")


async def test_a_token_without_the_scope(edge: Edge) -> None:
    response = await edge.http.get("/dispatch/v1/events", headers=edge.as_centre(scope="incidents:write"))
    problem(response, 403, "forbidden")


async def test_a_header_that_cannot_be_used_is_named(edge: Edge) -> None:
    response = await edge.http.get("/dispatch/v1/events", headers={**edge.as_centre(), "Last-Event-ID": "seven"})
    document = problem(response, 422, "invalid-request")
    assert document["errors"] == [{"field": "header:Last-Event-ID", "problem": "must be a whole number"}]


async def test_too_many_calls_say_when_to_come_again(edge: Edge) -> None:
    answers = [await edge.http.post(SIGN_IN, json={}) for _ in range(130)]
    last = answers[-1]
    problem(last, 429, "too-many")
    assert int(last.headers["retry-after"]) >= 1
    assert answers[0].status_code == 422


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("state=null", "cannot be null: leave it out"),
        ("state=open&state=ended", "is given once"),
        ("state=+4520202020", "must be one of"),
    ],
)
async def test_a_query_that_cannot_be_used_is_named(edge: Edge, query: str, words: str) -> None:
    response = await edge.http.get(f"{INCIDENTS}?{query}", headers=edge.as_centre())
    document = problem(response, 422, "invalid-request")
    assert document["errors"][0]["field"] == "query:state"
    assert document["errors"][0]["problem"].startswith(words)
    assert "20202020" not in response.text


REPORT = {"case_number": "4711", "position": {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"policy": "no-such-policy"}, "/policy"),
        ({"position": {"system": "WGS84", "lat": "55.7", "lon": 12.6}}, "/position/lat"),
        ({"position": {"system": "WGS84", "lat": 55.7}}, "/position/lon"),
        ({"position": {"system": "ED50", "lat": 55.7, "lon": 12.6}}, "/position/system"),
        ({"position": {"system": "WGS84", "lat": 2.0469, "lon": 45.3182}}, "/position"),  # Mogadishu
        ({"position": {"system": "WGS84", "lat": 12.5683, "lon": 55.6761}}, "/position"),  # swapped
        ({"case_numbr": "4711"}, "/case_numbr"),
        ({"case_number": 4711}, "/case_number"),
        ({"call_received_at": "yesterday"}, "/call_received_at"),
        ({"call_received_at": "0001-01-01T00:00:00Z"}, "/call_received_at"),
        ({"circumstances": ["bad mood"]}, "/circumstances/0"),
    ],
)
async def test_a_report_that_cannot_be_used_names_the_field_and_leaves_nothing(
    edge: Edge, change: Any, field: str
) -> None:
    headers = {**edge.as_centre(), "Idempotency-Key": "a" * 20}
    response = await edge.http.post(INCIDENTS, json=REPORT | change, headers=headers)
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["field"].startswith(field)
    listed = await edge.http.get(INCIDENTS, headers=edge.as_centre())
    assert listed.json()["incidents"] == []


async def test_a_report_without_its_key_names_the_header(edge: Edge) -> None:
    response = await edge.http.post(INCIDENTS, json=REPORT, headers=edge.as_centre())
    document = problem(response, 422, "invalid-request")
    assert document["errors"] == [{"field": "header:Idempotency-Key", "problem": "is required"}]


async def test_a_megabyte_of_report_is_refused(edge: Edge) -> None:
    headers = {**edge.as_centre(), **JSON, "Idempotency-Key": "a" * 20}
    response = await edge.http.post(INCIDENTS, content=b'{"case_number":"' + b"x" * 1_000_000 + b'"}', headers=headers)
    problem(response, 413, "too-large")
