"""Which key a phone has proven to hold, on the routes where it gets tokens."""

from typing import Annotated, Any

from litestar import Request
from litestar.params import HeaderParameter

from backend.foundation.settings import Settings
from backend.identity.device_proof import Shown, missing, read_device_proof

DeviceProof = Annotated[
    str | None,
    HeaderParameter(
        name="DPoP",
        max_length=4096,
        description="A proof (RFC 9449) by a key that never leaves the device, ES256 or Ed25519: `htm` POST, `htu` "
        "this address, `iat`, `jti`, and `ath`, the hash of the code, sign-up token or refresh token sent with it. The "
        "tokens given are bound to that key; a refresh token is spent with a proof of the same. A device that sends "
        "none is served by a demo only.",
    ),
]


def key_of_new_device(proof: str | None, settings: Settings, path: str, secret: str) -> str | None:
    """The thumbprint of the key a device signs in with. Raises 422 without one; a demo's may have none."""
    found = read_device_proof(proof, _address(settings, path), secret)
    if found is None and not settings.demo:
        raise missing()
    return None if found is None else found.thumbprint


def key_shown(proof: str | None, settings: Settings, path: str, secret: str) -> Shown | None:
    """What a device has shown of its key, None without a proof."""
    return read_device_proof(proof, _address(settings, path), secret)


def bearer_of(request: Request[Any, Any, Any]) -> str:
    """The access token a guard has let in."""
    return request.headers["authorization"].partition(" ")[2].strip()


def _address(settings: Settings, path: str) -> str:
    return settings.public_url.rstrip("/") + path
