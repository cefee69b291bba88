"""What a dispatch system has to prove with every request, and whom a stolen or repeated proof lets in: nobody."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from httpx import Response
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

from backend.conform.signing import ClientKey, ProofKey
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.ids import CentreId
from backend.foundation.kinds import Kind
from backend.identity import freezing
from backend.identity.client_keys import made_key
from backend.identity.clients import add_client, scopes_of
from backend.regions.shipped import centre_id
from tests.edge.cast import NOW, PROOFS, URL, Edge

INCIDENTS = "/dispatch/v1/incidents"
REPORT = {"case_number": "4711", "position": {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}}
READ = URL + INCIDENTS
TOKEN_URL = f"{URL}/oauth/token"


def slug(answer: Response) -> str:
    return str(answer.json()["type"]).rsplit("/", 1)[-1]


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Thief:
    """Makes proofs that are wrong in one thing."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.headers = edge.as_centre()
        self.token = self.headers["Authorization"].partition(" ")[2]
        self.key = OKPKey.generate_key("Ed25519")

    def claims(self, **changed: Any) -> dict[str, Any]:
        said = {
            "htm": "GET",
            "htu": READ,
            "iat": int(self.edge.clock.now().timestamp()),
            "jti": str(uuid4()),
            "ath": b64(hashlib.sha256(self.token.encode()).digest()),
        } | changed
        return {name: value for name, value in said.items() if value is not None}

    async def reads(self, proof: str | None) -> Response:
        """GET with the token and this proof."""
        return await self.edge.http.get(INCIDENTS, headers=self.headers | {"DPoP": proof or ""})

    def signed(self, header: dict[str, Any] | None = None, **changed: Any) -> str:
        said = {"typ": "dpop+jwt", "alg": "Ed25519", "jwk": self.key.as_dict(private=False)} | (header or {})
        return jwt.encode(said, self.claims(**changed), self.key, algorithms=["Ed25519"])


async def test_a_proof_made_for_the_request_lets_in_once(edge: Edge) -> None:
    headers = edge.as_centre()
    token = headers["Authorization"].partition(" ")[2]
    proof = PROOFS.proof("GET", READ, NOW, token)

    first = await edge.http.get(INCIDENTS, headers=headers | {"DPoP": proof})
    replayed = await edge.http.get(INCIDENTS, headers=headers | {"DPoP": proof})

    assert first.status_code == 200
    assert (replayed.status_code, slug(replayed)) == (401, "proof-repeated")
    assert "DPoP" in replayed.headers["www-authenticate"]


async def test_a_repeated_proof_is_refused_by_another_process_too(edge: Edge, database_dsn: str) -> None:
    """What was used is remembered by the database, as a hash: whoever reads it can use nothing."""
    await edge.http.get(INCIDENTS, headers=edge.as_centre())
    connection = await asyncpg.connect(database_dsn)
    (row,) = await connection.fetch("SELECT digest, forget_at FROM identity.used_proof")
    await connection.close()
    assert len(row["digest"]) == 32
    assert row["forget_at"] >= NOW + timedelta(seconds=60)


async def test_a_stolen_token_is_worth_nothing_without_its_key(edge: Edge) -> None:
    thief = Thief(edge)
    refused = await thief.reads(thief.signed())
    assert (refused.status_code, slug(refused)) == (401, "wrong-proof")


@pytest.mark.parametrize(
    ("method", "url", "token"),
    [
        ("POST", READ, "own"),
        ("GET", f"{READ}/0bd2a7b1-6c3e-4f0a-9d55-3b1f0a4c7e21", "own"),
        ("GET", "http://elsewhere.example" + INCIDENTS, "own"),
        ("GET", "https://edge.example" + INCIDENTS, "own"),
        ("GET", READ, "another"),
        ("GET", READ, None),
    ],
)
async def test_a_proof_of_another_request_is_none_of_this(edge: Edge, method: str, url: str, token: str | None) -> None:
    headers = edge.as_centre()
    own = headers["Authorization"].partition(" ")[2]
    proof = PROOFS.proof(method, url, NOW, own if token == "own" else token)
    refused = await edge.http.get(INCIDENTS, headers=headers | {"DPoP": proof})
    assert (refused.status_code, slug(refused)) == (401, "wrong-proof")


