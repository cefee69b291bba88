"""OpenID Connect, as the console signs staff in with it: for whoever else signs people in at their organisation."""

from backend.identity.openid import Failure, NotVouched, Pages, Vouched, Way, kept_page, set_out, way_of
from backend.identity.openid_provider import LOOPBACK, Provider, http_client, is_issuer, parts_of

__all__ = [
    "LOOPBACK",
    "Failure",
    "NotVouched",
    "Pages",
    "Provider",
    "Vouched",
    "Way",
    "http_client",
    "is_issuer",
    "kept_page",
    "parts_of",
    "set_out",
    "way_of",
]
