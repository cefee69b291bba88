"""OpenID Connect, as the console signs staff in with it: for whoever else signs people in at their organisation."""

from backend.identity.openid import Failure, NotVouched, Vouched, Way, set_out, way_of
from backend.identity.openid_provider import LOOPBACK, Provider, http_client, is_issuer, parts_of

__all__ = [
    "LOOPBACK",
    "Failure",
    "NotVouched",
    "Provider",
    "Vouched",
    "Way",
    "http_client",
    "is_issuer",
    "parts_of",
    "set_out",
    "way_of",
]
