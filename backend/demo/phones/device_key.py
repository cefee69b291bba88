"""The key that never leaves this phone, and its proofs (DPoP, RFC 9449): what a refresh token is bound to.

On a real phone it lies in the Secure Enclave or the Android Keystore. A made-up phone makes it when it first signs in.
"""

import base64
import hashlib
import time
import uuid
from functools import cached_property

from joserfc import jwt
from joserfc.jwk import ECKey

ALGORITHM = "ES256"


class DeviceKey:
    """One phone's."""

    @cached_property
    def _key(self) -> ECKey:
        return ECKey.generate_key("P-256")

    def proof(self, url: str, secret: str) -> str:
        """For one POST to `url` that spends `secret`: a code, a sign-up token or a refresh token."""
        header = {"typ": "dpop+jwt", "alg": ALGORITHM, "jwk": self._key.as_dict(private=False)}
        ath = base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).rstrip(b"=").decode()
        claims = {"htm": "POST", "htu": url, "iat": int(time.time()), "jti": str(uuid.uuid4()), "ath": ath}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
