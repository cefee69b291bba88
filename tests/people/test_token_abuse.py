"""Ways to abuse a volunteer's tokens, at the real routes: forged, swapped, late, for another door, stolen, replayed."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from backend.foundation.clock import SetClock
from backend.identity.keys import Keys
from backend.identity.tokens import Audience, issue_access_token
from tests.people.cast import API, NOON, DeviceKey, Phone
from tests.people.conftest import NewPhone

REFRESH = "/sign-in/refresh"


def keys_of(phone: Phone) -> Keys:
    keys: Keys = phone.http.app.state.key_ring
    return keys


def part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def forgeries(phone: Phone) -> dict[str, str]:
    """Tokens that say what this phone's own says, signed by nobody who may."""
    keys = keys_of(phone)
    header, body, signature = phone.tokens["access_token"].split(".")
    claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    kid = keys.signing.kid
    public = keys.signing.jwk.as_pem(private=False)
    public_bytes = urlsafe_b64decode(str(keys.signing.jwk.as_dict(private=False)["x"]) + "==")
    rsa = RSAKey.import_key(generate_private_key(65537, 2048))
    other, own = Ed25519PrivateKey.generate(), ECKey.generate_key("P-256")
    return {
        "alg none": f"{part({'alg': 'none', 'kid': kid})}.{body}.",
        "alg None": f"{part({'alg': 'None', 'kid': kid})}.{body}.",
        "alg none with the old signature": f"{part({'alg': 'none', 'kid': kid})}.{body}.{signature}",
        "no signature": f"{header}.{body}.",
        "HS256 by the public key's PEM": _hs256(claims, kid, public),
        "HS256 by the public key's bytes": _hs256(claims, kid, public_bytes),
        "RS256 by a key of their own": jwt.encode({"alg": "RS256", "kid": kid}, claims, rsa, algorithms=["RS256"]),
        "ES256 with the key in the header": jwt.encode(
            {"alg": "ES256", "kid": kid, "jwk": own.as_dict(private=False)}, claims, own, algorithms=["ES256"]
        ),
        "another Ed25519 key under our name": _signed(claims, kid, other),
        "an unknown kid": _signed(claims, "nobody's", other),
        "kid as a path": _signed(claims, "../../dev/null", other),
        "the device of somebody else": f"{header}.{part(claims | {'device': str(uuid4())})}.{signature}",
        "a later end": f"{header}.{part(claims | {'exp': claims['exp'] + 3600})}.{signature}",
        "another header": f"{part({'alg': 'Ed25519', 'kid': kid, 'x': 1})}.{body}.{signature}",
    }


def _hs256(claims: dict[str, Any], kid: str, secret: bytes) -> str:
    """By hand: the library makes no such thing."""
    said = f"{part({'alg': 'HS256', 'kid': kid})}.{part(claims)}"
    return f"{said}.{urlsafe_b64encode(hmac.digest(secret, said.encode(), 'sha256')).rstrip(b'=').decode()}"


def _signed(claims: dict[str, Any], kid: str, key: Ed25519PrivateKey) -> str:
    return jwt.encode({"alg": "Ed25519", "kid": kid}, claims, OKPKey.import_key(key), algorithms=["Ed25519"])


@pytest.mark.parametrize(
    "header", ['["alg"]', '"alg"', "1", "null", "[" * 2000, '{"alg": []}', '{"alg": {}, "kid": []}', "x"]
)
async def test_what_is_no_token_at_all_is_refused_as_one(new_phone: NewPhone, header: str) -> None:
    """Whatever stands where a header should be: a refusal, never a fault of ours."""
    anna = new_phone()
    await anna.signs_up()
    _, body, signature = anna.tokens["access_token"].split(".")
    token = f"{urlsafe_b64encode(header.encode()).rstrip(b'=').decode()}.{body}.{signature}"
    assert (await anna.call("GET", "/me", token=token)).status_code == 401