async def test_the_address_is_the_settings_and_never_what_a_header_says(edge: Edge) -> None:
    headers = edge.as_centre()
    token = headers["Authorization"].partition(" ")[2]
    proof = PROOFS.proof("GET", "http://evil.example" + INCIDENTS, NOW, token)
    spoofed = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    refused = await edge.http.get(INCIDENTS, headers=headers | spoofed | {"DPoP": proof})
    assert refused.status_code in (400, 401, 421)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"typ": "JWT"},
        {"jwk": None},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": {"kty": "OKP", "crv": "Ed25519"}},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": ["A"]}},
        {"jwk": "a key"},
    ],
)
async def test_a_proof_signed_in_no_way_that_counts(edge: Edge, header: dict[str, Any]) -> None:
    thief = Thief(edge)
    said = {"typ": "dpop+jwt", "alg": "Ed25519", "jwk": PROOFS.public_jwk} | header
    head, body = (b64(json.dumps(part).encode()) for part in (said, thief.claims()))
    refused = await thief.reads(f"{head}.{body}." + ("" if said["alg"] == "none" else b64(b"x" * 64)))
    assert (refused.status_code, slug(refused)) == (401, "wrong-proof")


async def test_a_public_key_taken_for_a_shared_secret_signs_nothing(edge: Edge) -> None:
    """The classic swap: HMAC with what everybody may know."""
    thief = Thief(edge)
    secret = OctKey.import_key(json.dumps(PROOFS.public_jwk))
    header = {"typ": "dpop+jwt", "alg": "HS256", "jwk": PROOFS.public_jwk}
    refused = await thief.reads(jwt.encode(header, thief.claims(), secret, algorithms=["HS256"]))
    assert (refused.status_code, slug(refused)) == (401, "wrong-proof")


@pytest.mark.parametrize("changed", [{"jti": ""}, {"jti": "x" * 201}, {"jti": None}, {"iat": None}, {"iat": "now"}])
async def test_a_proof_that_lacks_what_makes_it_one(edge: Edge, changed: dict[str, Any]) -> None:
    thief = Thief(edge)
    refused = await thief.reads(thief.signed(**changed))
    assert (refused.status_code, slug(refused)) == (401, "wrong-proof")


@pytest.mark.parametrize("iat", [0, -1, 1e300, 10**18])
async def test_a_proof_of_no_time_there_is(edge: Edge, iat: float) -> None:
    refused = await (thief := Thief(edge)).reads(thief.signed(iat=iat))
    assert (refused.status_code, slug(refused)) == (401, "clock-off")


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "ey.ey.ey", "x" * 5000, "..", "{}.{}.{}"])
async def test_no_text_at_all_is_a_proof(edge: Edge, proof: str) -> None:
    refused = await edge.http.get(INCIDENTS, headers=edge.as_centre() | {"DPoP": proof})
    assert (refused.status_code, slug(refused)) == (401, "wrong-proof")


async def test_a_token_is_no_bearers(edge: Edge) -> None:
    headers = edge.as_centre()
    refused = await edge.http.get(
        INCIDENTS, headers={"Authorization": headers["Authorization"].replace("DPoP", "Bearer")}
    )
    assert (refused.status_code, slug(refused)) == (401, "unauthorised")


async def test_a_key_of_p_256_proves_as_well(edge: Edge) -> None:
    """Where a vendor's platform has no Ed25519."""
    other = ProofKey(ECKey.generate_key("P-256").as_pem(private=True).decode())
    client = await let_in(edge, "vendor-p256")
    token = await client.log_in(other)
    answer = await edge.http.get(
        INCIDENTS, headers={"Authorization": f"DPoP {token}", "DPoP": other.proof("GET", READ, NOW, token)}
    )
    assert answer.status_code == 200


# Clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off_s", [-599, -61, 61, 599])
async def test_a_clock_ten_minutes_off_keeps_no_alarm_out_and_is_shown(edge: Edge, off_s: int) -> None:
    client = await let_in(edge, "late")
    token = await client.log_in(PROOFS, off=timedelta(seconds=off_s))
    theirs = NOW + timedelta(seconds=off_s)

    def proven(method: str, url: str) -> dict[str, str]:
        return PROOFS.headers(method, url, theirs, token)

    reported = await edge.http.post(
        INCIDENTS, json=REPORT, headers={"Idempotency-Key": "clock-0001", **proven("POST", READ)}
    )
    read = await edge.http.get(INCIDENTS, headers=proven("GET", READ))
    centre = await edge.http.get("/dispatch/v1/centre", headers=client.as_it(token, "GET", "/dispatch/v1/centre"))

    assert reported.status_code == 201, reported.text
    assert reported.headers["server-time"] == "2026-11-21T20:05:00.000Z"
    closed = f"{reported.headers['location']}/close"
    assert (await edge.http.post(closed, headers=proven("POST", URL + closed))).status_code == 200
    assert (read.status_code, slug(read)) == (401, "clock-off")
    assert read.json()["server_time"] == "2026-11-21T20:05:00.000Z"
    assert centre.json()["proof_clock_ahead_s"] == off_s


