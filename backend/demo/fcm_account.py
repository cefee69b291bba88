"""A service account as Google issues them, made on this machine, and the token endpoint's side of it."""

import json
import os
import secrets
import time
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

PROJECT = "hjerteloeber-demo"
SCOPES = frozenset(
    {"https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"}
)
GOOGLES_AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes into every assertion, whatever the account's token_uri is."""
TOKEN_LIFE_S = 3600


def make_service_account(path: Path, token_uri: str, project_id: str = PROJECT) -> None:
    """Write a new service account's JSON with an RSA key of its own; only its owner can read it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    email = f"backend@{project_id}.iam.gserviceaccount.example"
    account = {
        "type": "service_account",
        "project_id": project_id,
        "private_key_id": secrets.token_hex(20),
        "private_key": pem.decode(),
        "client_email": email,
        "client_id": "1",
        "token_uri": token_uri,
    }
    half = path.with_name(path.name + ".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(account, file)
    half.rename(path)


class WrongAssertion(Exception):
    """The token endpoint refuses; the message says why."""


class TokenDesk:
    """Gives access tokens for assertions signed by the one account it knows."""

    def __init__(self, account: Path) -> None:
        read = json.loads(account.read_text())
        self.project_id = str(read["project_id"])
        self._email = str(read["client_email"])
        self._audience = str(read["token_uri"])
        self._key_id = str(read["private_key_id"])
        self._key = RSAKey.import_key(read["private_key"])
        self._given: dict[str, float] = {}

    def exchange(self, assertion: str) -> tuple[str, int]:
        """An access token and its life in seconds for a JWT-bearer assertion. Raises WrongAssertion."""
        rules = jwt.JWTClaimsRegistry(
            leeway=10,
            iss={"essential": True, "value": self._email},
            aud={"essential": True, "values": [self._audience, GOOGLES_AUDIENCE]},
            iat={"essential": True},
            exp={"essential": True},
            scope={"essential": True},
        )
        try:
            token = jwt.decode(assertion, self._key, algorithms=["RS256"])
            rules.validate(token.claims)
        except (JoseError, ValueError) as wrong:
            raise WrongAssertion(str(wrong)) from None
        claims = token.claims
        if token.header.get("kid") not in (None, self._key_id):
            raise WrongAssertion("unknown key id")
        if claims["exp"] - claims["iat"] > 3600:
            raise WrongAssertion("an assertion lives an hour at most")
        if not SCOPES & set(str(claims["scope"]).split()):
            raise WrongAssertion("the scope does not allow messaging")
        given = "ya29." + secrets.token_urlsafe(40)
        self._given[given] = time.time() + TOKEN_LIFE_S
        return given, TOKEN_LIFE_S

    def is_valid(self, authorization: str | None) -> bool:
        """Whether an Authorization header carries a token that was given and has not run out."""
        if authorization is None or not authorization.startswith("Bearer "):
            return False
        return self._given.get(authorization.removeprefix("Bearer "), 0.0) > time.time()
