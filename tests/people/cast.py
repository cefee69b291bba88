"""People at the edge of the world: a phone that signs in and up through the API, and what it sees in its inbox."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from httpx import Response
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.foundation.database import Connection, Database
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.foundation.settings import Settings
from backend.identity.keys import Keys, PhoneHashKey, keys_from
from backend.volunteers.sign_up import Newcomer, SignedUp, sign_up
from backend.volunteers.volunteer import Given, Language, NewDevice, Platform, Purpose, Training
from tests.harness.above import ABOVE
from tests.harness.keys import DATA_KEY_FILE
from tests.harness.opened import newest_code

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
HASH_KEY = b"0123456789abcdef0123456789abcdef"
ANDROID = {"platform": "android", "app_version": "1.4.0", "language": "da"}
GRANTED = {"notifications": "granted", "location_always": "granted"}
CONSENTS = [{"purpose": "alarms", "version": "2026-11"}, {"purpose": "location", "version": "2026-11"}]
API = ABOVE
_numbers = count()


def a_phone() -> str:
    """A Danish number nobody has, in no other test of this process either."""
    return f"+4567{next(_numbers):06}"


def private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def some_keys() -> Keys:
    return keys_from(private_pem(Ed25519PrivateKey.generate()), HASH_KEY)


def settings_in(folder: Path, dsn: str, **more: Any) -> Settings:
    signing, hashing, sealing = folder / "signing", folder / "hashing", folder / "sealing"
    signing.write_bytes(private_pem(Ed25519PrivateKey.generate()))
    hashing.write_bytes(HASH_KEY)
    sealing.write_bytes(DATA_KEY_FILE)
    return Settings(
        database_url=dsn,
        signing_key_file=signing,
        phone_hash_key_file=hashing,
        data_key_file=sealing,
        sms_gateway_url="http://127.0.0.1:1",
        oldest_app_version="1.4.0",
        **more,
    )


async def newcomer(
    connection: Connection,
    now: datetime = NOON,
    *,
    phone: str | None = None,
    purposes: str = "alarms location",
    hash_key: PhoneHashKey | bytes = HASH_KEY,
) -> SignedUp:
    """Somebody who has just signed up, past the API."""
    person = somebody(phone or a_phone(), purposes)
    return await sign_up(connection, hash_key, person, NewDevice(Platform.ANDROID, "1.4.0", Language.DA), now)


def somebody(phone: str, purposes: str = "alarms location", municipality: str | None = None) -> Newcomer:
    """Anna, about to sign up."""
    return Newcomer(
        phone=phone,
        name="Anna Åkesson",
        birth_year=1990,
        training=Training.HLR,
        languages=("da",),
        municipality=municipality,
        consents=tuple(Given(Purpose(each), "2026-11") for each in purposes.split()),
    )


def spent_by(path: str, body: dict[str, Any], bearer: str) -> str | None:
    """The secret a call for tokens spends; None for other calls."""
    match path.partition("?")[0]:
        case "/sign-in":
            return str(body.get("code"))
        case "/sign-in/refresh":
            return str(body.get("refresh_token"))
        case "/volunteers":
            return bearer
        case _:
            return None


class DeviceKey:
    """A key that never leaves the phone, and the proofs it makes (RFC 9449)."""

    def __init__(self) -> None:
        self.jwk: ECKey | OKPKey = ECKey.generate_key("P-256")
        self.alg = "ES256"
        self.url = "http://127.0.0.1:8000"

    def proof(self, path: str, secret: str, **different: Any) -> str:
        """For a call to `path` that spends `secret`, unless told otherwise. The phone's clock is a year behind."""
        header = {"typ": "dpop+jwt", "alg": self.alg, "jwk": self.jwk.as_dict(private=False)}
        ath = urlsafe_b64encode(sha256(secret.encode()).digest()).rstrip(b"=").decode()
        claims = {"htm": "POST", "htu": f"{self.url}{path}", "iat": 1_763_000_000, "jti": str(uuid4())}
        return jwt.encode(header, claims | {"ath": ath} | different, self.jwk, algorithms=[self.alg])


class Phone:
    """A phone with the app on it."""

    def __init__(self, http: AsyncTestClient[Any], database: Database, clock: SetClock, number: str) -> None:
        self.http, self.database, self.clock, self.number = http, database, clock, number
        self.tokens: dict[str, str] = {}
        self.sign_up_token = ""
        self.key = DeviceKey()

    @property
    def volunteer_id(self) -> VolunteerId:
        return VolunteerId(type(without_time())(self.tokens["volunteer_id"]))

    @property
    def device_id(self) -> DeviceId:
        return DeviceId(type(without_time())(self.tokens["device_id"]))

    async def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Response:
        bearer = token if token is not None else self.tokens.get("access_token", "")
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        if (secret := spent_by(path, body or {}, bearer)) is not None:
            headers["DPoP"] = self.key.proof(f"/mobile/v1{path}", secret)
        return await self.http.request(method, f"/mobile/v1{path}", json=body, headers=headers)

    async def asks_for_a_code(self) -> Response:
        return await self.call("POST", "/sign-in/codes", {"phone": self.number})

    async def newest_text(self) -> str:
        """The code in the last message queued for this number."""
        async with self.database.acting_as(API) as connection:
            return await newest_code(connection, self.number)

    async def types(self, code: str) -> Response:
        answer = await self.call("POST", "/sign-in", {"phone": self.number, "code": code, "device": ANDROID}, "")
        if answer.status_code == 200:
            self.tokens = answer.json()["tokens"] or {}
            self.sign_up_token = answer.json()["sign_up_token"] or ""
        return answer

    async def signs_in(self) -> Response:
        assert (await self.asks_for_a_code()).status_code == 202
        return await self.types(await self.newest_text())

    async def signs_up(self, **different: Any) -> Response:
        """As Anna, born 1990, unless told otherwise."""
        await self.signs_in()
        person = {
            "name": "Anna Åkesson",
            "birth_year": 1990,
            "training": "hlr",
            "languages": ["da", "sv"],
            "consents": CONSENTS,
            "device": ANDROID,
        }
        answer = await self.call("POST", "/volunteers", person | different, self.sign_up_token)
        if answer.status_code == 201:
            self.tokens = answer.json()["tokens"]
        return answer

    async def tells_its_push_address(self, value: str | None) -> Response:
        push = {"kind": "fcm_token", "value": value} if value else None
        return await self.call("PUT", "/me/device", {**ANDROID, "push": push, "permissions": GRANTED})