@pytest.mark.parametrize("off_s", [-601, 601])
async def test_a_clock_further_off_is_told_the_time(edge: Edge, off_s: int) -> None:
    headers = edge.as_centre()
    token = headers["Authorization"].partition(" ")[2]
    theirs = NOW + timedelta(seconds=off_s)
    proven = PROOFS.headers("POST", READ, theirs, token)
    refused = await edge.http.post(INCIDENTS, json=REPORT, headers={"Idempotency-Key": "clock-0001", **proven})
    assert (refused.status_code, slug(refused)) == (401, "clock-off")
    assert refused.json()["server_time"] == refused.headers["server-time"] == "2026-11-21T20:05:00.000Z"


async def test_a_proof_is_remembered_for_as_long_as_it_would_be_believed(edge: Edge) -> None:
    """From a clock that is ahead it is good for nearly twenty minutes: and once all that time."""
    client = uuid4()
    token = edge.as_centre(client=client)["Authorization"].partition(" ")[2]
    ahead = PROOFS.headers("POST", READ, NOW + timedelta(minutes=9), token)
    reported = {"Idempotency-Key": "ahead-0001", **ahead}
    assert (await edge.http.post(INCIDENTS, json=REPORT, headers=reported)).status_code == 201

    edge.clock.advance(timedelta(minutes=4))
    again = await edge.http.post(INCIDENTS, json=REPORT, headers=reported)

    assert (again.status_code, slug(again)) == (401, "proof-repeated")


async def test_a_retry_is_a_new_proof_with_the_same_key_and_gets_the_first_answer_however_late(edge: Edge) -> None:
    client = uuid4()
    first = await edge.http.post(
        INCIDENTS, json=REPORT, headers=edge.as_centre(client=client) | {"Idempotency-Key": "retry-01"}
    )
    where = first.headers["location"]
    await edge.http.post(f"{where}/close", headers=edge.as_centre(client=client))
    edge.clock.advance(timedelta(hours=20))

    again = await edge.http.post(
        INCIDENTS, json=REPORT, headers=edge.as_centre(client=client) | {"Idempotency-Key": "retry-01"}
    )

    assert (again.status_code, again.content) == (201, first.content)


# Frozen --------------------------------------------------------------------------------------------------------------


async def test_a_frozen_client_is_refused_from_its_next_request_on_until_it_is_unfrozen(edge: Edge) -> None:
    client = await let_in(edge, "flooding")
    token = await client.log_in(PROOFS)

    async def reports(key: str) -> Response:
        headers = client.as_it(token, "POST", INCIDENTS) | {"Idempotency-Key": key}
        return await edge.http.post(INCIDENTS, json=REPORT | {"case_number": key}, headers=headers)

    assert (await reports("before-001")).status_code == 201
    await client.changes(freezing.freeze)
    refused = await reports("frozen-001")
    log_in = await client.asks_for_a_token(PROOFS)
    await client.changes(freezing.unfreeze)

    assert (refused.status_code, slug(refused)) == (403, "client-frozen")
    assert (log_in.status_code, slug(log_in)) == (403, "client-frozen")
    assert (await reports("after-0001")).status_code == 201


# A client that is really there ------------------------------------------------------------------------------------


class LetIn:
    """A client of a centre, with its key."""

    def __init__(self, edge: Edge, client_id: str, private: str) -> None:
        self.edge, self.client_id, self.private = edge, client_id, private
        self.key = ClientKey(private)

    async def asks_for_a_token(self, proofs: ProofKey, off: timedelta = timedelta(0)) -> Response:
        at = self.edge.clock.now() + off
        form = self.key.form(self.client_id, TOKEN_URL, at)
        return await self.edge.http.post(TOKEN_URL, data=form, headers={"DPoP": proofs.proof("POST", TOKEN_URL, at)})

    async def log_in(self, proofs: ProofKey, off: timedelta = timedelta(0)) -> str:
        answer = await self.asks_for_a_token(proofs, off)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("DPoP", 300)
        return str(answer.json()["access_token"])

    def as_it(self, token: str, method: str, path: str) -> dict[str, str]:
        return PROOFS.headers(method, URL + path, self.edge.clock.now(), token)

    async def changes(self, verb: Any) -> None:
        database = await open_database(self.edge.dsn, dict.fromkeys(Lane, 1))
        async with database.acting_as(Actor(Role.OWNER)) as connection:
            assert await verb(connection, self.client_id, ("vagt-1", "vagt-2"), NOW)
        await database.close()


async def let_in(edge: Edge, client_id: str) -> LetIn:
    private, key = made_key()
    centre = CentreId(UUID(str(centre_id("amk-hovedstaden"))))
    database = await open_database(edge.dsn, dict.fromkeys(Lane, 1))
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        await add_client(connection, client_id, key, centre, Kind.LIVE, scopes_of(Kind.LIVE), NOW)
    await database.close()
    return LetIn(edge, client_id, private)