async def test_no_forged_access_token_opens_anything(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    assert (await anna.call("GET", "/me")).status_code == 200
    for what, token in forgeries(anna).items():
        for method, path in (("GET", "/me"), ("GET", "/alerts"), ("POST", "/sign-out"), ("DELETE", "/me")):
            assert (await anna.call(method, path, token=token)).status_code == 401, (what, path)
    assert (await anna.call("GET", "/me")).status_code == 200


@pytest.mark.parametrize("audience", [Audience.DISPATCH, Audience.SIGN_UP])
async def test_a_token_of_another_door_opens_nothing_of_a_volunteer_s(new_phone: NewPhone, audience: Audience) -> None:
    anna = new_phone()
    await anna.signs_up()
    claims = {"device": str(anna.device_id), "kind": "live", "centre": str(uuid4()), "sealed_phone": "x"}
    token, _ = issue_access_token(keys_of(anna).signing, audience, anna.volunteer_id, claims, NOON)
    assert (await anna.call("GET", "/me", token=token)).status_code == 401


async def test_an_access_token_lives_ten_minutes_at_most_and_names_its_key(
    new_phone: NewPhone, clock: SetClock
) -> None:
    anna = new_phone()
    await anna.signs_up()
    header, body = (json.loads(urlsafe_b64decode(each + "==")) for each in anna.tokens["access_token"].split(".")[:2])
    assert (header["alg"], header["kid"], body["aud"]) == ("Ed25519", keys_of(anna).signing.kid, "mobile")
    assert body["exp"] - body["iat"] <= 600
    clock.advance(timedelta(seconds=599))
    assert (await anna.call("GET", "/me")).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert (await anna.call("GET", "/me")).status_code == 401


async def test_a_stolen_refresh_token_is_nothing_on_another_phone_and_signs_nobody_out(new_phone: NewPhone) -> None:
    """Neither without a proof, nor with the thief's own key, nor with a proof its owner made for something else."""
    anna = new_phone()
    await anna.signs_up()
    stolen = {"refresh_token": anna.tokens["refresh_token"]}
    path = f"/mobile/v1{REFRESH}"
    theirs = {
        "none": {},
        "of the thief's key": {"DPoP": DeviceKey().proof(path, stolen["refresh_token"])},
    }
    for what, headers in theirs.items():
        assert (await anna.http.post(path, json=stolen, headers=headers)).status_code == 401, what
    other_calls = {
        "for another token": anna.key.proof(path, "another"),
        "for another address": anna.key.proof("/mobile/v1/sign-in", stolen["refresh_token"]),
        "for another method": anna.key.proof(path, stolen["refresh_token"], htm="GET"),
        "for another server": anna.key.proof(path, stolen["refresh_token"], htu=f"https://elsewhere.example{path}"),
        "without jti": anna.key.proof(path, stolen["refresh_token"], jti=""),
        "not a proof": "ey.ey.ey",
    }
    for what, proof in other_calls.items():
        answer = await anna.http.post(path, json=stolen, headers={"DPoP": proof})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "header:DPoP"), what
    assert (await anna.call("POST", REFRESH, stolen)).status_code == 200, "its owner goes on as if nothing had been"


async def test_the_family_dies_when_a_spent_token_comes_again_with_the_device_s_proof(new_phone: NewPhone) -> None:
    """Again: when what was given for it has been used, so that no lost answer explains it."""
    anna = new_phone()
    await anna.signs_up()
    first = {"refresh_token": anna.tokens["refresh_token"]}
    second = {"refresh_token": (await anna.call("POST", REFRESH, first)).json()["refresh_token"]}
    assert (await anna.http.post(f"/mobile/v1{REFRESH}", json=first)).status_code == 401
    third = {"refresh_token": (await anna.call("POST", REFRESH, second)).json()["refresh_token"]}
    assert (await anna.call("POST", REFRESH, first)).status_code == 401, "a reuse by whoever has the key"
    assert (await anna.call("POST", REFRESH, third)).status_code == 401


async def test_the_whole_of_a_refresh_that_was_listened_to_is_worth_nothing_again(new_phone: NewPhone) -> None:
    """Token and proof together: the token is spent, and with it the proof; and its owner goes on."""
    anna = new_phone()
    await anna.signs_up()
    token = anna.tokens["refresh_token"]
    heard = {"DPoP": anna.key.proof(f"/mobile/v1{REFRESH}", token)}
    body = {"refresh_token": token}
    first, again = [await anna.http.post(f"/mobile/v1{REFRESH}", json=body, headers=heard) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 401)
    assert "new one" in again.json()["detail"]
    assert (await anna.call("POST", REFRESH, {"refresh_token": token})).status_code == 200


@pytest.mark.parametrize("curve", ["Ed25519", "P-256"])
async def test_a_device_may_have_either_kind_of_key(new_phone: NewPhone, curve: str) -> None:
    anna = new_phone()
    if curve == "Ed25519":
        anna.key.jwk, anna.key.alg = OKPKey.generate_key("Ed25519"), "Ed25519"
    await anna.signs_up()
    again = await anna.call("POST", REFRESH, {"refresh_token": anna.tokens["refresh_token"]})
    assert again.status_code == 200


async def test_a_phone_without_a_key_is_told_what_lacks_and_keeps_its_code(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.asks_for_a_code()
    code = await anna.newest_text()
    device = {"platform": "android", "app_version": "1.4.0", "language": "da"}
    body = {"phone": anna.number, "code": code, "device": device}
    answer = await anna.http.post("/mobile/v1/sign-in", json=body)
    assert answer.json()["errors"][0]["field"] == "header:DPoP"
    assert (await anna.types(code)).status_code == 200


@pytest.mark.settings(demo=True)
async def test_a_demo_s_page_without_a_key_signs_in_all_the_same(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.asks_for_a_code()
    device = {"platform": "web", "app_version": "1.4.0", "language": "da"}
    body = {"phone": anna.number, "code": await anna.newest_text(), "device": device}
    assert (await anna.http.post("/mobile/v1/sign-in", json=body)).status_code == 200


async def test_refresh_tokens_and_codes_stand_in_no_table_as_they_are(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    async with anna.database.acting_as(API) as connection:
        rows = await connection.fetch("SELECT t.* FROM identity.refresh_token t")
        rows += await connection.fetch("SELECT c.* FROM identity.one_time_code c")
    assert len(rows) >= 2
    assert anna.tokens["refresh_token"] not in str(rows)
