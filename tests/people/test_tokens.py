"""Access tokens: who is believed, for what, and for how long."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.foundation.settings import WrongSettings
from backend.identity.caller import CallerRole, caller_of
from backend.identity.keys import keys_from
from backend.identity.tokens import LIFETIMES, Audience, issue_access_token, read_access_token
from tests.people.cast import HASH_KEY, NOON, private_pem, public_pem, some_keys

KEYS = some_keys()


def a_token(audience: Audience = Audience.MOBILE, **claims: str) -> str:
    given = claims or {"device": str(uuid4()), "kind": "live"}
    return issue_access_token(KEYS.signing, audience, uuid4(), given, NOON)[0]


def test_a_volunteers_token_says_who_on_which_phone_and_of_which_kind() -> None:
    volunteer, device = uuid4(), uuid4()
    claims = {"device": str(device), "kind": "exercise"}
    token, ends = issue_access_token(KEYS.signing, Audience.MOBILE, volunteer, claims, NOON)
    caller = caller_of(read_access_token(KEYS, Audience.MOBILE, token, NOON))
    assert (caller.role, caller.volunteer_id, caller.device_id) == (CallerRole.VOLUNTEER, volunteer, device)
    assert caller.kind is Kind.EXERCISE
    assert ends <= NOON + timedelta(minutes=10)


def test_a_dispatch_centres_token_says_which_centre_and_what_it_may_do() -> None:
    centre = uuid4()
    token = a_token(Audience.DISPATCH, centre=str(centre), kind="test", scope="incidents:read incidents:write")
    caller = caller_of(read_access_token(KEYS, Audience.DISPATCH, token, NOON))
    assert caller.centre_id == centre
    assert caller.scopes == {"incidents:read", "incidents:write"}


@pytest.mark.parametrize("audience", list(Audience))
def test_a_token_ends_when_it_said_it_would(audience: Audience) -> None:
    token = a_token(audience)
    last = NOON + LIFETIMES[audience]
    assert read_access_token(KEYS, audience, token, last - timedelta(seconds=1)).audience is audience
    with pytest.raises(Problem) as refused:
        read_access_token(KEYS, audience, token, last)
    assert refused.value.status == 401


@pytest.mark.parametrize("audience", list(Audience))
def test_a_token_for_one_door_opens_no_other(audience: Audience) -> None:
    token = a_token(audience)
    for other in set(Audience) - {audience}:
        with pytest.raises(Problem):
            read_access_token(KEYS, other, token, NOON)


def test_after_a_change_of_keys_old_tokens_are_believed_until_the_old_key_goes() -> None:
    old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    before = keys_from(private_pem(old), HASH_KEY)
    during = keys_from(private_pem(new) + public_pem(old), HASH_KEY)
    after = keys_from(private_pem(new), HASH_KEY)
    token, _ = issue_access_token(before.signing, Audience.MOBILE, uuid4(), {}, NOON)
    assert read_access_token(during, Audience.MOBILE, token, NOON).issuer == "hjerteloeber"
    assert during.signing.kid != before.signing.kid
    with pytest.raises(Problem):
        read_access_token(after, Audience.MOBILE, token, NOON)


TOKEN = a_token()
"""One and the same for every example: what is drawn must not depend on chance of another kind."""


@given(st.data())
def test_a_token_changed_in_any_place_is_nobodys(data: Any) -> None:
    token = TOKEN
    place = data.draw(st.integers(0, len(token) - 2))  # the very last letter carries bits that mean nothing
    letter = data.draw(st.sampled_from([c for c in "Ab0_-." if c != token[place]]))
    with pytest.raises(Problem) as refused:
        read_access_token(KEYS, Audience.MOBILE, token[:place] + letter + token[place + 1 :], NOON)
    assert refused.value.status == 401


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
def test_no_text_at_all_is_a_token(text: str) -> None:
    with pytest.raises(Problem):
        read_access_token(KEYS, Audience.MOBILE, text, NOON)


def test_a_token_signed_otherwise_is_nobodys_even_with_our_keys_name() -> None:
    claims = {"iss": "hjerteloeber", "aud": "mobile", "sub": str(uuid4()), "iat": 0, "exp": 99999999999}
    public = OctKey.import_key(b"public things are no secrets, whoever uses them")
    forged = jwt.encode({"alg": "HS256", "kid": KEYS.signing.kid}, claims, public, algorithms=["HS256"])
    with pytest.raises(Problem):
        read_access_token(KEYS, Audience.MOBILE, forged, NOON)


def test_a_token_without_what_its_door_needs_is_refused() -> None:
    with pytest.raises(Problem):
        caller_of(read_access_token(KEYS, Audience.MOBILE, a_token(scope="incidents:write"), NOON))


@pytest.mark.parametrize("content", [b"", b"not a key", public_pem(Ed25519PrivateKey.generate())])
def test_a_key_file_that_cannot_sign_is_told_at_the_start(content: bytes) -> None:
    with pytest.raises(WrongSettings, match="signing key file"):
        keys_from(content, HASH_KEY)


def test_a_key_of_another_kind_or_too_short_a_secret_is_told_at_the_start() -> None:
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(WrongSettings, match="Ed25519"):
        keys_from(other, HASH_KEY)
    with pytest.raises(WrongSettings, match="32 random bytes"):
        keys_from(private_pem(Ed25519PrivateKey.generate()), b"short")
