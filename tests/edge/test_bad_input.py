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


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"phone": NaN}', b'{"phone": Infinity}', b'{"a":' * 40_000, b"text"]
)
async def test_what_is_not_json(edge: Edge, body: bytes) -> None:
    problem(await edge.http.post(SIGN_IN, content=body, headers=JSON), 400, "malformed-json")


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
        ({"phone": "+45\x0020202020"}, "", "must not contain the character U+0000"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(edge: Edge, body: Any, field: str, words: str) -> None:
    response = await edge.http.post(SIGN_IN, json=body)
    document = problem(response, 422, "invalid-request")
    assert document["errors"] == [{"field": field, "problem": words}]
    assert "0303" not in response.text
    assert "202020" not in response.text


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
